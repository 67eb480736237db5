using Ketamine.Content.Markdown;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>The beginning of an article: whole blocks of about 150 words, so no sentence is cut.</summary>
internal static class NewsletterOpening
{
    private const int Enough = 150;

    /// <summary>The longest opening, unless the first block is longer.</summary>
    private const int TooMany = 220;

    /// <summary>The blocks to show; all of them if little would be left out.</summary>
    public static ImmutableArray<ProseBlock> Of(ImmutableArray<ProseBlock> blocks)
    {
        if (blocks.Sum(Words) <= TooMany) return blocks;
        var (count, words) = (0, 0);
        foreach (var block in blocks)
        {
            if (count > 0 && (words >= Enough || words + Words(block) > TooMany)) break;
            words += Words(block);
            count++;
        }

        // A heading belongs to the text below it.
        while (count > 1 && blocks[count - 1] is ProseHeadingBlock) count--;
        return blocks[..count];
    }

    private static int Words(ProseBlock block) => block switch
    {
        ProseParagraph paragraph => Words(paragraph.Content),
        ProseHeadingBlock heading => MarkdownAnalysis.Count(heading.Title),
        ProseList list => list.Items.Sum(Words),
        ProseDefinitions list => list.Items.Sum(item => item.Terms.Sum(Words) + Words(item.Meaning)),
        ProseQuote quote => Words(quote.Blocks),
        ProseCallout callout => Words(callout.Blocks),
        ProseTable table => table.Rows.Sum(row => row.Sum(cell => Words(cell.Blocks))),
        _ => 0,
    };

    private static int Words(ImmutableArray<ProseBlock> blocks) => blocks.Sum(Words);

    private static int Words(ImmutableArray<ProseInline> content) => MarkdownAnalysis.Count(string.Concat(content.Select(Text)));

    private static string Text(ProseInline inline) => inline switch
    {
        ProseText text => text.Text,
        ProseCode code => code.Code,
        ProseBreak => " ",
        ProseEmphasis emphasis => string.Concat(emphasis.Content.Select(Text)),
        ProseLink link => string.Concat(link.Content.Select(Text)),
        _ => "",
    };
}
