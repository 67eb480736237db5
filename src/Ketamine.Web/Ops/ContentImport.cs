using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using Ketamine.Web.Content;
using Ketamine.Web.Content.Reading;

namespace Ketamine.Web.Ops;

/// <summary>
/// <c>content import FILE</c>: a WordPress export, or the RSS feed of a blog at Wix or Squarespace, becomes articles and pages of the folder. All
/// are drafts, none takes the place of a file that is there, and nothing is fetched from anywhere.
/// </summary>
public sealed partial class ContentImport
{
    private readonly string _folder;
    private readonly TextWriter _output;
    private readonly ContentReading _before;
    private readonly ExportFile _export;
    private readonly Dictionary<string, string> _newAddresses = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedDictionary<string, string> _pictures = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _strangers = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _shortcodes = new(StringComparer.Ordinal);

    private ContentImport(string folder, ExportFile export, TextWriter output) =>
        (_folder, _export, _output, _before) = (folder, export, output, ContentFolder.Read(folder));

    /// <summary>Writes what the file holds and tells what was done and what is left to do.</summary>
    /// <param name="folder">The content folder.</param>
    /// <param name="file">The export.</param>
    /// <param name="author">A key of people.yml for texts whose own author is not in it; null takes the first.</param>
    /// <param name="clock">Dates a text that has no date.</param>
    /// <returns>0; 1 where the file can't be read, or what was written is not as the site wants it.</returns>
    public static int Run(string folder, string file, string? author, TimeProvider clock, TextWriter output)
    {
        if (!Directory.Exists(folder)) return Refuse($"no folder at {folder}");
        try
        {
            using var stream = File.OpenRead(file);
            return new ContentImport(folder, ExportFile.Read(stream), output).Write(author, clock);
        }
        catch (XmlException broken)
        {
            return Refuse(broken.Message.Contains("DTD", StringComparison.Ordinal) ? "a document type (<!DOCTYPE …>), which no export needs and which can do harm" : broken.Message);
        }
        catch (Exception unreadable) when (unreadable is FormatException or IOException or UnauthorizedAccessException)
        {
            return Refuse(unreadable.Message);
        }

        int Refuse(string why)
        {
            output.WriteLine($"{file}: nothing imported: {why}");
            return 1;
        }
    }

    private int Write(string? author, TimeProvider clock)
    {
        if (author is not null && !_before.People.ContainsKey(author))
        {
            _output.WriteLine($"{FileNotes.Quote(author)} is no key of people.yml{Nearest.Hint(author, _before.People.Keys)}");
            return 1;
        }

        var standIn = author ?? _before.People.Values.OrderBy(person => person.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;
        if (standIn is null)
        {
            _output.WriteLine("people.yml names nobody yet, and every article has an author: write it first.");
            return 1;
        }

        // Every text's new address is known before the first is written, so that links between them come along.
        var (taken, plan) = (_before.Texts.Select(text => text.Path).ToHashSet(StringComparer.Ordinal), new List<(ExportedText Text, string Slug)>());
        foreach (var text in _export.Texts)
        {
            var slug = SlugOf(text);
            var path = text.IsPage ? $"/{slug}" : $"/blog/{slug}";
            if (text.IsPage && TextFile.IsReserved(slug)) _output.WriteLine($"left out: the page {FileNotes.Quote(text.Title)}: the site has a page of its own at /{slug}");
            else if (HtmlToMarkdown.IsTooDeep(text.Html) || HtmlToMarkdown.IsTooDeep(text.Excerpt) || HtmlToMarkdown.IsTooDeep(text.Title)) _output.WriteLine($"left out: {FileNotes.Quote(slug)}: elements within elements, more than 300 deep");
            else if (Words(text.Html).Length == 0) _output.WriteLine($"left out: {FileNotes.Quote(text.Title)}: no words in it");
            else if (!taken.Add(path)) _output.WriteLine($"left out: {FileNotes.Quote(text.Title)}: {path} is there already");
            else
            {
                plan.Add((text, slug));
                if (text.Address is { } old) _newAddresses[old.AbsolutePath.TrimEnd('/')] = (text.IsPage ? "page:" : "article:") + slug;
            }
        }

        var written = plan.Select(entry => Write(entry.Text, entry.Slug, standIn, clock)).ToHashSet(StringComparer.Ordinal);
        return Report(written, plan.Count(entry => entry.Text.IsPage));
    }

    /// <returns>The file written, under the folder.</returns>
    private string Write(ExportedText text, string slug, string standIn, TimeProvider clock)
    {
        var published = text.Published ?? clock.GetUtcNow();
        var body = new HtmlToMarkdown(Link, Picture).Convert(Prepared(text.Html));
        var yaml = new StringBuilder("---\n");
        Line("title", Quoted(Cut(HtmlToMarkdown.Words(text.Title) is { Length: > 0 } title ? title : slug, 200)));
        Line("summary", Quoted(Summary(text)));
        if (!text.IsPage)
        {
            Line("slug", slug);
            Line("published", published.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            if (text.Updated is { } updated && (updated - published).TotalDays >= 1) Line("updated", updated.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            Line("authors", $"[{AuthorOf(text, standIn)}]");
            if (text.Topics.Select(Slugged).Where(topic => topic is not ("" or "uncategorized" or "blog")).Distinct().ToList() is { Count: > 0 } topics) Line("topics", $"[{string.Join(", ", topics)}]");
        }

        // A leading picture must be there to stand in the front matter; it is listed until then.
        if (text.Picture is { } leading && Picture(leading) is { } image && File.Exists(Path.Combine(_folder, "images", image)))
        {
            Line("image", image);
            Line("imageAlt", "\"\"");
        }

        if (text.Address is { } address && address.AbsolutePath.TrimEnd('/') is { Length: > 0 } old && old != (text.IsPage ? $"/{slug}" : $"/blog/{slug}") && ListFiles.IsPath(old)) Line("aliases", $"[{Quoted(old)}]");
        Line("draft", "true");
        yaml.Append("---\n\n").Append(body);

        var file = text.IsPage ? $"pages/{slug}.md" : $"articles/{published.UtcDateTime:yyyy-MM-dd}-{slug}.md";
        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var stream = new FileStream(path, FileMode.CreateNew);
        stream.Write(Encoding.UTF8.GetBytes(yaml.ToString()));
        return file;

        void Line(string key, string value) => yaml.Append(key).Append(": ").Append(value).Append('\n');
    }

    private int Report(HashSet<string> written, int pages)
    {
        var after = ContentFolder.Read(_folder);
        var problems = after.Problems.Where(problem => written.Contains(problem.File)).ToList();
        foreach (var problem in problems) _output.WriteLine(problem.Told());
        if (_pictures.Count > 0) _output.WriteLine($"Pictures to bring into images/, {_pictures.Count}:");
        foreach (var (address, name) in _pictures) _output.WriteLine($"  {address} -> images/{name}{(File.Exists(Path.Combine(_folder, "images", name)) ? " (there)" : "")}");
        if (_strangers.Count > 0) _output.WriteLine($"Authors that people.yml does not know, replaced: {string.Join(", ", _strangers)}");
        if (_shortcodes.Count > 0) _output.WriteLine($"Shortcodes that were dropped: {string.Join(", ", _shortcodes)}");
        foreach (var (kind, count) in _export.LeftOut) _output.WriteLine($"left out: {count} of the kind {FileNotes.Quote(kind)}");
        _output.WriteLine($"{written.Count - pages} articles and {pages} pages written as drafts; {problems.Count} things to look at. Take draft: true away when a text is ready.");
        return problems.Exists(problem => problem.Severity == ContentSeverity.Error) ? 1 : 0;
    }

    private static string SlugOf(ExportedText text)
    {
        var title = HtmlToMarkdown.IsTooDeep(text.Title) ? "" : HtmlToMarkdown.Words(text.Title);
        return new[] { text.Name, text.Address?.AbsolutePath.TrimEnd('/').Split('/')[^1], title }.Select(Slugged).FirstOrDefault(slug => slug.Length > 0, "untitled");
    }

    private static string Slugged(string? text)
    {
        var plain = Uri.UnescapeDataString(text ?? "").Normalize(NormalizationForm.FormD).ToLowerInvariant();
        var slug = NotInSlug().Replace(string.Concat(plain.Where(letter => CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark && letter is not ('\'' or '’'))), "-").Trim('-');
        return slug.Length <= 80 ? slug : slug[..80].TrimEnd('-');
    }

    private string AuthorOf(ExportedText text, string standIn)
    {
        if (_before.People.Values.FirstOrDefault(person => person.Key == text.Author || string.Equals(person.Name, text.Author, StringComparison.OrdinalIgnoreCase)) is { } known) return known.Key;
        if (text.Author.Length > 0) _strangers.Add($"{text.Author} by {standIn}");
        return standIn;
    }

    /// <summary>The old system's excerpt, or how the text begins; at most 200 characters.</summary>
    private static string Summary(ExportedText text)
    {
        var words = Words(text.Excerpt) is { Length: > 0 } excerpt ? excerpt : Words(text.Html);
        if (words.Length <= 200) return words;
        var end = words.LastIndexOfAny(['.', '?', '!'], 198);
        return end > 60 ? words[..(end + 1)] : Cut(words, 200);
    }

    private static string Words(string html) => Shortcode().Replace(HtmlToMarkdown.Words(html), "").Trim();

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(text.LastIndexOf(' ', most - 2) is > 0 and var space ? space : most - 1)] + "…";

    private static string Quoted(string text) =>
        $"\"{string.Concat(text.Where(letter => !char.IsControl(letter))).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>Old addresses of texts that came along become links to them; other addresses stay, if a visitor may be sent there.</summary>
    private string? Link(string address)
    {
        if (_export.Site is { } site && Uri.TryCreate(site, address, out var target) && target.Host == site.Host && !address.StartsWith('#'))
            return _newAddresses.TryGetValue(target.AbsolutePath.TrimEnd('/'), out var moved) ? moved : target.AbsoluteUri;
        return Content.Markdown.Links.Kind(address) is Content.Markdown.LinkKind.External or Content.Markdown.LinkKind.Contact ? address : null;
    }

    private string? Picture(string address)
    {
        var target = _export.Site is { } site && Uri.TryCreate(site, address, out var whole) ? whole : Uri.TryCreate(address, UriKind.Absolute, out var absolute) ? absolute : null;
        if (target is null || target.Scheme is not ("http" or "https")) return null;
        var last = Uri.UnescapeDataString(target.AbsolutePath.Split('/').Last(part => part.Length > 0 || target.AbsolutePath == "/"));
        var name = NotInFileName().Replace(last, "-").Trim('-', '.').ToLowerInvariant();
        if (name.Length == 0) return null;
        if (Path.GetExtension(name).Length < 2) name += ".jpg";
        // Two pictures of the same name in different folders are two pictures.
        for (var number = 2; _pictures.ContainsValue(name) && _pictures.GetValueOrDefault(target.AbsoluteUri) != name; number++)
            name = $"{Numbered().Replace(Path.GetFileNameWithoutExtension(name), "")}-{number}{Path.GetExtension(name)}";
        _pictures[target.AbsoluteUri] = name;
        return name;
    }

    /// <summary>WordPress's own ways: paragraphs by empty lines, captions and other shortcodes in brackets.</summary>
    private string Prepared(string html)
    {
        html = Caption().Replace(html, "<figure>$1<figcaption>$2</figcaption></figure>");
        html = Shortcode().Replace(html, code =>
        {
            _shortcodes.Add(code.Groups[1].Success ? code.Groups[1].Value : code.Groups[2].Value);
            return "";
        });
        if (html.Contains("<p", StringComparison.OrdinalIgnoreCase) || html.Contains("<!-- wp:", StringComparison.Ordinal)) return html;
        return string.Concat(EmptyLine().Split(html.Trim()).Select(part => part.TrimStart().StartsWith('<') && !Inline().IsMatch(part.TrimStart())
            ? part : $"<p>{part.Trim().Replace("\n", "<br>", StringComparison.Ordinal)}</p>"));
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotInSlug();

    [GeneratedRegex("[^A-Za-z0-9_.-]+")]
    private static partial Regex NotInFileName();

    [GeneratedRegex(@"-\d+$")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"\[caption[^\]]*\]\s*((?:<a[^>]*>)?\s*<img[^>]*>\s*(?:</a>)?)(.*?)\[/caption\]", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Caption();

    // Only what surely is one: "[sic]" stays.
    [GeneratedRegex(@"\[/?((?:vc|et_pb|fusion|elementor|contact-form|gallery|playlist|embed|audio|video|caption|button|row|column|wp)[\w-]*)(?:\s[^\]]*)?\]|\[/?([a-z][\w-]*)\s+\w+=[^\]]*\]", RegexOptions.IgnoreCase)]
    private static partial Regex Shortcode();

    [GeneratedRegex(@"(?:\r?\n[ \t]*){2,}")]
    private static partial Regex EmptyLine();

    [GeneratedRegex(@"^<(?:a|abbr|b|br|cite|code|em|i|img|s|small|span|strong|sub|sup|u)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Inline();
}
