using Ketamine.Web.Content;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Shared;

/// <summary>What the page cache keeps the site's pages for: an edition of the content.</summary>
public static class FinishedPages
{
    /// <summary>Adds the page cache; an edition's end makes every page new, and the pages that visitors come to first are made ahead.</summary>
    public static IServiceCollection AddFinishedPages(this IServiceCollection services) => services.AddPageCache<ContentStore>(
        content => Generation(content.Current),
        content => PagesAhead(content.Current));

    private static PageGeneration Generation(Edition edition) => new(edition, edition.Until);

    // As far as the folder has them: an address without a page answers 404, which is nothing to be made ahead.
    private static IEnumerable<string> PagesAhead(Edition edition) =>
    [
        "/",
        .. edition.Pages.Select(page => page.Path).Where(path => path != "/"),
        .. edition.Services.IsEmpty ? [] : new[] { "/services" },
        .. edition.Services.Select(service => service.Path),
        .. edition.Content.Faqs.IsEmpty ? [] : new[] { "/faqs" },
        .. edition.Articles.IsEmpty ? [] : new[] { "/blog" },
        .. edition.Articles.Select(article => article.Path),
        .. edition.Content.Bibliography.IsEmpty ? [] : new[] { "/research" },
        .. edition.Content.Reviews.IsEmpty ? [] : new[] { "/reviews" },
        "/contact",
    ];
}
