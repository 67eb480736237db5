using System.Collections.Immutable;
using Ketamine.Web.Content;

namespace Ketamine.Web.Features.Home;

/// <summary>The home page's text cut at its headings of level 2, so that each part can have its own place on the page.</summary>
/// <param name="Opening">HTML before the first heading; may be empty.</param>
public sealed record HomeSections(string Opening, ImmutableArray<HomeSection> Parts)
{
    public static HomeSections None { get; } = new("", []);

    public static HomeSections Of(Prose text)
    {
        var html = text.Html;
        var headings = text.Headings.Where(heading => heading.Level == 2)
            .Select(heading => (Heading: heading, Start: html.IndexOf($"<h2 id=\"{heading.Id}\"", StringComparison.Ordinal)))
            .Where(found => found.Start >= 0).ToList();
        if (headings.Count == 0) return new HomeSections(html, []);

        var parts = ImmutableArray.CreateBuilder<HomeSection>(headings.Count);
        for (var index = 0; index < headings.Count; index++)
        {
            var (heading, start) = headings[index];
            var end = index + 1 < headings.Count ? headings[index + 1].Start : html.Length;
            var body = html.IndexOf("</h2>", start, StringComparison.Ordinal) + "</h2>".Length;
            parts.Add(new HomeSection(heading.Id, heading.Title, html[body..end].Trim()));
        }

        return new HomeSections(html[..headings[0].Start].Trim(), parts.MoveToImmutable());
    }
}

/// <param name="Html">Without the heading.</param>
public sealed record HomeSection(string Id, string Title, string Html)
{
    /// <summary>A list side by side wants the page's whole width.</summary>
    public bool IsList => Html.StartsWith("<ul", StringComparison.Ordinal);

    /// <summary>So do drawings.</summary>
    public bool HasFigure => Html.Contains("<figure", StringComparison.Ordinal);
}
