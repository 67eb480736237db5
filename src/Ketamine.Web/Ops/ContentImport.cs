using System.Net;
using System.Xml;
using Ketamine.Content.Editing;
using Ketamine.Content.Markdown;
using Ketamine.Content.Reading;

namespace Ketamine.Web.Ops;

/// <summary>
/// <c>content import FILE</c>: turns a WordPress export, or the RSS feed of a Wix or Squarespace blog, into articles and pages of the folder. All
/// are drafts. No existing file is replaced, and nothing is downloaded.
/// </summary>
public sealed partial class ContentImport
{
    /// <summary>The most reusable blocks that a text may contain; blocks within blocks could otherwise grow without end.</summary>
    private const int MostBlocks = 500;

    private readonly string _folder;
    private readonly TextWriter _output;
    private readonly ContentReading _before;
    private readonly ExportFile _export;
    private readonly string? _uploads;
    private readonly HashSet<string> _here;
    private readonly Dictionary<string, string> _newAddresses = new(StringComparer.OrdinalIgnoreCase) { [""] = "/" };
    private readonly SortedDictionary<string, string> _pictures = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _strangers = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _leftBehind = new(StringComparer.Ordinal);
    private readonly List<string> _hidden = [];
    private readonly List<string> _cutShort = [];
    private readonly SortedSet<(string File, string What)> _lost = [];
    private string _place = "";

    private ContentImport(string folder, string? uploads, ExportFile export, TextWriter output)
    {
        (_folder, _uploads, _export, _output, _before) = (folder, uploads, export, output, ContentFolder.Read(folder));
        _here = _before.Texts.Select(text => text.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Writes the file's texts and reports what was done and what is left to do.</summary>
    /// <param name="folder">The content folder.</param>
    /// <param name="file">The export.</param>
    /// <param name="author">A key of people.yml for texts whose author isn't in it; null means the first person listed.</param>
    /// <param name="uploads">A folder with the old system's pictures, such as WordPress's wp-content/uploads; null copies none.</param>
    /// <returns>0, or 1 if the file can't be read or the result fails the content check.</returns>
    public static int Run(string folder, string file, string? author, string? uploads, TextWriter output)
    {
        if (!Directory.Exists(folder)) return Refuse($"there is no folder at {folder}");
        if (!File.Exists(file)) return Refuse($"there is no file at {Path.GetFullPath(file)}");
        if (uploads is not null && !Directory.Exists(uploads)) return Refuse($"there is no folder of pictures at {uploads}");
        try
        {
            using var stream = File.OpenRead(file);
            return new ContentImport(folder, uploads, ExportFile.Read(stream), output).Write(author);
        }
        catch (XmlException broken)
        {
            return Refuse(
                broken.Message.Contains("DTD", StringComparison.Ordinal)
                    ? "it has a document type (<!DOCTYPE …>), which exports don't need and which can do harm"
                    : broken.LineNumber <= 1 && broken.LinePosition <= 1
                        ? "it isn't an export, which is a file of XML; in WordPress: Tools, Export, All content"
                        : broken.Message);
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

    private int Write(string? author)
    {
        if (author is not null && !_before.People.ContainsKey(author))
        {
            _output.WriteLine($"{Diagnostics.Quote(author)} is not a key of people.yml{NearestName.Hint(author, _before.People.Keys)}");
            return 1;
        }

        var standIn = author ?? _before.People.Values.OrderBy(person => person.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;
        if (standIn is null)
        {
            _output.WriteLine("people.yml is empty, and every article needs an author. Add a person first.");
            return 1;
        }

        // Work out all new addresses before writing, so links between texts can be converted.
        var (taken, plan) = (new HashSet<string>(StringComparer.Ordinal), new List<(ExportedText Text, string Slug)>());
        var before = _before
            .Texts.SelectMany(text => text.Aliases, (text, alias) => (Old: Decoded(alias.Name), text.Path, text.File))
            .DistinctBy(entry => entry.Old, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(entry => entry.Old, StringComparer.OrdinalIgnoreCase);
        foreach (var text in _export.Texts)
        {
            var slug = SlugOf(text);
            var old = OldAddresses(text).ToList();
            if (old.Find(before.ContainsKey) is { } known)
            {
                _output.WriteLine($"left out: {Diagnostics.Quote(text.Title)}: already imported, as {before[known].File}");
                foreach (var address in old) _newAddresses[address] = before[known].Path;
            }
            else if (text.IsPage && SitePath.IsReserved(slug))
                _output.WriteLine($"left out: the page {Diagnostics.Quote(text.Title)}: the site already has a built-in page at /{slug}");
            else if (HtmlToMarkdown.IsTooDeep(text.Html) || HtmlToMarkdown.IsTooDeep(text.Excerpt) || HtmlToMarkdown.IsTooDeep(text.Title))
                _output.WriteLine($"left out: {Diagnostics.Quote(slug)}: its elements are nested more than 300 deep");
            else if (Words(text.Html).Length == 0 && !text.Html.Contains("<img", StringComparison.OrdinalIgnoreCase))
                _output.WriteLine($"left out: {Diagnostics.Quote(text.Title)}: it has no text");
            else if (_here.Contains(PathOf(text, slug))) _output.WriteLine($"left out: {Diagnostics.Quote(text.Title)}: {PathOf(text, slug)} already exists");
            else
            {
                // Pages with different parents may share a name.
                var unique = slug;
                for (var number = 2; !taken.Add(PathOf(text, unique)) || _here.Contains(PathOf(text, unique)); number++) unique = $"{slug}-{number}";
                plan.Add((text, unique));
                foreach (var address in old) _newAddresses[address] = (text.IsPage ? "page:" : "article:") + unique;
            }
        }

        var written = plan.Select(entry => Write(entry.Text, entry.Slug, standIn)).ToHashSet(StringComparer.Ordinal);
        return Report(written, plan.Count(entry => entry.Text.IsPage));
    }

    /// <returns>The path of the new file, relative to the folder.</returns>
    private string Write(ExportedText text, string slug, string standIn)
    {
        var file = text.IsPage ? $"pages/{slug}.md" : $"articles/{(text.Published is { } day ? $"{day.UtcDateTime:yyyy-MM-dd}-" : "")}{slug}.md";
        _place = file;
        if (!text.IsPage && text.Published is null && text.OddDate is { } odd)
            Lose($"the date {Diagnostics.Quote(odd)}, which can't be read: add the publication date as published:");
        else if (!text.IsPage && text.Published is null) Lose("no date: add the publication date as published:");
        var lines = _export.IsWordPress && !text.Html.Contains("<!-- wp:", StringComparison.Ordinal) && !ParagraphTag().IsMatch(text.Html);
        if (Unreadable().Match(text.Title + "\n" + text.Html) is { Success: true } unreadable)
            Lose($"letters that can't be read, written as \ufffd, near {Diagnostics.Quote(unreadable.Value.Trim())}: the declared encoding is wrong");
        var notes = text.Footnotes.ToDictionary(StringComparer.Ordinal);
        var body = new HtmlToMarkdown(Link, Picture, lines) { Lose = Lose, Footnotes = notes }.Convert(Prepared(text.Html, lines, notes));
        var yaml = new StringBuilder("---\n");
        var title = Cut(TitleOf(text) is { Length: > 0 } words ? words : slug, 200);
        Line("title", Quoted(title));
        Line("summary", Quoted(Summary(text, body) is { Length: > 0 } summary ? summary : title));
        if (!text.IsPage)
        {
            Line("slug", slug);
            if (text.Published is { } published) Line("published", published.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            if (text.Updated is { } updated && text.Published is { } first && (updated - first).TotalDays >= 1)
                Line("updated", updated.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            Line("authors", $"[{AuthorOf(text, standIn)}]");
            if (text.Topics.Select(Slugged).Where(topic => topic is not ("" or "uncategorized" or "blog")).Distinct().ToList() is { Count: > 0 } topics)
                Line("topics", $"[{string.Join(", ", topics)}]");
        }

        // Front matter may name only pictures that exist; until then, a missing one is listed.
        if (text.Picture is { } leading && Picture(leading.Address) is { } image && File.Exists(Path.Combine(_folder, "images", image)))
        {
            Line("image", image);
            Line("imageAlt", Quoted(leading.Alt));
        }

        var aliases = OldAddresses(text)
            .Where(old => old != PathOf(text, slug) && !_here.Contains(old) && !SitePath.IsReserved(old[1..]))
            .Select(old => Quoted(Encoded(old)))
            .ToList();
        if (aliases.Count > 0) Line("aliases", $"[{string.Join(", ", aliases)}]");
        Line("draft", "true");
        yaml.Append("---\n\n").Append(body);

        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var stream = new FileStream(path, FileMode.CreateNew);
        stream.Write(Encoding.UTF8.GetBytes(yaml.ToString()));
        if (text.WasHidden) _hidden.Add(file);
        if (!_export.IsWordPress && HtmlToMarkdown.Words(text.Html) is { Length: < 400 } beginning && Teaser().IsMatch(beginning)) _cutShort.Add(file);
        return file;

        void Line(string key, string value) => yaml.Append(key).Append(": ").Append(value).Append('\n');
    }

    private int Report(HashSet<string> written, int pages)
    {
        var after = ContentFolder.Read(_folder);
        // List each missing picture once, with the address to download it from.
        var problems = after.Problems.Where(problem => written.Contains(problem.File) && problem.Key != "image").ToList();
        foreach (var problem in problems) _output.WriteLine(problem.ToMessage());
        if (_pictures.Count > 0) _output.WriteLine($"Pictures to add to images/ ({_pictures.Count}):");
        foreach (var (address, name) in _pictures)
            _output.WriteLine($"  {address} -> images/{name}{(File.Exists(Path.Combine(_folder, "images", name)) ? " (already there)" : "")}");
        if (_strangers.Count > 0) _output.WriteLine($"Authors missing from people.yml, replaced: {string.Join(", ", _strangers)}");
        if (_leftBehind.Count > 0) _output.WriteLine($"Links to the old site with no counterpart here ({_leftBehind.Count}):");
        foreach (var address in _leftBehind) _output.WriteLine($"  {address}");
        if (_hidden.Count > 0) _output.WriteLine($"Not public on the old site (draft, private, or password-protected): {string.Join(", ", _hidden)}");
        if (_cutShort.Count > 0) _output.WriteLine($"The feed has only the beginning; copy the rest from the old site: {string.Join(", ", _cutShort)}");
        foreach (var (kind, count) in _export.LeftOut) _output.WriteLine($"left out: {count} of type {Diagnostics.Quote(kind)}");
        if (_export.Controls > 0) _output.WriteLine($"Invalid control characters removed: {_export.Controls}");
        foreach (var place in _lost.GroupBy(entry => entry.File))
        {
            _output.WriteLine($"Not kept in {place.Key}:");
            foreach (var (_, what) in place) _output.WriteLine($"  {what}");
        }

        var things = problems.Count + _pictures.Count + _strangers.Count + _leftBehind.Count + _cutShort.Count + _lost.Count
            + _export.LeftOut.Values.Sum() + (_export.Controls > 0 ? 1 : 0);
        _output.WriteLine(
            $"{ContentCheck.Count(written.Count - pages, "article")} and {ContentCheck.Count(pages, "page")} written as drafts; "
                + $"{ContentCheck.Count(things, "thing")} to check. "
                + "Remove draft: true when a text is ready.");
        return problems.Exists(problem => problem.Severity == DiagnosticSeverity.Error) ? 1 : 0;
    }

    private void Lose(string what) => _lost.Add((_place, what));

    private static string SlugOf(ExportedText text)
    {
        var title = HtmlToMarkdown.IsTooDeep(text.Title) ? "" : HtmlToMarkdown.Words(text.Title);
        // In other alphabets, only stray digits would be left.
        return new[] { text.Name, text.Address?.AbsolutePath.TrimEnd('/').Split('/')[^1], title, text.Id.Length > 0 ? $"post-{text.Id}" : "" }
            .Select(name => Slugged(Ending().Replace(name ?? "", "")))
            .FirstOrDefault(slug => slug.Any(char.IsAsciiLetter), "untitled");
    }

    private static string PathOf(ExportedText text, string slug) => text.IsPage ? $"/{slug}" : $"/blog/{slug}";

    /// <summary>A text's old addresses, decoded: its permalink and WordPress's short link.</summary>
    private static IEnumerable<string> OldAddresses(ExportedText text)
    {
        if (text.Address is { } address && Uri.UnescapeDataString(address.AbsolutePath).TrimEnd('/') is { Length: > 0 } path && ListFiles.IsPath(Encoded(path)))
        {
            yield return path;
            var addresses = text
                .OldNames.Select(name => path[..(path.LastIndexOf('/') + 1)] + Uri.UnescapeDataString(name))
                .Where(old => old != path && ListFiles.IsPath(Encoded(old)))
                .Distinct();
            foreach (var old in addresses)
                yield return old;
        }

        if (text.Id.Length > 0 && $"/?{(text.IsPage ? "page_id" : "p")}={text.Id}" is var shortLink && ListFiles.IsPath(shortLink)) yield return shortLink;
    }

    /// <summary>An old address as it is written in a text: the folder's reader decodes it, and allows no spaces.</summary>
    private static string Encoded(string old) => old.StartsWith("/?", StringComparison.Ordinal) ? old
        : string.Concat(old.Select(sign => sign is '%' or '?' or '#' or '\\' || char.IsWhiteSpace(sign)
            ? Uri.EscapeDataString(sign.ToString()) : sign.ToString()));

    private static string Decoded(string written) => written.StartsWith("/?", StringComparison.Ordinal) ? written : Uri.UnescapeDataString(written);

    private static string Slugged(string? text)
    {
        var plain = TypedText.Normalized(Uri.UnescapeDataString(text ?? ""), NormalizationForm.FormD).ToLowerInvariant();
        var slug = NotInSlug()
            .Replace(
                string.Concat(
                    plain.Where(letter => CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark && letter is not ('\'' or '’'))),
                "-")
            .Trim('-');
        return slug.Length <= 80 ? slug : slug[..80].TrimEnd('-');
    }

    private string AuthorOf(ExportedText text, string standIn)
    {
        var known = _before.People.Values.FirstOrDefault(person =>
            person.Key == text.Author || string.Equals(person.Name, text.Author, StringComparison.OrdinalIgnoreCase)
        );
        if (known is not null) return known.Key;
        if (text.Author.Length > 0) _strangers.Add($"{text.Author} by {standIn}");
        return standIn;
    }

    /// <summary>The old system's excerpt, or the beginning of the converted text; at most 200 characters.</summary>
    private string Summary(ExportedText text, string body)
    {
        var words = MoreMark().Replace(Plain(text.Excerpt, text) is { Length: > 0 } excerpt ? excerpt : PlainBeginning.Of(body), "…");
        if (words.Length <= 200) return words;
        var end = Sentences.Split(words).Select(sentence => sentence.Start + sentence.Length).Where(end => end <= 200).DefaultIfEmpty(0).Max();
        return end > 60 ? words[..end] : Cut(words, 200);
    }

    private string TitleOf(ExportedText text) => text.Title.Contains('<') ? Plain(text.Title, text) : HtmlToMarkdown.Words(text.Title);

    /// <summary>Plain text by the same rules as the body: 10⁹ and not 109, without struck-out words and footnote marks.</summary>
    private string Plain(string html, ExportedText text) => html.Length == 0 ? ""
        : PlainBeginning.Of(new HtmlToMarkdown(_ => null, _ => null) { Lose = Lose, Footnotes = text.Footnotes }.Convert(WithoutShortcodes(html, _ => { })));

    private static string Words(string html) => HtmlToMarkdown.Words(WithoutShortcodes(html, _ => { }), prose: true);

    /// <summary>Anything with a closing tag is a shortcode, and so are the tags of well-known plugins; "[sic]" isn't.</summary>
    private static string WithoutShortcodes(string html, Action<string> dropped)
    {
        var closed = ShortcodeEnd().Matches(html).Select(end => end.Groups[1].Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        html = AnyShortcode().Replace(html, code => closed.Contains(code.Groups[1].Value) ? Drop(code.Groups[1].Value, code.Value) : code.Value);
        return Shortcode().Replace(html, code => Drop(code.Groups[1].Success ? code.Groups[1].Value : code.Groups[2].Value, code.Value));

        string Drop(string name, string code)
        {
            // Headings of tabs and the like are attributes.
            var words = ShortcodeWords().Matches(code).Select(word => $"\"{word.Groups[2].Value}\"");
            dropped(string.Join(' ', [name, .. words]));
            return "";
        }
    }

    private static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(text.LastIndexOf(' ', most - 2) is > 0 and var space ? space : most - 1)] + "…";

    private static string Quoted(string text) =>
        '"'
        + string.Concat(text.Where(letter => !char.IsControl(letter)))
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
        + '"';

    /// <summary>Links to imported texts get the new address; other links stay if they are safe for visitors.</summary>
    private string? Link(string address)
    {
        if (_export.Site is { } site
            && !address.StartsWith('#')
            && WebAddress.TryParse(site, address, out var target)
            && ExportFile.Host(target) == ExportFile.Host(site))
        {
            var old = target.AbsolutePath == "/" && target.Query.Length > 0 ? target.PathAndQuery : Uri.UnescapeDataString(target.AbsolutePath).TrimEnd('/');
            if (_newAddresses.TryGetValue(old, out var moved)) return moved;
            if (_here.Contains(old)) return old;
            _leftBehind.Add(target.AbsoluteUri);
            return target.AbsoluteUri;
        }

        return Content.Markdown.Links.Kind(address) is Content.Markdown.LinkKind.External or Content.Markdown.LinkKind.Contact ? address : null;
    }

    private string? Picture(string address)
    {
        var target =
            _export.Site is { } site && WebAddress.TryParse(site, address, out var whole) ? whole
            : WebAddress.TryParse(address, out var absolute) ? absolute
            : null;
        if (target is null || target.Scheme is not ("http" or "https")) return null;
        // What follows a picture's name selects a size. Take the full size, once.
        if (Sized().Match(target.AbsoluteUri) is { Success: true } sized) target = new Uri(sized.Groups[1].Value);
        var last = Uri.UnescapeDataString(target.AbsolutePath.Split('/').Last(part => part.Length > 0 || target.AbsolutePath == "/"));
        var name = NotInFileName().Replace(last, "-").Trim('-', '.').ToLowerInvariant();
        if (name.Length == 0) return null;
        if (Path.GetExtension(name).Length < 2) name += ".jpg";
        if (!HtmlToMarkdown.IsPicture(name))
        {
            Lose(
                $"the picture {target.AbsoluteUri}, whose file type is unknown: "
                    + "save it from the old site as a .jpg or .png in images/, and write ![what it shows](NAME.jpg)");
            return null;
        }

        // Pictures with the same name in different folders are different pictures.
        for (var number = 2; _pictures.ContainsValue(name) && _pictures.GetValueOrDefault(target.AbsoluteUri) != name; number++)
            name = $"{Numbered().Replace(Path.GetFileNameWithoutExtension(name), "")}-{number}{Path.GetExtension(name)}";
        if (_pictures.TryAdd(target.AbsoluteUri, name) && _uploads is not null)
            Copy(Uri.UnescapeDataString(target.AbsolutePath), Path.Combine(_folder, "images", name));
        return name;
    }

    /// <summary>Copies the picture whose path ends like the address; if several do, the one with the longest match.</summary>
    private void Copy(string address, string to)
    {
        if (File.Exists(to)) return;
        var found = Directory.EnumerateFiles(_uploads!, Path.GetFileName(address), SearchOption.AllDirectories)
            .MaxBy(file => address.Reverse().Zip(file.Replace('\\', '/').Reverse()).TakeWhile(pair => pair.First == pair.Second).Count());
        if (found is null) return;
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(found, to);
    }

    /// <summary>WordPress markup: shortcodes such as <c>[caption]</c> and <c>[gallery]</c>, and dynamic blocks.</summary>
    private string Prepared(string html, bool lines, Dictionary<string, string> notes)
    {
        html = NoteShortcode().Replace(html, note =>
        {
            notes[$"shortcode-{note.Index}"] = note.Groups[2].Value;
            return $"<sup data-fn=\"shortcode-{note.Index}\">*</sup>";
        });
        html = Caption()
            .Replace(
                html,
                caption =>
                {
                    var words = caption.Groups[3].Value.Trim();
                    if (words.Length == 0) words = CaptionWords().Match(caption.Groups[1].Value).Groups[1].Value;
                    return $"<figure>{caption.Groups[2].Value}<figcaption>{words}</figcaption></figure>";
                });
        html = Gallery()
            .Replace(
                html,
                gallery =>
                    string.Concat(
                        gallery
                            .Groups[1]
                            .Value.Split(',')
                            .Select(id => _export.Pictures.GetValueOrDefault(id.Trim()))
                            .OfType<ExportedPicture>()
                            .Select(picture =>
                                $"<figure><img src=\"{WebUtility.HtmlEncode(picture.Address)}\" alt=\"{WebUtility.HtmlEncode(picture.Alt)}\"></figure>"
                            ))
                        is { Length: > 0 } pictures
                        ? pictures
                        : gallery.Value);
        var blocks = MostBlocks;
        html = Embed().Replace(html, "\n\n$1\n\n");
        html = SharedBlock().Replace(html, block => Shared(block, [], ref blocks));
        var dropped = new SortedSet<string>(StringComparer.Ordinal);
        html = WithoutShortcodes(html, code => dropped.Add(code));
        foreach (Match block in RenderedPerVisitor().Matches(html)) dropped.Add($"block {block.Groups[1].Value}{AddressIn(block.Value)}");
        if (dropped.Count > 0) Lose($"Shortcodes removed: {string.Join(", ", dropped)}");
        return lines ? BreakAtEnd().Replace(html, "$1") : html;

        // A reusable block is stored once, apart from the texts, and may contain others.
        string Shared(Match block, ImmutableStack<string> around, ref int left)
        {
            var id = block.Groups[1].Value;
            if (!_export.Blocks.TryGetValue(id, out var shared)) Lose($"the reusable block {id}, which isn't in the file");
            else if (around.Contains(id)) Lose($"the reusable block {id} within the same block");
            else if (left-- > 0)
            {
                var inside = new StringBuilder();
                var from = 0;
                foreach (Match inner in SharedBlock().Matches(shared))
                {
                    inside.Append(shared, from, inner.Index - from).Append(Shared(inner, around.Push(id), ref left));
                    from = inner.Index + inner.Length;
                }

                return inside.Append(shared, from, shared.Length - from).ToString();
            }
            else Lose($"reusable blocks beyond the first {MostBlocks}");
            return "";
        }
    }

    private static string AddressIn(string block) => BlockAddress().Match(block) is { Success: true } address ? $" of {address.Groups[1].Value}" : "";

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotInSlug();

    [GeneratedRegex("[^A-Za-z0-9_.-]+")]
    private static partial Regex NotInFileName();

    [GeneratedRegex(@"-\d+$")]
    private static partial Regex Numbered();

    [GeneratedRegex("<p[ >]", RegexOptions.IgnoreCase)]
    private static partial Regex ParagraphTag();

    [GeneratedRegex(@"(<br\s*/?>)[ \t]*\r?\n", RegexOptions.IgnoreCase)]
    private static partial Regex BreakAtEnd();

    [GeneratedRegex(@"\.(?:html?|php|aspx?)$", RegexOptions.IgnoreCase)]
    private static partial Regex Ending();

    [GeneratedRegex(@"(?:…|\.\.\.)$")]
    private static partial Regex Teaser();

    [GeneratedRegex(@"\s*\[(?:…|\.\.\.)\](?:\s.*)?$")]
    private static partial Regex MoreMark();

    // Wix: …/media/NAME.jpg/v1/fill/…; Squarespace: NAME.jpg?format=1000w; WordPress.com: NAME.jpg?w=604
    [GeneratedRegex(@"^([^?#]+?\.(?:jpe?g|png|gif|webp|avif))(?:/v1/.*|\?.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex Sized();

    [GeneratedRegex(@"\[gallery[^\]]*?\b(?:ids|include)=[""']?([\d,\s]+)[""']?[^\]]*\]", RegexOptions.IgnoreCase)]
    private static partial Regex Gallery();

    [GeneratedRegex(@"\[embed[^\]]*\]\s*(\S+?)\s*\[/embed\]", RegexOptions.IgnoreCase)]
    private static partial Regex Embed();

    [GeneratedRegex(@"\[/([a-z][\w-]*)\]", RegexOptions.IgnoreCase)]
    private static partial Regex ShortcodeEnd();

    // A bracket may occur within quotation marks.
    [GeneratedRegex(@"\[/?([a-z][\w-]*)(?:\s(?:[^\]""']|""[^""]*""|'[^']*')*)?/?\]", RegexOptions.IgnoreCase)]
    private static partial Regex AnyShortcode();

    [GeneratedRegex(@"<!-- wp:block \{[^<>]*?""ref"":(\d+)[^<>]*\} /-->")]
    private static partial Regex SharedBlock();

    [GeneratedRegex(@"\[(ref|efn_note|footnote|fn|mfn)\b[^\]]*\](.*?)\[/\1\]", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex NoteShortcode();

    [GeneratedRegex(@"""(?:url|href)"":""([^""]+)""")]
    private static partial Regex BlockAddress();

    [GeneratedRegex("[^\n\ufffd]{0,20}\ufffd[^\n]{0,20}")]
    private static partial Regex Unreadable();

    // The converter handles these blocks itself.
    [GeneratedRegex(@"<!-- wp:(?!footnotes\b)([\w/-]+)[^>]*/-->")]
    private static partial Regex RenderedPerVisitor();

    [GeneratedRegex(@"\b(?:\w*title|heading|text|label|cite|author|name|content|description|question)=([""'])(.+?)\1", RegexOptions.IgnoreCase)]
    private static partial Regex ShortcodeWords();

    [GeneratedRegex(@"\bcaption=""([^""]*)""")]
    private static partial Regex CaptionWords();

    [GeneratedRegex(@"\[caption([^\]]*)\]\s*((?:<a[^>]*>)?\s*<img[^>]*>\s*(?:</a>)?)(.*?)\[/caption\]", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Caption();

    // Only what is certainly a shortcode: "[sic]" stays.
    [GeneratedRegex(
        @"\[/?((?:vc|et_pb|fusion|elementor|contact-form|gallery|playlist|embed|audio|video|caption|button|row|column|wp)[\w-]*)"
            + @"(?:\s(?:[^\]""']|""[^""]*""|'[^']*')*)?\]|"
            + @"\[/?([a-z][\w-]*)\s+\w+=(?:[^\]""']|""[^""]*""|'[^']*')*\]",
        RegexOptions.IgnoreCase)]
    private static partial Regex Shortcode();
}
