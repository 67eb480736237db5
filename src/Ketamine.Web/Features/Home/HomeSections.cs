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
}

/// <param name="Introduction">HTML of the paragraphs before the section's list or drawing; empty where it has neither.</param>
/// <param name="Html">The rest.</param>
public sealed record HomeSection(string Id, string Title, string Introduction, string Html)
{
    internal static HomeSection Of(ProseHeading heading, string html)
    {
        var list = new[] { "<dl>", "<ul>", "<ol>", "<figure" }.Select(element => html.IndexOf(element, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(0).Min();
        return new HomeSection(heading.Id, heading.Title, html[..list].Trim(), html[list..]);
    }

    /// <summary>A list without a word before it stands side by side, over the page's whole width.</summary>
    public bool IsList => Introduction.Length == 0 && (Html.StartsWith("<ul", StringComparison.Ordinal) || Html.StartsWith("<dl", StringComparison.Ordinal));

    /// <summary>Drawings want the whole width too.</summary>
    public bool HasFigure => Html.Contains("<figure", StringComparison.Ordinal);
}
