using Markdig.Extensions.CustomContainers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Ketamine.Content.Markdown;

/// <summary>
/// The contents of a piece of Markdown that are checked or shown elsewhere. It doesn't keep the parsed tree: the trees of ten thousand articles would
/// fill the memory.
/// </summary>
public sealed partial record MarkdownAnalysis
{
    public string PlainText { get; private init; } = "";
    public int Words { get; private init; }
    public ImmutableArray<HeadingFact> Headings { get; private init; } = [];

    /// <summary>Addresses as written, with their lines in the file.</summary>
    public ImmutableArray<(string Url, int Line)> Links { get; private init; } = [];

    public ImmutableArray<PictureFact> Pictures { get; private init; } = [];

    /// <summary>Bibliography keys in order of use, including repeats, with their lines in the file.</summary>
    public ImmutableArray<(string Key, int Line)> Citations { get; private init; } = [];

    /// <summary>Every id in the text, without a prefix.</summary>
    public ImmutableArray<string> Anchors { get; private init; } = [];

    /// <summary>Whether there is a <c>::: risks</c> callout.</summary>
    public bool MentionsRisks { get; private init; }

    /// <summary>Parses and analyzes a piece, and notes problems that don't depend on the rest of the folder.</summary>
    /// <param name="line">Maps a 0-based line of the piece to the line in the file.</param>
    /// <param name="look">Called with the parsed tree, which isn't kept.</param>
    public static MarkdownAnalysis Read(string markdown, Func<int, int> line, Diagnostics notes, Action<MarkdownDocument>? look = null)
    {
        if (MarkdownParser.TryParse(markdown) is not { } document)
        {
            notes.Error(line(0), "Markdown", "quotations, lists, or emphasis nested too deeply to read", "simpler text");
            return new MarkdownAnalysis();
        }

        look?.Invoke(document);
        return new Reader(line, notes).Read(document);
    }

    /// <summary>Counts words: runs of letters and digits, joined by apostrophes and hyphens.</summary>
    public static int Count(string text)
    {
        var words = 0;
        var inside = false;
        for (var i = 0; i < text.Length; i++)
        {
            var letter = char.IsLetterOrDigit(text[i]);
            if (letter && !inside) words++;
            inside = letter || (inside && text[i] is '\'' or '’' or '-' or '\u2011' && i + 1 < text.Length && char.IsLetterOrDigit(text[i + 1]));
        }

        return words;
    }

    private sealed class Reader(Func<int, int> lineOf, Diagnostics notes)
    {
        private readonly StringBuilder _plain = new();
        private readonly ImmutableArray<HeadingFact>.Builder _headings = ImmutableArray.CreateBuilder<HeadingFact>();
        private readonly ImmutableArray<(string, int)>.Builder _links = ImmutableArray.CreateBuilder<(string, int)>();
        private readonly ImmutableArray<PictureFact>.Builder _pictures = ImmutableArray.CreateBuilder<PictureFact>();
        private readonly ImmutableArray<(string, int)>.Builder _citations = ImmutableArray.CreateBuilder<(string, int)>();
        private readonly ImmutableArray<string>.Builder _anchors = ImmutableArray.CreateBuilder<string>();
        private bool _risks;
        private bool _inHeading;

        // Whether the block has a bracket that isn't part of a link or a citation.
        private bool _bracket;

        public MarkdownAnalysis Read(MarkdownDocument document)
        {
            foreach (var block in document.Descendants<Block>()) Read(block);
            var plain = _plain.ToString().TrimEnd('\n');
            return new MarkdownAnalysis
            {
                PlainText = plain,
                Words = Count(plain),
                Headings = _headings.ToImmutable(),
                Links = _links.ToImmutable(),
                Pictures = _pictures.ToImmutable(),
                Citations = _citations.ToImmutable(),
                Anchors = _anchors.ToImmutable(),
                MentionsRisks = _risks,
            };
        }

        private int Line(int line) => lineOf(line);

        private void Read(Block block)
        {
            if (block.TryGetAttributes()?.Id is { } id) _anchors.Add(id);
            switch (block)
            {
                case HtmlBlock { Type: HtmlBlockType.Comment } comment when !comment.Lines.ToString().Contains("-->", StringComparison.Ordinal):
                    notes.Error(Line(comment.Line), "comment", "it isn't closed, so visitors don't see anything below it", "--> (at its end)");
                    return;
                case HtmlBlock { Type: not HtmlBlockType.Comment } html:
                    notes.Error(
                        Line(html.Line),
                        "HTML",
                        $"{Diagnostics.Quote(html.Lines.ToString().Trim())} is HTML, which isn't supported",
                        HtmlWords(html.Lines.ToString()));
                    return;
                case HtmlBlock or LinkReferenceDefinition or LinkReferenceDefinitionGroup:
                    return;
                case HeadingBlock heading:
                    var title = MarkdownParser.Plain(heading.Inline);
                    if (title.Length == 0) notes.Error(Line(heading.Line), "heading", "it has no text", "## What a visit is like");
                    _headings.Add(new HeadingFact(heading.Level, Line(heading.Line), heading.GetAttributes().Id!, title, MarkdownParser.PartOf(heading)));
                    break;
                case CustomContainer callout:
                    Callout(callout);
                    break;
                case Figure figure:
                    _pictures.Add(
                        new PictureFact(figure.Picture.Url ?? "", figure.Alt, Line(figure.Line), IsFigure: true, HasCaption: figure.Inline is not null));
                    break;
            }

            if (block is not LeafBlock leaf) return;
            if (leaf is CodeBlock code) Add(code.Lines.ToString());
            if (leaf.Inline is not { } inline) return;
            Add(MarkdownParser.Plain(inline));
            (_inHeading, _bracket) = (leaf is HeadingBlock, false);
            ReadWithin(inline);
            if (_bracket) FindLeftovers(inline, leaf.Line);
            if (leaf is ParagraphBlock) FindMarks(inline);
        }

        private void Add(string text)
        {
            if (text.Length > 0) _plain.Append(text).Append('\n');
        }

        private void ReadWithin(ContainerInline container)
        {
            foreach (var child in container)
            {
                Read(child);
                if (child is ContainerInline inner) ReadWithin(inner);
            }
        }

        private void Read(Inline inline)
        {
            switch (inline)
            {
                case LiteralInline literal:
                    _bracket |= literal.Content.AsSpan().Contains('[');
                    break;
                case HtmlInline html when !html.Tag.StartsWith("<!--", StringComparison.Ordinal) && !html.Tag.StartsWith("</", StringComparison.Ordinal):
                    notes.Error(Line(html.Line), "HTML", $"{Diagnostics.Quote(html.Tag)} is HTML, which isn't supported", HtmlWords(html.Tag));
                    break;
                case AutolinkInline link:
                    Link(link.IsEmail ? "mailto:" + link.Url : link.Url, link.Line);
                    break;
                case LinkInline { IsImage: true } picture:
                    _pictures.Add(
                        new PictureFact(picture.Url ?? "", MarkdownParser.Plain(picture.FirstChild), Line(picture.Line), IsFigure: false, HasCaption: false));
                    break;
                case LinkInline link:
                    if (MarkdownParser.Plain(link).Length == 0 && !link.Descendants<LinkInline>().Any())
                        notes.Error(Line(link.Line), "link", $"the link to {Diagnostics.Quote(link.Url ?? "")} has no text", $"[words]({link.Url})");
                    Link(link.Url ?? "", link.Line);
                    break;
                case Citation citation:
                    _citations.AddRange(citation.Keys.Select(key => (key, Line(citation.Line))));
                    if (_inHeading || citation.FindParentOfType<LinkInline>().Any())
                        notes.Error(
                            Line(citation.Line),
                            "citation",
                            $"{Diagnostics.Quote($"[@{string.Join("; @", citation.Keys)}]")} is in a heading or a link",
                            "move it to the end of a sentence");
                    break;
            }
        }

        /// <summary>Reports failed citations and footnote marks, whose brackets visitors would see as text.</summary>
        private void FindLeftovers(ContainerInline inline, int line)
        {
            var text = new StringBuilder();
            var lines = new List<(int Start, int Line)>();
            foreach (var child in inline.Descendants().OfType<Inline>())
            {
                if (child is not LiteralInline { IsFirstCharacterEscaped: false } literal)
                {
                    text.Append('\n');
                    continue;
                }

                lines.Add((text.Length, literal.Line));
                text.Append(literal.Content.AsSpan());
            }

            foreach (Match left in Leftover().Matches(text.ToString()))
            {
                var at = Line(lines.FindLast(piece => piece.Start <= left.Index) is { Line: > 0 } found ? found.Line : line);
                if (left.Groups["address"] is { Success: true } address) NoteLink(left.Groups["words"].Value, address.Value, left.Value[0] == '!', at);
                else if (left.Value[1] == '@')
                    notes.Error(
                        at,
                        "citation",
                        $"{Diagnostics.Quote(left.Value)} isn't a valid citation{(Pages().IsMatch(left.Value) ? ": it can't name pages" : "")}",
                        CitationOf(left.Value));
                else
                    notes.Error(
                        at,
                        "footnote",
                        $"{Diagnostics.Quote(left.Value)} has no note",
                        $"{Diagnostics.Shown(left.Value)}: the note (on a separate line, below)");
            }
        }

        // Spaces within an address, or before it, make plain text of a link.
        private void NoteLink(string words, string address, bool picture, int line)
        {
            var name = address.Trim();
            var better = picture ? ContentFile.PlainName(name) : name.Contains(' ') ? "…" : name;
            notes.Error(
                line,
                picture ? "image" : "link",
                $"{Diagnostics.Quote($"[{words}]")} isn't a {(picture ? "picture" : "link")}: "
                    + (name.Contains(' ') ? $"{Diagnostics.Quote(name)} has spaces" : "there is a space before the address"),
                $"{(picture ? "!" : "")}[{Diagnostics.Shown(words)}]({better}){(picture ? ", with the picture's name changed to match" : "")}");
        }

        /// <summary>Reports headings, lists, and tables that aren't written as such: visitors would see their marks.</summary>
        private void FindMarks(ContainerInline inline)
        {
            var starts = inline.OfType<LiteralInline>().Where(child => child is { IsFirstCharacterEscaped: false, PreviousSibling: null or LineBreakInline });
            foreach (var child in starts)
            {
                if (child.Content.IsEmpty || char.IsLetter(child.Content.CurrentChar)) continue;
                var text = child.Content.ToString();
                if (HeadingMark().Match(text) is { Success: true } mark)
                    notes.Warn(
                        Line(child.Line),
                        "heading",
                        $"{Diagnostics.Quote(text)} needs a space after {mark.Value} to be a heading",
                        $"{mark.Value} {Diagnostics.Shown(text[mark.Length..])}");
                else if (ListMark().Match(text) is { Success: true } point)
                {
                    var number = point.Groups["number"].Value;
                    notes.Warn(
                        Line(child.Line),
                        "list",
                        $"{Diagnostics.Quote(text)} isn't an item of a list",
                        $"{(number.Length > 0 ? number + "." : "-")} {Diagnostics.Shown(text[point.Length..].TrimStart())}");
                }
                else if (child.PreviousSibling is null && text[0] == '|' && TableRow().Match(FirstLine(inline)) is { Success: true } row)
                    notes.Warn(
                        Line(child.Line),
                        "table",
                        $"{Diagnostics.Quote(row.Value)} isn't the beginning of a table, because no line of dashes follows",
                        string.Concat(Enumerable.Repeat("|---", row.Value.Count(c => c == '|') - 1)) + "| (on the line below)");
            }
        }

        // Markdig makes a separate inline of each bar.
        private static string FirstLine(ContainerInline inline) => string.Concat(inline.TakeWhile(child => child is not LineBreakInline)
            .Select(child => child is LiteralInline literal ? literal.Content.ToString() : "…"));

        private void Link(string url, int line)
        {
            if (Markdown.Links.Kind(url) != LinkKind.Refused) _links.Add((url, Line(line)));
            else notes.Error(Line(line), "link", $"{Diagnostics.Quote(url)} isn't an address that the site can link to", LinkOf(url));
        }

        private void Callout(CustomContainer callout)
        {
            var kind = callout.Info ?? "";
            _risks |= kind == Callouts.Risks;
            if (!Callouts.Kinds.Contains(kind, StringComparer.Ordinal))
            {
                var inOtherCase = Callouts.Kinds.FirstOrDefault(known => string.Equals(known, kind, StringComparison.OrdinalIgnoreCase));
                notes.Error(
                    Line(callout.Line),
                    "callout",
                    kind.Length == 0 ? "the word after ::: is missing" : $"{Diagnostics.Quote(kind)} is not one of {string.Join(", ", Callouts.Kinds)}",
                    $"::: {inOtherCase ?? NearestName.To(kind, Callouts.Kinds) ?? "note"}");
            }

            if (callout.ClosingFencedCharCount == 0)
                notes.Error(Line(callout.Line), "callout", "it isn't closed", "::: (on a separate line, after its last line)");
            if (callout.Arguments is { Length: > 0 } title) Add(title);
        }
    }

    // The Markdown equivalent of a tag.
    private static string HtmlWords(string html)
    {
        var tag = TagName().Match(html).Groups[1].Value.ToLowerInvariant();
        return tag switch
        {
            "b" or "strong" => "**words**",
            "i" or "em" => "*words*",
            "a" => "[words](https://www.example.com)",
            "img" => "![what it shows](picture.jpg)",
            "br" => "a blank line for a new paragraph, or \\ at the line's end",
            "h1" or "h2" => "## Heading",
            "h3" or "h4" => "### Heading",
            "ul" or "ol" or "li" => "- one point per line",
            "u" or "font" or "span" or "div" or "p" or "center" => WithoutTags(html) is { Length: > 0 } text ? text : "just the text",
            "table" or "tr" or "td" => "| one | two | (one line per row; below the first row, |---|---|)",
            "iframe" or "video" or "script" => $"[Watch](https://www.example.com): pages can't embed anything from other sites",
            _ => "Markdown",
        };
    }

    private static string WithoutTags(string html) => Diagnostics.Shown(TypedText.OneLine(BlockTag().Replace(InlineTag().Replace(html, ""), " ")));

    [GeneratedRegex("</?(?:a|b|em|font|i|o:p|span|strong|sub|sup|u)(?:\\s[^>]{0,1000})?>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex InlineTag();

    [GeneratedRegex("<[^>]{0,1000}>", RegexOptions.CultureInvariant)]
    private static partial Regex BlockTag();

    private static string CitationOf(string written)
    {
        var keys = CitedKey().Matches(written).Select(key => "@" + (key.Groups[1].Value + key.Groups[2].Value).TrimEnd('.', ':', '-')).ToList();
        return keys.Count == 0 ? "[@zarate-2006]" : $"[{string.Join("; ", keys)}]";
    }

    private static string LinkOf(string url)
    {
        if (url.StartsWith("//", StringComparison.Ordinal)) return "https:" + url;
        if (url.StartsWith("www.", StringComparison.OrdinalIgnoreCase)) return "https://" + url;
        if (EmailAddress.TryParse(url, out _)) return "mailto:" + url;
        if (PhoneNumber.TryParse(Uri.UnescapeDataString(url), out var phone)) return phone.Href;
        return "a path that begins with /, article:, page:, service:, #, https://, tel:, sms:, or mailto:";
    }

    [GeneratedRegex(@"^\s*</?([A-Za-z][A-Za-z0-9]*)", RegexOptions.CultureInvariant)]
    private static partial Regex TagName();

    [GeneratedRegex(@"@([a-z0-9][a-z0-9_.:-]*)|\b([a-z][a-z0-9]*(?:-[a-z0-9]+)+)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex CitedKey();

    [GeneratedRegex(@"\b(?:pp?\.|pages?)\s*[0-9]", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Pages();

    // A heading needs a space. A single # may begin a hashtag, or "#1".
    [GeneratedRegex(@"^(#{2,6})(?=[^\s#])", RegexOptions.CultureInvariant)]
    private static partial Regex HeadingMark();

    // A bullet from a word processor, or a hyphen or number without a space.
    [GeneratedRegex(@"^(?:[•◦▪·●]|-(?=\p{L})|(?<number>[0-9]{1,2})[.)](?=\p{L}))", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ListMark();

    [GeneratedRegex(@"^\|(?:[^|]{1,200}\|){2,20}\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex TableRow();

    [GeneratedRegex(
        @"\[@[^\]\n]{0,200}\]?|\[\^[^\]\s]{1,40}\]"
            + @"|!?\[(?<words>[^\]\n]{0,200})\](?:\((?<address>[^)\n]{0,100} [^()\n]{0,100}(?:\([^)\n]{0,20}\)[^()\n]{0,60})?)\)"
            + @"| +\((?<address>(?:/|#|https?:|tel:|mailto:|article:|page:|service:)[^)\s]{0,200})\))",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Leftover();
}

/// <param name="Line">In the file.</param>
/// <param name="Part">The role that its mark in braces gives its section.</param>
public sealed record HeadingFact(int Level, int Line, string Id, string Title, string? Part);

/// <param name="Source">As written.</param>
/// <param name="Line">In the file.</param>
public sealed record PictureFact(string Source, string Alt, int Line, bool IsFigure, bool HasCaption);
