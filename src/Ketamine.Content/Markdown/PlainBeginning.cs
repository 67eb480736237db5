using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Ketamine.Content.Markdown;

/// <summary>The plain text of Markdown as running prose, for summaries.</summary>
public static partial class PlainBeginning
{
    /// <summary>
    /// The text without markup, pictures, notes, and their marks, in one line. Headings, captions, code, and tables are left out unless there is
    /// nothing else.
    /// </summary>
    public static string Of(string markdown)
    {
        if (MarkdownParser.TryParse(markdown) is not { } document) return ""; // nested too deeply, which the check of the folder reports
        foreach (var link in document.Descendants<LinkInline>().Where(IsMark).ToList()) link.Remove();
        var blocks = document.Descendants<LeafBlock>().Where(block => !IsWithin<FootnoteGroup>(block) && block is not LinkReferenceDefinition).ToList();
        var prose = Join(blocks.Where(block => block is ParagraphBlock && !IsWithin<Table>(block)));
        return RaisedMark().Replace(prose.Length > 0 ? prose : Join(blocks), "");
    }

    // A link such as [1](#note-1), which belongs to a note and not to the text.
    private static bool IsMark(LinkInline link) =>
        !link.IsImage && link.Url is ['#', ..] && MarkdownParser.Plain(link.FirstChild) is { Length: <= 4 } mark && !mark.Any(char.IsLetter);

    private static bool IsWithin<T>(Block block) where T : Block
    {
        for (var outer = block.Parent; outer is not null; outer = outer.Parent)
            if (outer is T)
                return true;
        return false;
    }

    // A raised number after punctuation is the mark of a note; after a letter or digit it may be a power.
    [GeneratedRegex(@"(?<=[.,;:!?)”""])[⁰¹²³⁴⁵⁶⁷⁸⁹]+", RegexOptions.CultureInvariant)]
    private static partial Regex RaisedMark();

    private static string Join(IEnumerable<LeafBlock> blocks) => string.Join(' ', blocks
        .Select(block => block is CodeBlock code ? code.Lines.ToString().ReplaceLineEndings(" ") : MarkdownParser.Plain(block.Inline))
        .Where(text => text.Length > 0));
}
