using System.Text.Json;
using System.Xml;
using System.Xml.Linq;

namespace Ketamine.Web.Ops;

/// <summary>A text from another system's export.</summary>
/// <param name="IsPage">It is a page rather than a post.</param>
/// <param name="Address">Its old address; null if the export has none.</param>
/// <param name="Name">The old slug; may be empty.</param>
/// <param name="Id">Its post ID in WordPress; otherwise empty.</param>
/// <param name="Html">The text as the old system stored it.</param>
/// <param name="WasHidden">It was a draft, private, or password-protected.</param>
/// <param name="Picture">Its featured image.</param>
/// <param name="OldNames">Its previous slugs in WordPress.</param>
/// <param name="Footnotes">The notes of WordPress's footnotes block, as HTML, by id.</param>
/// <param name="OddDate">The date as written, if it can't be read; otherwise null.</param>
public sealed record ExportedText(
    bool IsPage, string Title, Uri? Address, string Name, string Id, string Html, string Excerpt, DateTimeOffset? Published, DateTimeOffset? Updated,
    string Author, IReadOnlyList<string> Topics, bool WasHidden, ExportedPicture? Picture, IReadOnlyList<string> OldNames,
    IReadOnlyDictionary<string, string> Footnotes, string? OddDate);

/// <summary>A picture from the old system.</summary>
/// <param name="Alt">Its alt text; may be empty.</param>
public sealed record ExportedPicture(string Address, string Alt);

/// <summary>Reads a WordPress export (WXR), or a blog's RSS feed from Wix or Squarespace. Treats both as untrusted.</summary>
/// <param name="Site">The old site's address; null if the file has none.</param>
/// <param name="Texts">The texts in the file's order, without items from the trash and other kinds of items.</param>
/// <param name="Pictures">The pictures, by post ID in WordPress.</param>
/// <param name="IsWordPress">The texts are in WordPress's storage format rather than rendered HTML.</param>
/// <param name="LeftOut">How many other items of each type the file has.</param>
/// <param name="Blocks">WordPress's reusable blocks, as HTML, by post ID.</param>
/// <param name="Controls">How many invalid control characters were removed.</param>
public sealed partial record ExportFile(
    Uri? Site, IReadOnlyList<ExportedText> Texts, IReadOnlyDictionary<string, ExportedPicture> Pictures, bool IsWordPress,
    IReadOnlyDictionary<string, int> LeftOut, IReadOnlyDictionary<string, string> Blocks, int Controls)
{
    private static readonly XNamespace Content = "http://purl.org/rss/1.0/modules/content/";
    private static readonly XNamespace DublinCore = "http://purl.org/dc/elements/1.1/";
    private static readonly XNamespace Media = "http://search.yahoo.com/mrss/";

    /// <summary>Reads item by item, keeping only one text at a time as XML.</summary>
    /// <exception cref="XmlException">The XML is malformed, or has a document type, which could load other files or expand endlessly.</exception>
    /// <exception cref="FormatException">The XML is neither RSS nor a WordPress export.</exception>
    public static ExportFile Read(Stream stream)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = 1 << 30,
            IgnoreComments = true,
            CheckCharacters = false,
        };
        using var source = new ExportSource(stream);
        using var xml = XmlReader.Create(source, settings);
        if (xml.MoveToContent() != XmlNodeType.Element || xml.LocalName != "rss")
            throw new FormatException($"it begins with <{xml.LocalName}>; it must be an RSS feed or a WordPress export");

        var reading = new Reading();
        xml.Read();
        while (!xml.EOF)
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName is "channel") xml.Read();
            else reading.Add((XElement)XNode.ReadFrom(xml));
        }

        return reading.Finish(source.Dropped);
    }

    /// <summary>What has been read so far.</summary>
    private sealed class Reading
    {
        private readonly List<(ExportedText Text, string? PictureId)> _texts = [];
        private readonly Dictionary<string, string> _blocks = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _authors = new(StringComparer.Ordinal);
        private readonly Dictionary<string, ExportedPicture> _pictures = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, int> _leftOut = new(StringComparer.Ordinal);
        private Uri? _site;
        private bool _isWordPress;

        public void Add(XElement element)
        {
            _isWordPress |= OfWordPress(element.Name);
            if (element.Name == "link" && _site is null) _site = AddressOf(element.Value, null);
            else if (element.Name.LocalName == "author" && OfWordPress(element.Name))
                _authors[Wp(element, "author_login")] = Wp(element, "author_display_name");
            else if (element.Name == "item") AddItem(element);
        }

        private void AddItem(XElement item)
        {
            var type = Wp(item, "post_type");
            var status = Wp(item, "status");
            _isWordPress |= type.Length > 0;
            if (type == "attachment")
                _pictures[Wp(item, "post_id")] = new ExportedPicture(Wp(item, "attachment_url"), Meta(item, "_wp_attachment_image_alt")?.Trim() ?? "");
            else if (type == "wp_block") _blocks[Wp(item, "post_id")] = item.Element(Content + "encoded")?.Value ?? "";
            else if (type is not ("" or "post" or "page")) LeaveOut(type);
            else if (status is "trash" or "auto-draft" or "inherit") LeaveOut(status);
            else _texts.Add((Text(item, type == "page", _site), Meta(item, "_thumbnail_id")));
        }

        private void LeaveOut(string kind) => _leftOut[kind] = _leftOut.GetValueOrDefault(kind) + 1;

        /// <summary>Replaces logins with display names and adds the featured images, which the file may list after the texts that use them.</summary>
        /// <param name="controls">How many invalid control characters were removed.</param>
        public ExportFile Finish(int controls) => new(_site, [.. _texts.Select(found => found.Text with
        {
            Author = _authors.GetValueOrDefault(found.Text.Author) is { Length: > 0 } name ? name : found.Text.Author,
            Picture = found.PictureId is not null ? _pictures.GetValueOrDefault(found.PictureId) : found.Text.Picture,
        })], _pictures, _isWordPress, _leftOut, _blocks, controls);
    }

    private static ExportedText Text(XElement item, bool isPage, Uri? site)
    {
        var date = item.Element("pubDate")?.Value;
        var published = Gmt(Wp(item, "post_date_gmt")) ?? Gmt(Wp(item, "post_date")) ?? PubDate(date);
        var body = item.Element(Content + "encoded")?.Value ?? "";
        var description = item.Element("description")?.Value ?? "";
        var excerpt =
            item.Elements()
                .FirstOrDefault(element => element.Name.LocalName == "encoded" && element.Name.NamespaceName.Contains("excerpt", StringComparison.Ordinal))
                ?.Value
            ?? "";
        var picture =
            item.Element("enclosure") is { } enclosed && enclosed.Attribute("type")?.Value.StartsWith("image/", StringComparison.Ordinal) == true
                ? enclosed
                : item.Element(Media + "content") ?? item.Element(Media + "thumbnail");
        return new ExportedText(
            isPage,
            item.Element("title")?.Value.Trim() ?? "",
            Own(AddressOf((item.Elements().FirstOrDefault(element => element.Name.LocalName == "origLink") ?? item.Element("link"))?.Value, site), site),
            Wp(item, "post_name"),
            Wp(item, "post_id"),
            body.Length > 0 ? body : description,
            excerpt.Length > 0 ? excerpt
                : body.Length > 0 ? description
                : "",
            published,
            Gmt(Wp(item, "post_modified_gmt")),
            string.Join(
                ' ',
                (item.Element(DublinCore + "creator") ?? item.Element("author"))?.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? []),
            [
                .. item.Elements("category")
                    .Where(category => category.Attribute("domain")?.Value is null or "category")
                    .Select(category => category.Attribute("nicename")?.Value ?? category.Value)
                    .Distinct(StringComparer.OrdinalIgnoreCase),
            ],
            Wp(item, "status") is not ("" or "publish" or "future") || Wp(item, "post_password").Length > 0,
            picture?.Attribute("url")?.Value is { } address ? new ExportedPicture(address, "") : null,
            [.. Metas(item, "_wp_old_slug").Where(name => name.Length > 0)],
            Footnotes(Meta(item, "footnotes")),
            published is null && !string.IsNullOrWhiteSpace(date) ? date.Trim() : null);
    }

    // WordPress stores the notes of its footnotes block separately from the text, as JSON.
    private static Dictionary<string, string> Footnotes(string? json)
    {
        try
        {
            return JsonSerializer.Deserialize<List<Footnote>>(json is { Length: > 0 } ? json : "[]", JsonSerializerOptions.Web)!
                .DistinctBy(note => note.Id).ToDictionary(note => note.Id ?? "", note => note.Content ?? "", StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private sealed record Footnote(string? Id, string? Content);

    private static bool OfWordPress(XName name) => name.NamespaceName.Contains("://wordpress.org/export/", StringComparison.Ordinal);

    private static string Wp(XElement item, string name) =>
        item.Elements().FirstOrDefault(element => element.Name.LocalName == name && OfWordPress(element.Name))?.Value.Trim() ?? "";

    private static string? Meta(XElement item, string key) => Metas(item, key).FirstOrDefault();

    private static IEnumerable<string> Metas(XElement item, string key) =>
        item.Elements().Where(element => element.Name.LocalName == "postmeta" && Wp(element, "meta_key") == key).Select(element => Wp(element, "meta_value"));

    // Feed-tracking services replace the link with their own address.
    private static Uri? Own(Uri? address, Uri? site) => site is null || (address is not null && Host(address) == Host(site)) ? address : null;

    /// <summary>Without <c>www.</c>, which sites add and drop over time.</summary>
    public static string Host(Uri address) => address.Host.StartsWith("www.", StringComparison.Ordinal) ? address.Host[4..] : address.Host;

    // Squarespace writes paths.
    private static Uri? AddressOf(string? text, Uri? site) =>
        (WebAddress.TryParse(text?.Trim(), out var uri) && !uri.IsFile)
        || (site is not null && text?.Trim() is { Length: > 0 } path && WebAddress.TryParse(site, path, out uri))
            ? uri.Scheme is "http" or "https"
                ? uri
                : null
            : null;

    // WordPress writes zeros for unpublished posts; their local time is in another field.
    private static DateTimeOffset? Gmt(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
        && instant.Year > 1970
            ? instant
            : null;

    private static DateTimeOffset? PubDate(string? text)
    {
        // The zone names of RFC 822 (5.1); a date with any other name is unreadable.
        var written = text?.Trim() ?? "";
        if (written.LastIndexOf(' ') is > 0 and var space && Zones.TryGetValue(written[(space + 1)..], out var offset)) written = written[..space] + offset;
        // Without a day, month, and year, the parser would take them from today.
        if (!HasDay().IsMatch(written)) return null;
        var date = Weekday().Replace(written, "");
        return DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) && instant.Year > 1970
            ? instant
            : null;
    }

    [GeneratedRegex(
        @"\b\d{4}-\d{2}-\d{2}|\b\d{1,2} [A-Za-z]{3,9}\.? \d{2}(\d{2})?\b|"
            + @"\b[A-Za-z]{3,9}\.? \d{1,2}, \d{4}\b|\b\d{1,2}/\d{1,2}/\d{4}\b")]
    private static partial Regex HasDay();

    // Often wrong, and never needed.
    [GeneratedRegex("^[A-Za-z]{3,9},? +(?=\\d)")]
    private static partial Regex Weekday();

    private static readonly Dictionary<string, string> Zones = new(StringComparer.OrdinalIgnoreCase)
    {
        ["UT"] = " +00:00", ["GMT"] = " +00:00", ["UTC"] = " +00:00", ["Z"] = " +00:00",
        ["EST"] = " -05:00", ["EDT"] = " -04:00", ["CST"] = " -06:00", ["CDT"] = " -05:00",
        ["MST"] = " -07:00", ["MDT"] = " -06:00", ["PST"] = " -08:00", ["PDT"] = " -07:00",
    };
}
