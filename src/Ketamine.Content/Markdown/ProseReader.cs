using Markdig.Extensions.CustomContainers;
using Markdig.Extensions.DefinitionLists;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.SmartyPants;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Ketamine.Content.Markdown;

/// <summary>What a piece of Markdown refers to elsewhere.</summary>
public sealed record RenderContext(FrozenDictionary<string, ContentFile> Files, FrozenDictionary<string, Reference> Bibliography, MarkdownStrings Words)
{
    /// <summary>The paths of the folder's texts, by the names that links may use: pages/about.md, about.md.</summary>
    public IReadOnlyDictionary<string, string> Texts { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The path on this site that a link points to, with its fragment; null for other addresses and missing files.</summary>
    public string? PathOf(string url) => Links.Kind(url) switch
    {
        LinkKind.Text => Links.PathOf(url),
        LinkKind.Own when url[0] == '/' => url,
        LinkKind.File when Texts.GetValueOrDefault(Links.FileOf(url)) is { } path =>
            path + (url.IndexOf('#', StringComparison.Ordinal) is >= 0 and var hash ? url[hash..] : ""),
        _ => null,
    };
}

/// <summary>Turns Markdown into the tree that all writers share. What it can't represent (raw HTML, refused addresses) never reaches a writer.</summary>
internal sealed class ProseReader
{
    private readonly RenderContext _context;
    private readonly ReferenceList _references;
    private int _tables;

    private ProseReader(RenderContext context)
    {
        _context = context;
        _references = new ReferenceList(context.Bibliography, context.Words);
    }

    public static ProseDocument Read(string markdown, string idPrefix, RenderContext context)
    {
        var reader = new ProseReader(context);
        var blocks = reader.Blocks(MarkdownParser.Parse(markdown, idPrefix));
        return new ProseDocument(idPrefix, context.Words, blocks, reader._references.Entries());
    }

    private ImmutableArray<ProseBlock> Blocks(IEnumerable<Block> blocks, bool tight = false) =>
        [.. blocks.Select(block => Block(block, tight)).OfType<ProseBlock>()];

    private ProseBlock? Block(Block block, bool tight) => block switch
    {
        ParagraphBlock paragraph => new ProseParagraph(Content(paragraph.Inline), tight),
        HeadingBlock heading => new ProseHeadingBlock(
            Math.Max(2, heading.Level), heading.GetAttributes().Id!, MarkdownParser.Plain(heading.Inline), MarkdownParser.PartOf(heading),
            Content(heading.Inline)),
        ListBlock list => List(list),
        DefinitionList list => new ProseDefinitions([.. list.OfType<DefinitionItem>().Select(Definition)]),
        QuoteBlock quote => new ProseQuote(Blocks(quote)),
        CodeBlock code => new ProseCodeBlock(code.Lines.ToString().TrimEnd('\n') + "\n", (code as FencedCodeBlock)?.Info),
        ThematicBreakBlock => new ProseRule(),
        Table table => Table(table),
        CustomContainer callout => Callout(callout),
        Figure figure => Figure(figure),
        FootnoteGroup notes => new ProseNotes([.. notes.OfType<Footnote>().Select(note => new ProseNote(note.Order, Blocks(note)))]),
        _ => null,
    };

    private ProseList List(ListBlock list)
    {
        int? start = list.IsOrdered ? int.TryParse(list.OrderedStart, out var first) ? first : 1 : null;
        return new ProseList(start, [.. list.OfType<ListItemBlock>().Select(item => Blocks(item, tight: !list.IsLoose))]);
    }

    private ProseDefinition Definition(DefinitionItem item)
    {
        var terms = item.OfType<DefinitionTerm>().Select(term => Content(term.Inline)).ToImmutableArray();
        var meaning = item.Where(block => block is not DefinitionTerm).ToList();
        return new ProseDefinition(terms, Blocks(meaning, tight: meaning is [ParagraphBlock]));
    }

    private ProseTable Table(Table table)
    {
        var rows = table.OfType<TableRow>().ToList();
        var head = rows.TakeWhile(row => row.IsHeader).ToList();
        var names = head.SelectMany(row => row.OfType<TableCell>())
            .Select(cell => MarkdownParser.Plain(cell.Descendants<ParagraphBlock>().FirstOrDefault()?.Inline)).Where(name => name.Length > 0).ToList();
        var label = _context.Words.Format("Table {0}", ++_tables) + (names.Count > 0 ? ": " + string.Join(", ", names) : "");
        // In Markdown, a table without a header has an empty one; don't announce it.
        return new ProseTable(
            label,
            names.Count == 0 ? [] : [.. head.Select(row => Cells(table, row))],
            [.. rows.Skip(head.Count).Select(row => Cells(table, row))]);
    }

    private ImmutableArray<ProseCell> Cells(Table table, TableRow row)
    {
        return [.. row.OfType<TableCell>().Select(Cell)];

        ProseCell Cell(TableCell cell, int column)
        {
            var empty = cell.Descendants<ParagraphBlock>().All(text => text.Inline?.FirstChild is null);
            var alignment = (column < table.ColumnDefinitions.Count ? table.ColumnDefinitions[column].Alignment : null) switch
            {
                TableColumnAlign.Right => ProseAlignment.Right,
                TableColumnAlign.Center => ProseAlignment.Center,
                _ => ProseAlignment.Left,
            };
            return new ProseCell(row.IsHeader && !empty, alignment, Blocks(cell, tight: cell.Count == 1));
        }
    }

    private ProseCallout Callout(CustomContainer callout)
    {
        var kind = Callouts.Kinds.Contains(callout.Info ?? "", StringComparer.Ordinal) ? callout.Info! : "note";
        var title = callout.Arguments is { Length: > 0 } own ? own : _context.Words[Callouts.Title(kind)];
        return new ProseCallout(kind, Callouts.IsSection(kind), callout.GetAttributes().Id!, title, Blocks(callout));
    }

    private ProseFigure Figure(Figure figure)
    {
        var source = figure.Picture.Url ?? "";
        var tall = Links.Picture(source) is { } path ? _context.Files.GetValueOrDefault(Tall(path)) : null;
        var picture = new ProseImage(File(source), figure.Alt);
        return figure.Inline is null
            ? new ProseFigure(null, picture, tall, null, [])
            : new ProseFigure(figure.GetAttributes().Id, picture, tall, _context.Words.Format("Fig. {0}.", figure.Number), Content(figure.Inline));
    }

    private static string Tall(string path) => path.LastIndexOf('.') is > 0 and var dot ? $"{path[..dot]}-tall{path[dot..]}" : path + "-tall";

    private ContentFile? File(string source) =>
        Links.Picture(source) is { } path && _context.Files.GetValueOrDefault(path) is { Width: > 0 } file ? file : null;

    private ImmutableArray<ProseInline> Content(ContainerInline? inline) => inline is null ? [] : [.. inline.SelectMany(Inline)];

    private IEnumerable<ProseInline> Inline(Inline inline) => inline switch
    {
        LiteralInline literal => [new ProseText(literal.Content.ToString())],
        HtmlEntityInline entity => [new ProseText(entity.Transcoded.ToString())],
        SmartyPant quote => [new ProseText(MarkdownParser.Character(quote))],
        CodeInline code => [new ProseCode(code.Content)],
        LineBreakInline { NextSibling: null } => [],
        LineBreakInline line => line.IsHard ? [new ProseBreak()] : [new ProseText("\n")],
        HtmlInline => [],
        Citation citation => [_references.Cite(citation)],
        FootnoteLink mark => [new ProseNoteMark(Letter(mark.Footnote.Order), mark.Index, mark.Footnote.Order, mark.IsBackLink)],
        AutolinkInline link => Link(link.IsEmail ? "mailto:" + link.Url : link.Url, [new ProseText(link.Url)]),
        LinkInline { IsImage: true } picture => [new ProseImage(File(picture.Url ?? ""), MarkdownParser.Plain(Markdown.Figure.Text(picture)))],
        LinkInline link => Link(link.Url ?? "", Content(link)),
        EmphasisInline emphasis => [new ProseEmphasis(emphasis.DelimiterCount == 2, Content(emphasis))],
        DelimiterInline delimiter => [new ProseText(delimiter.ToLiteral()), .. Content(delimiter)],
        ContainerInline container => Content(container),
        _ => [],
    };

    private ImmutableArray<ProseInline> Link(string url, ImmutableArray<ProseInline> content)
    {
        if (_context.PathOf(url) is { } path) return [new ProseLink(path, External: false, content)];
        var kind = Links.Kind(url);
        return kind is LinkKind.Refused or LinkKind.File ? content : [new ProseLink(url, kind is LinkKind.External, content)];
    }

    private static string Letter(int number)
    {
        var text = "";
        for (; number > 0; number = (number - 1) / 26) text = (char)('a' + ((number - 1) % 26)) + text;
        return text;
    }
}
