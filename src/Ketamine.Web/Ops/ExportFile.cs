using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Ketamine.Web.Ops;

/// <summary>A text as another system's export has it.</summary>
/// <param name="IsPage">A page, not a post.</param>
/// <param name="Address">Where it stood; null where the export names no address.</param>
/// <param name="Name">The old system's name in addresses; empty where it has none.</param>
/// <param name="Html">As the old system kept it.</param>
/// <param name="Picture">The address of its leading picture.</param>
public sealed record ExportedText(
    bool IsPage, string Title, Uri? Address, string Name, string Html, string Excerpt, DateTimeOffset? Published, DateTimeOffset? Updated,
    string Author, IReadOnlyList<string> Topics, string? Picture);

/// <summary>Reads a WordPress export (WXR), or a blog's RSS feed as Wix and Squarespace give it. Neither is believed to be harmless.</summary>
/// <param name="Site">The old site's address; null where the file names none.</param>
/// <param name="Texts">In the file's order, without what was thrown away or is no text.</param>
/// <param name="LeftOut">What else the file holds, by kind, with how many.</param>
public sealed record ExportFile(Uri? Site, IReadOnlyList<ExportedText> Texts, IReadOnlyDictionary<string, int> LeftOut)
{
    private static readonly XNamespace Content = "http://purl.org/rss/1.0/modules/content/";
    private static readonly XNamespace DublinCore = "http://purl.org/dc/elements/1.1/";
    private static readonly XNamespace Media = "http://search.yahoo.com/mrss/";

    /// <summary>Reads item by item: no more than one text and the list of pictures is held as XML.</summary>
    /// <exception cref="XmlException">No well-formed XML, or one with a document type, which could name other files or grow without end.</exception>
    /// <exception cref="FormatException">XML, but no RSS and no WordPress export.</exception>
    public static ExportFile Read(Stream stream)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 1 << 30, IgnoreComments = true, CheckCharacters = false };
        using var xml = XmlReader.Create(stream, settings);
        if (xml.MoveToContent() != XmlNodeType.Element || xml.LocalName != "rss") throw new FormatException($"a document that begins with <{xml.LocalName}>; wanted is an RSS feed or a WordPress export");

        Uri? site = null;
        var texts = new List<(ExportedText Text, string? PictureId)>();
        var (authors, pictures, leftOut) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal), new SortedDictionary<string, int>(StringComparer.Ordinal));
        xml.Read();
        while (!xml.EOF)
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName is "channel")
            {
                xml.Read();
                continue;
            }

            var element = (XElement)XNode.ReadFrom(xml);
            if (element.Name == "link" && site is null) site = AddressOf(element.Value);
            else if (element.Name.LocalName == "author" && IsWordPress(element.Name)) authors[Wp(element, "author_login")] = Wp(element, "author_display_name");
            else if (element.Name == "item") Take(element);
        }

        return new ExportFile(site, [.. texts.Select(found => found.Text with
        {
            Author = authors.GetValueOrDefault(found.Text.Author) is { Length: > 0 } name ? name : found.Text.Author,
            Picture = found.PictureId is not null ? pictures.GetValueOrDefault(found.PictureId) : found.Text.Picture,
        })], leftOut);

        void Take(XElement item)
        {
            var type = Wp(item, "post_type");
            var status = Wp(item, "status");
            if (type == "attachment") pictures[Wp(item, "post_id")] = Wp(item, "attachment_url");
            else if (type is not ("" or "post" or "page")) Count(type);
            else if (status is "trash" or "auto-draft" or "inherit") Count(status);
            else texts.Add((Text(item, type == "page"), Meta(item, "_thumbnail_id")));
        }

        void Count(string kind) => leftOut[kind] = leftOut.GetValueOrDefault(kind) + 1;
    }

    private static ExportedText Text(XElement item, bool isPage)
    {
        var body = item.Element(Content + "encoded")?.Value ?? "";
        var description = item.Element("description")?.Value ?? "";
        var excerpt = item.Elements().FirstOrDefault(element => element.Name.LocalName == "encoded" && element.Name.NamespaceName.Contains("excerpt", StringComparison.Ordinal))?.Value ?? "";
        var picture = item.Element("enclosure") is { } enclosed && enclosed.Attribute("type")?.Value.StartsWith("image/", StringComparison.Ordinal) == true ? enclosed : item.Element(Media + "content") ?? item.Element(Media + "thumbnail");
        return new ExportedText(
            isPage, item.Element("title")?.Value.Trim() ?? "", AddressOf(item.Element("link")?.Value), Wp(item, "post_name"),
            body.Length > 0 ? body : description, excerpt.Length > 0 ? excerpt : body.Length > 0 ? description : "",
            Gmt(Wp(item, "post_date_gmt")) ?? PubDate(item.Element("pubDate")?.Value), Gmt(Wp(item, "post_modified_gmt")),
            item.Element(DublinCore + "creator")?.Value.Trim() ?? item.Element("author")?.Value.Trim() ?? "",
            [.. item.Elements("category").Where(category => category.Attribute("domain")?.Value is null or "category").Select(category => category.Attribute("nicename")?.Value ?? category.Value).Distinct(StringComparer.OrdinalIgnoreCase)],
            picture?.Attribute("url")?.Value);
    }

    private static bool IsWordPress(XName name) => name.NamespaceName.StartsWith("http://wordpress.org/export/", StringComparison.Ordinal);

    private static string Wp(XElement item, string name) => item.Elements().FirstOrDefault(element => element.Name.LocalName == name && IsWordPress(element.Name))?.Value.Trim() ?? "";

    private static string? Meta(XElement item, string key) =>
        item.Elements().Where(element => element.Name.LocalName == "postmeta" && Wp(element, "meta_key") == key).Select(element => Wp(element, "meta_value")).FirstOrDefault();

    private static Uri? AddressOf(string? text) => Uri.TryCreate(text?.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;

    // WordPress writes zeros for what never appeared.
    private static DateTimeOffset? Gmt(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) && instant.Year > 1970 ? instant : null;

    private static DateTimeOffset? PubDate(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) && instant.Year > 1970 ? instant : null;
}
