using Ketamine.Content;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Ketamine.Web.Features.Services;

[PublicPage]
public sealed class ServicePage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public Service Service { get; private set; } = null!;

    /// <summary>Articles that cite what this service's text cites, newest first, at most three.</summary>
    public IReadOnlyList<Article> Reading { get; private set; } = [];

    public override ContentItem? Subject => Service;

    public override IEnumerable<NavigationLink> Trail => [new(T["Services"], "/services")];

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
