using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Articles;

[PublicPage(VaryBy = ["page"])]
public sealed class BlogPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public ArticleList List { get; private set; } = null!;

    public IActionResult OnGet([FromQuery(Name = "page")] int number = 1)
    {
        Introduce("/blog", SectionTitle("/blog", T["Blog"]), T["What’s known and what isn’t, with sources, who reviewed it, and when."]);
        if (Site.Articles.IsEmpty || !ModelState.IsValid || ArticleList.Cut(Site.Articles, number, Clinic.Articles.PageSize, "/blog") is not { } list)
            return NotFound();
        List = list;
        CanonicalPath = list.Href(number);
        if (number > 1) Title = T["{0}, page {1}", Title, number];
        return Page();
    }
}
