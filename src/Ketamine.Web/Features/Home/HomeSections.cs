using System.Collections.Immutable;
using Ketamine.Content;

namespace Ketamine.Web.Features.Home;

/// <summary>The home page's text cut at its headings of level 2, so that each part can have its own place on the page.</summary>
/// <param name="Opening">HTML before the first heading; may be empty.</param>
/// <param name="References">The list of what is cited, for the foot of the page; empty where nothing is.</param>
public sealed record HomeSections(string Opening, ImmutableArray<HomeSection> Parts, string References)
{
    public static HomeSections None { get; } = new("", [], "");

    public static HomeSections Of(Prose text)
    {
        var all = text.Html;
        var cited = all.IndexOf("<section class=\"references\"", StringComparison.Ordinal);
        var (html, references) = cited < 0 ? (all, "") : (all[..cited], all[cited..]);
        var headings = text.Headings.Where(heading => heading.Level == 2)
            .Select(heading => (Heading: heading, Start: html.IndexOf($"<h2 id=\"{heading.Id}\"", StringComparison.Ordinal)))
            .Where(found => found.Start >= 0).ToList();
        if (headings.Count == 0) return new HomeSections(html, [], references);

        var parts = ImmutableArray.CreateBuilder<HomeSection>(headings.Count);
        for (var index = 0; index < headings.Count; index++)
        {
            var (heading, start) = headings[index];
            var end = index + 1 < headings.Count ? headings[index + 1].Start : html.Length;
            var body = html.IndexOf("</h2>", start, StringComparison.Ordinal) + "</h2>".Length;
            parts.Add(HomeSection.Of(heading, html[body..end].Trim()));
        }

        return new HomeSections(html[..headings[0].Start].Trim(), parts.MoveToImmutable(), references);
    }

    /// <summary>The first section that the clinic marked as <paramref name="part"/>; null without one.</summary>
    public HomeSection? Find(string part) => Parts.FirstOrDefault(section => section.Part == part);
}

/// <summary>One section of the home page.</summary>
/// <param name="Part">What the heading's mark makes of it (<see cref="ProseHeading.Parts"/>); null for plain text.</param>
/// <param name="Introduction">HTML of the paragraphs before the section's list or drawing; empty where it has neither.</param>
/// <param name="List">HTML of the list that the section is about; empty where it has none.</param>
/// <param name="Rest">HTML after the list; the whole section where it has none.</param>
public sealed record HomeSection(string Id, string Title, string? Part, string Introduction, string List, string Rest)
{
    private static readonly string[] Lists = ["<dl>", "<ul>", "<ol>"];

    internal static HomeSection Of(ProseHeading heading, string html)
    {
        var found = Lists.Select(open => (Start: html.IndexOf(open, StringComparison.Ordinal), Close: open.Insert(1, "/"))).Where(list => list.Start >= 0).ToList();
        if (found.Count == 0) return new HomeSection(heading.Id, heading.Title, heading.Part, "", "", html);
        var (start, close) = found.MinBy(list => list.Start);
        // A list ends with the section's last closing tag of its kind: lists inside it close before.
        var end = html.LastIndexOf(close, StringComparison.Ordinal) + close.Length;
        return new HomeSection(heading.Id, heading.Title, heading.Part, html[..start].Trim(), html[start..end], html[end..].Trim());
    }
}
