using Ketamine.Web.Content;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace Ketamine.Web.Features.Shared;

/// <summary>
/// What every page of the site has: the edition that it renders from, the site's own words, and its head. One edition is taken a request,
/// so that a change of content in mid-render mixes nothing.
/// </summary>
public abstract class SitePage(ContentStore store, IStringLocalizer<Words> words) : PageModel
{
    public Edition Site { get; } = store.Current;
    public Clinic Clinic => Site.Clinic;

    /// <summary>The site's own words in the clinic's language.</summary>
    public IStringLocalizer<Words> T { get; } = words;

    /// <summary>The page's own title, without the clinic's name; set by each page.</summary>
    public string Title { get; protected set; } = "";

    /// <summary>Meta description; at most 200 characters.</summary>
    public string Description { get; protected set; } = "";

    /// <summary>The canonical path on this site with the query that belongs to it; null for pages that have none (errors, sent forms).</summary>
    public string? CanonicalPath { get; protected set; }

    /// <summary>For Open Graph; null takes the clinic's.</summary>
    public Picture? Card { get; protected set; }

    /// <summary>Kept out of search engines; a sample clinic is so on every page.</summary>
    public bool NoIndex { get; protected set; }

    /// <summary>The canonical absolute address of a path on this site.</summary>
    public string Absolute(string path) => Clinic.Url.GetLeftPart(UriPartial.Authority) + path;
}
