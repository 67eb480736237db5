using Ketamine.Content.Markdown;

namespace Ketamine.Web.Features.Home;

/// <summary>The home page's text, split at its headings of level 2 so the page can lay out each part in its own way.</summary>
/// <param name="Opening">HTML before the first heading; may be empty.</param>
/// <param name="References">HTML of the reference list, for the end of the page; empty if nothing is cited.</param>
public sealed record HomeSections(string Opening, ImmutableArray<HomeSection> Parts, string References)
{
    public static HomeSections None { get; } = new("", [], "");

    public static HomeSections Of(Prose text)
    {
        var document = text.Read();
        var blocks = document.Blocks;
        var starts = Enumerable.Range(0, blocks.Length).Where(i => blocks[i] is ProseHeadingBlock { Level: 2 }).ToList();
        var ends = starts.Skip(1).Append(blocks.Length);
        return new HomeSections(
            ProseHtml.Page(document, blocks.Take(starts.Count > 0 ? starts[0] : blocks.Length)),
            [.. starts.Zip(ends, (start, end) => HomeSection.Of(document, (ProseHeadingBlock)blocks[start], blocks[(start + 1)..end]))],
            ProseHtml.References(document));
    }

    /// <summary>The first section that the clinic marked as <paramref name="part"/>; null if there is none.</summary>
    public HomeSection? Find(string part) => Parts.FirstOrDefault(section => section.Part == part);
}

/// <summary>One section of the home page.</summary>
/// <param name="Part">The role from the heading's mark (<see cref="ProseHeading.Parts"/>); null for plain text.</param>
/// <param name="Introduction">HTML before the section's list; empty if it has none.</param>
/// <param name="List">HTML of the section's main list; empty if it has none.</param>
/// <param name="Rest">HTML after the list; the whole section if there is no list.</param>
/// <param name="HasFigure">Whether there is a figure after the list.</param>
public sealed record HomeSection(string Id, string Title, string? Part, string Introduction, string List, string Rest, bool HasFigure)
{
    internal static HomeSection Of(ProseDocument document, ProseHeadingBlock heading, ImmutableArray<ProseBlock> blocks)
    {
        var list = Enumerable.Range(0, blocks.Length).FirstOrDefault(i => blocks[i] is ProseList or ProseDefinitions, -1);
        var (before, after) = (blocks.Take(Math.Max(list, 0)), blocks.Skip(list + 1).ToList());
        var css = heading.Part switch
        {
            "conditions" => "conditions__yes",
            "exclusions" or "limits" or "visit" => null,
            var part => part,
        };
        return new HomeSection(
            heading.Id, heading.Title, heading.Part, ProseHtml.Page(document, before),
            list < 0 ? "" : ProseHtml.Page(document, [blocks[list]], css), ProseHtml.Page(document, after), after.Any(block => block is ProseFigure));
    }
}
