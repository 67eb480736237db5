using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Services;

[PublicPage]
public sealed class ServicePage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public Service Service { get; private set; } = null!;

    /// <summary>Articles that cite what this service's text cites, newest first, at most three.</summary>
    public IReadOnlyList<Article> Reading { get; private set; } = [];

    public override ContentItem? Subject => Service;

    public override IEnumerable<string> Sheets => [SiteAssets.Text]; // the form is at the end, and brings its own

    public override IEnumerable<Price> Offers => Service.Prices;

    public override IEnumerable<NavigationLink> Trail => [new(SectionTitle("/services", T["Services"]), "/services")];

    /// <summary>
    /// "$450 a visit; evaluation $250" as a large first part and the rest, split before a sum's second word, else at the first comma or semicolon.
    /// </summary>
    public static (string Figure, string? Terms) Lead(string terms)
    {
        var space = terms.IndexOf(' ', StringComparison.Ordinal);
        var cut = terms[0] is '$' or '€' or '£' && space > 0 ? space : terms.IndexOfAny([',', ';']);
        return cut < 0 ? (terms, null) : (terms[..cut], terms[cut..].TrimStart(' ', ',', ';'));
    }

    public IActionResult OnGet(string slug)
    {
        if (Site.FindService(slug) is not { } service) return NotFound();
        Service = service;
        Title = service.Title;
        Description = service.Summary;
        CanonicalPath = service.Path;
        Card = service.Image;
        Reading = [.. Site.Articles.Where(article => article.Body.Citations.Intersect(service.Body.Citations).Any()).Take(3)];
        return Page();
    }
}
