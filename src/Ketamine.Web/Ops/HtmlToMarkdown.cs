using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Ketamine.Web.Ops;

/// <summary>
/// Converts another system's HTML to the Markdown of the content folder. Formatting that Markdown lacks is dropped; its text stays. Reports everything
/// that changes what a reader would see.
/// </summary>
/// <param name="link">Maps a link's address to the one to write; null keeps only the text.</param>
/// <param name="picture">Maps a picture's address to a file under images/; null drops the picture.</param>
/// <param name="lines">Whether line breaks in the source are visible, as in WordPress before its block editor.</param>
public sealed partial class HtmlToMarkdown(Func<string, string?> link, Func<string, string?> picture, bool lines = false)
{
    private static readonly HashSet<string> Dropped = new(StringComparer.Ordinal)
    {
        "script", "style", "noscript", "template", "form", "button", "input", "select", "textarea", "svg", "head", "link", "meta", "title",
        "object", "embed", "area",
    };

    // Dropped elements that show a reader nothing.
    private static readonly HashSet<string> Unseen = new(StringComparer.Ordinal) { "style", "noscript", "template", "head", "link", "meta", "title" };
    private static readonly HashSet<string> Blocks = new(StringComparer.Ordinal)
    {
        "address", "article", "aside", "blockquote", "body", "center", "details", "div", "dl", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hr", "iframe", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "ul", "video", "audio",
    };

    // Void elements, and elements that a parser closes implicitly.
    private static readonly HashSet<string> Closed = new(StringComparer.OrdinalIgnoreCase)
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p", "li", "td",
        "th", "tr", "dt", "dd", "option",
    };

    private const int Deepest = 300;
    private readonly List<string> _notes = [];
    private Dictionary<IElement, IElement> _targets = [];

    /// <summary>Called with a short note to the editor for each thing that can't be converted.</summary>
    public Action<string> Lose { get; init; } = _ => { };

    /// <summary>The notes of WordPress's footnotes block, as HTML, by id.</summary>
    public IReadOnlyDictionary<string, string> Footnotes { get; init; } = new Dictionary<string, string>();

    /// <summary>Returns Markdown that ends with a line break, unless it is empty.</summary>
    public string Convert(string html)
    {
        _notes.Clear();
        var body = new HtmlParser().ParseDocument($"<body>{html}").Body!;
        _targets = HtmlNotes.TakeOut(body);
        foreach (var loss in HtmlLosses.Of(body)) Lose(loss);
        var markdown = BlocksOf(body);
        if (_notes.Count > 0) markdown += "\n\n" + string.Join('\n', _notes.Select((note, index) => $"[^{index + 1}]: {note}"));
        return markdown.Length == 0 ? "" : string.Concat(markdown.Where(letter => !ExportSource.IsForbidden(letter))) + "\n";
    }

    /// <summary>Whether elements are nested deeper than any real text, which could overflow the stack.</summary>
    public static bool IsTooDeep(string html)
    {
        var depth = 0;
        foreach (Match tag in Tag().Matches(html))
        {
            if (Closed.Contains(tag.Groups[2].Value)) continue;
            depth = Math.Max(0, depth + (tag.Groups[1].Length > 0 ? -1 : 1));
            if (depth > Deepest) return true;
        }

        return false;
    }

    /// <summary>The plain text.</summary>
    /// <param name="prose">Leaves out headings, captions, code, and tables, unless nothing else is left.</param>
    public static string Words(string html, bool prose = false)
    {
        // Separate adjacent blocks, so their words don't run together.
        var body = new HtmlParser().ParseDocument($"<body>{BlockTag().Replace(html, " $0")}").Body!;
        foreach (var dropped in body.QuerySelectorAll("script, style")) dropped.Remove();
        var words = Space().Replace(body.TextContent, " ").Trim();
        if (!prose) return words;
        foreach (var dropped in body.QuerySelectorAll("h1, h2, h3, h4, h5, h6, figure, pre, table, iframe")) dropped.Remove();
        return Space().Replace(body.TextContent, " ").Trim() is { Length: > 40 } sentences ? sentences : words;
    }

    private string BlocksOf(INode parent)
    {
        var (parts, line) = (new List<string>(), new StringBuilder());
        foreach (var child in parent.ChildNodes)
        {
            if (child is IElement element && (Blocks.Contains(element.LocalName) || HoldsBlocks(element)))
            {
                End();
                if (Block(element) is { Length: > 0 } block) parts.Add(block);
            }
            else if (child is IText text && parent is not IElement { LocalName: "p" })
            {
                // An empty line separates paragraphs, as in WordPress.
                foreach (var (index, part) in EmptyLine().Split(text.Data).Index())
                {
                    if (index > 0) End();
                    line.Append(Text(text, part));
                }
            }
            else
            {
                line.Append(Inline(child));
            }
        }

        End();
        return string.Join("\n\n", parts);

        void End()
        {
            if (Paragraph(line.ToString()) is { Length: > 0 } paragraph) parts.Add(paragraph);
            line.Clear();
        }
    }

    private static bool HoldsBlocks(IElement element) =>
        !Dropped.Contains(element.LocalName) && element.QuerySelectorAll("*").Any(inner => Blocks.Contains(inner.LocalName));

    private string Block(IElement element)
    {
        switch (element.LocalName)
        {
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                var title = OneLine(element).TrimEnd('#', ' ');
                return title.Length == 0 ? "" : $"{new string('#', Math.Max(2, element.LocalName[1] - '0'))} {title}";
            case "ul" or "ol": return List(element);
            case "dl": return Definitions(element);
            case "blockquote": return Prefixed(BlocksOf(element), "> ", ">");
            case "pre": return Code(element);
            case "table": return Table(element);
            case "figure": return Figure(element);
            case "hr": return "***";
            case "iframe" or "video" or "audio":
                var source = element.GetAttribute("src") ?? element.QuerySelector("source")?.GetAttribute("src") ?? "";
                if (source.StartsWith("//", StringComparison.Ordinal)) source = "https:" + source;
                return link(source) is { } address ? $"[{(element.LocalName == "audio" ? "Listen" : "Watch")}]({Target(address)})" : "";
            default: return BlocksOf(element);
        }
    }

    private string List(IElement list)
    {
        // A gallery isn't a list.
        if (list.Children.All(item =>
                item.QuerySelector("img") is not null
                && item.ChildNodes.All(inner => inner is IElement || string.IsNullOrWhiteSpace(inner.TextContent))
                && item.QuerySelector("p, ul, ol") is null
            ))
            return string.Join("\n\n", list.Children.Select(item => item.Children is [{ LocalName: "figure" } figure] ? Figure(figure) : BlocksOf(item)));
        var (items, number) = (new List<string>(), int.TryParse(list.GetAttribute("start"), out var start) ? start : 1);
        var loose = false;
        foreach (var item in list.Children)
        {
            var mark = list.LocalName == "ol" ? $"{number++}. " : "- ";
            var text = item.LocalName is "ul" or "ol" ? List(item) : BlocksOf(item);
            if (text.Length == 0) continue;
            loose |= item.QuerySelectorAll("p").Length > 1;
            items.Add(mark + Indented(loose ? text : text.Replace("\n\n", "\n", StringComparison.Ordinal), new string(' ', mark.Length)));
        }

        return string.Join(loose ? "\n\n" : "\n", items);
    }

    private string Definitions(IElement list) => string.Join('\n', list.Children.Select(item => item.LocalName switch
    {
        "dt" => "\n" + OneLine(item),
        "dd" => ":   " + Indented(BlocksOf(item), "    "),
        _ => "",
    })).Trim();

    private static string Code(IElement element)
    {
        var code = element.TextContent.Trim('\n', '\r');
        var fence = new string('`', Math.Max(3, 1 + Ticks().Matches(code).Select(ticks => ticks.Length).DefaultIfEmpty(0).Max()));
        return $"{fence}\n{code}\n{fence}";
    }

    private string Table(IElement table)
    {
        // A nested table is part of its cell's text; its rows aren't rows of this table.
        var sources = table.QuerySelectorAll("tr").Where(row => row.Closest("table") == table && row.Children.Any(IsCell)).ToList();
        if (sources.Count == 0) return "";
        if (table.QuerySelectorAll("table").Length > 0) Lose("a nested table: its text was moved into the cell around it");
        var rows = Grid(sources);
        // Drop columns that exist only because a cell spans too many.
        var columns = Math.Max(1, rows.Max(row => row.FindLastIndex(text => text.Length > 0) + 1));
        rows = [.. rows.Select(row => row.Take(columns).ToList())];
        // Without a header, the first row is an ordinary row.
        var headed = sources[0].ParentElement?.LocalName == "thead" || sources[0].Children.Where(IsCell).All(cell => cell.LocalName == "th");
        if (!headed) rows.Insert(0, []);
        foreach (var cell in sources.SelectMany(row => row.Children.Where(IsCell)).Where(HasLines))
            Lose($"the lines of a table cell, which are now one: {Short(OneLine(cell))}");
        var written = rows.Select(row => $"| {string.Join(" | ", row.Concat(Enumerable.Repeat("", columns - row.Count)))} |").ToList();
        written.Insert(1, $"|{string.Concat(Enumerable.Repeat("---|", columns))}");
        var caption = table.Children.FirstOrDefault(child => child.LocalName == "caption") is { } words ? OneLine(words) : "";
        return (caption.Length > 0 ? caption + "\n\n" : "") + string.Join('\n', written);
    }

    private static bool HasLines(IElement cell) => cell.QuerySelector("br, li") is not null || cell.QuerySelectorAll("p, div").Length > 1;

    private static bool IsCell(IElement element) => element.LocalName is "td" or "th";

    // The grid of the HTML table model: a cell that spans rows is repeated in each; one that spans columns goes into the first.
    private List<List<string>> Grid(List<IElement> sources)
    {
        var rows = sources.Select(_ => new List<string>()).ToList();
        var hanging = new Dictionary<(int Row, int Column), string>();
        for (var row = 0; row < sources.Count; row++)
        {
            foreach (var cell in sources[row].Children.Where(IsCell))
            {
                Hang(row);
                var (text, column) = (OneLine(cell), rows[row].Count);
                var (down, across) = (Span(cell, "rowspan", sources.Count - row), Span(cell, "colspan", 50));
                for (var right = 0; right < across; right++)
                {
                    rows[row].Add(right == 0 ? text : "");
                    for (var below = 1; below < down; below++) hanging[(row + below, column + right)] = right == 0 ? text : "";
                }
            }

            Hang(row);
        }

        return rows;

        void Hang(int row)
        {
            while (hanging.TryGetValue((row, rows[row].Count), out var text)) rows[row].Add(text);
        }

        // 0 spans all remaining rows.
        static int Span(IElement cell, string name, int most) =>
            int.TryParse(cell.GetAttribute(name), out var span) ? span == 0 && name == "rowspan" ? most : Math.Clamp(span, 1, most) : 1;
    }

    private string Figure(IElement figure)
    {
        var caption = figure.QuerySelectorAll("figcaption").FirstOrDefault(inner => inner.Closest("figure") == figure);
        var words = caption is null ? "" : Space().Replace(caption.TextContent, " ").Trim();
        caption?.Remove();
        if (figure.QuerySelectorAll("img") is [var only] && figure.QuerySelector("table") is null) return Picture(only, words);
        return string.Join("\n\n", new[] { BlocksOf(figure), Escape(words) }.Where(part => part.Length > 0));
    }

    private string Picture(IElement img, string caption = "")
    {
        if (img.GetAttribute("width") is "0" or "1" && img.GetAttribute("height") is "0" or "1") return ""; // a tracking pixel
        // Lazy loaders put a blank image in src and keep the address elsewhere.
        var source =
            new[] { "data-src", "data-lazy-src", "data-image", "src" }
                .Select(name => img.GetAttribute(name))
                .FirstOrDefault(value => value is { Length: > 0 } && !value.StartsWith("data:", StringComparison.Ordinal))
            ?? img.GetAttribute("srcset")?.Split(',', ' ')[0]
            ?? "";
        if (img.Closest("a")?.GetAttribute("href") is { } whole && IsPicture(whole)) source = whole;
        var alt = Escape(Space().Replace(img.GetAttribute("alt") ?? "", " ").Trim());
        if (source.Length == 0 || picture(source) is not { } file)
        {
            if (source.Length == 0) Lose($"a picture stored inside the text{(alt.Length > 0 ? $": {Short(alt)}" : "")}");
            return alt.Length > 0 ? $" {alt} " : "";
        }

        if (caption.Length == 0) return $"![{alt}]({Target(file)})";
        var title = caption.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"![{alt}]({Target(file)} \"{title}\")";
    }

    /// <summary>Whether an address points to a picture file.</summary>
    public static bool IsPicture(string address) => PictureName().IsMatch(address.Split('?', '#')[0]);

    private string Inline(INode node)
    {
        if (node is IText text) return Text(text, text.Data);
        if (node is not IElement element) return "";
        if (Dropped.Contains(element.LocalName)) return Drop(element);
        if (element.LocalName is "s" or "strike" or "del" || HtmlLosses.IsStruckOut(element)) return StruckOut(element);
        if (Note(element) is { } mark) return mark;
        var inner = string.Concat(element.ChildNodes.Select(Inline));
        switch (element.LocalName)
        {
            case "br": return "\\\n";
            case "sup" or "sub": return Raised(element, inner, element.LocalName == "sup");
            case "span" when HtmlLosses.Style(element, "vertical-align") is ("super" or "sub") and var align: return Raised(element, inner, align == "super");
            case "msup" or "msub" when element.Children is [var root, var raised]:
                return Inline(root) + Raised(raised, Inline(raised), element.LocalName == "msup");
            case "mfrac" when element.Children is [var over, var under]: return $"{Inline(over)}/{Inline(under)}";
            case "q": return $"“{inner}”";
            case "rt": return $" ({inner}) ";
            case "a" when _targets.TryGetValue(element, out var target): return NoteOf(target);
            case "img": return Picture(element);
            case "a" when element.QuerySelector("img") is not null && IsPicture(element.GetAttribute("href") ?? ""):
                return inner; // the picture itself is already there
            case "strong" or "b":
                return Marked(inner, "**");
            case "em" or "i" or "cite": return Marked(inner, inner.Contains("**", StringComparison.Ordinal) ? "_" : "*");
            case "code" or "kbd" or "tt" when element.TextContent.Trim() is { Length: > 0 } code && !code.Contains('`', StringComparison.Ordinal):
                return $"`{Space().Replace(code, " ")}`";
            case "a" when inner.Trim().Length > 0 && LinkOf(element) is { } address:
                return Around(inner, words => $"[{words.Replace("\\\n", " ", StringComparison.Ordinal)}]({Target(address)})");
            default: return Blocks.Contains(element.LocalName) || element.LocalName is "li" or "dt" or "dd" ? $" {inner} " : inner;
        }
    }

    private string StruckOut(IElement element)
    {
        if (Space().Replace(element.TextContent, " ").Trim() is { Length: > 0 } words) Lose($"text that was struck out: {words}");
        return "";
    }

    // WordPress's footnotes block: the mark is in the text, the note is stored separately.
    private string? Note(IElement mark)
    {
        if (!Footnotes.TryGetValue(mark.GetAttribute("data-fn") ?? "", out var note)) return null;
        return Mark(OneLine(new HtmlParser().ParseDocument($"<body>{note}").Body!));
    }

    // A note that several places refer to is written once.
    private string NoteOf(IElement target) => Mark(OneLine(target));

    private string Mark(string note)
    {
        if (!_notes.Contains(note)) _notes.Add(note);
        return $"[^{_notes.IndexOf(note) + 1}]";
    }

    private string Drop(IElement element)
    {
        if (Unseen.Contains(element.LocalName)) return "";
        var words = Space().Replace(element.TextContent, " ").Trim();
        var address = element.GetAttribute("src") ?? element.GetAttribute("data") ?? element.GetAttribute("href");
        if (element.LocalName == "script") words = "";
        Lose($"<{element.LocalName}>{(address is null ? "" : $" of {address}")}{(words.Length == 0 ? "" : $": {Short(words)}")}");
        return "";
    }

    private string? LinkOf(IElement element)
    {
        if (element.GetAttribute("href")?.Trim() is not { Length: > 0 } href) return null;
        if (link(href.Replace(" ", "%20", StringComparison.Ordinal)) is { } address) return address;
        // The "back to the text" link of a footnote.
        var words = element.TextContent.Trim();
        if (words is not ("↩" or "↩︎" or "^" or "↑")) Lose($"the link to {Short(href)}: only its words \"{Short(words)}\" are kept");
        return null;
    }

    /// <summary>At most 60 characters.</summary>
    internal static string Short(string words) => words.Length <= 60 ? words : words[..59] + "…";

    private const string Plain = "0123456789+-−=()ni";
    private const string Superscript = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ";
    private const string Subscript = "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎";

    // 10 to the ninth must never become 109: use Unicode superscripts, and mark what Unicode lacks.
    private string Raised(IElement element, string inner, bool up)
    {
        var text = element.TextContent.Trim();
        var letters = up ? Superscript : Subscript;
        if (text.Length == 0 || text.Equals("st", StringComparison.OrdinalIgnoreCase)) return inner;
        if (text is "nd" or "rd" or "th" or "®" or "™" or "©" or "℠") return inner;
        var marksNote = element.QuerySelector("a, img") is not null;
        if (marksNote && inner.Trim() != text) return inner;
        if (text.All(letter => Plain.IndexOf(letter) is >= 0 and var at && at < letters.Length))
            return string.Concat(text.Select(letter => letters[Plain.IndexOf(letter)]));
        if (marksNote) return inner;
        Lose($"{(up ? "superscript" : "subscript")}: \"{text}\" is written after a {(up ? "^" : "_")}");
        return up ? $"^({inner.Trim()})" : $"\\_({inner.Trim()})";
    }

    private string Text(IText node, string text) => string.Join("\\\n", (lines ? text.Split('\n') : [text]).Select(line =>
        // An address on a line by itself is an embed in WordPress; make it a link.
        line.Trim()
            is { } address
        && Address().IsMatch(address)
        && WebAddress.TryParse(address, out var uri)
        && node.ParentElement?.Closest("a") is null
        && link(address) is { } target
            ? $"[{Escape(uri.Host + uri.PathAndQuery.TrimEnd('/'))}]({Target(target)})"
            : Escape(Space().Replace(line, " "))
    )
);

    private string OneLine(IElement element) =>
        Space().Replace(string.Concat(element.ChildNodes.Select(Inline)).Replace("\\\n", " ", StringComparison.Ordinal), " ").Trim();

    // Markdown marks must touch the words, so move white space outside.
    private static string Marked(string inner, string mark) =>
        Escaped().Replace(inner, "").Contains(mark, StringComparison.Ordinal)
            ? inner
            : string.Join("\\\n", inner.Split("\\\n").Select(line => Around(line, words => mark + words + mark)));

    private static string Around(string inner, Func<string, string> write)
    {
        var words = inner.Trim();
        if (words.Length == 0) return inner;
        var start = inner.IndexOf(words, StringComparison.Ordinal);
        return inner[..start] + write(words) + inner[(start + words.Length)..];
    }

    private static string Paragraph(string inline)
    {
        // Two line breaks in a row separate paragraphs.
        var source = string.Join('\n', inline.Split("\\\n").Select(line => Space().Replace(line, " ").Trim())).Trim('\n');
        return string.Join(
            "\n\n",
            Gap().Split(source).Select(part => string.Join("\\\n", part.Split('\n').Select(line => Beginning().Replace(line, "$1\\$2")))));
    }

    private static string Escape(string text) => Entity().Replace(Special().Replace(text, "\\$0"), "&amp;").Replace("{{", "{\\{", StringComparison.Ordinal);

    private static string Target(string address) =>
        address.AsSpan().IndexOfAny(" ()<>") < 0
            ? address
            : '<'
                + address.Replace(" ", "%20", StringComparison.Ordinal)
                    .Replace("<", "%3C", StringComparison.Ordinal)
                    .Replace(">", "%3E", StringComparison.Ordinal)
                + '>';

    private static string Indented(string text, string indent) =>
        text.Replace("\n", "\n" + indent, StringComparison.Ordinal).Replace($"\n{indent}\n", "\n\n", StringComparison.Ordinal);

    private static string Prefixed(string text, string prefix, string empty) =>
        text.Length == 0 ? "" : string.Join('\n', text.Split('\n').Select(line => line.Length == 0 ? empty : prefix + line));

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"\\.")]
    private static partial Regex Escaped();

    [GeneratedRegex(@"</?(?:p|div|li|h[1-6]|br|t[dhr]|blockquote|fig\w+|d[dt])\b", RegexOptions.IgnoreCase)]
    private static partial Regex BlockTag();

    [GeneratedRegex(@"(?:\r?\n[ \t]*){2,}")]
    private static partial Regex EmptyLine();

    [GeneratedRegex(@"^https?://\S+$", RegexOptions.IgnoreCase)]
    private static partial Regex Address();

    [GeneratedRegex(@"\.(?:jpe?g|png|gif|webp|avif)$", RegexOptions.IgnoreCase)]
    private static partial Regex PictureName();

    [GeneratedRegex("\n{2,}")]
    private static partial Regex Gap();

    [GeneratedRegex("&(?=#?[A-Za-z0-9]+;)")]
    private static partial Regex Entity();

    [GeneratedRegex("<(/?)([A-Za-z][A-Za-z0-9]*)")]
    private static partial Regex Tag();

    [GeneratedRegex("`+")]
    private static partial Regex Ticks();

    [GeneratedRegex(@"[\\`*_\[\]<>|]")]
    private static partial Regex Special();

    // Text that would start a heading, list, quotation, definition, callout, or rule.
    [GeneratedRegex(@"^(\d{0,9})([#+\-=:~.)](?=[\s#+\-=:~]|$))")]
    private static partial Regex Beginning();
}
