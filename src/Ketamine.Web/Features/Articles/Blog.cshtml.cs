using Ketamine.Web.Content;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Page = Ketamine.Web.Content.Page;

namespace Ketamine.Web.Features.Articles;

[PublicPage(VaryBy = ["page"])]
public sealed class BlogPage(ContentStore store, IStringLocalizer<Words> words) : SitePage(store, words)
{
    public Page? Text { get; private set; }
    public ArticleList List { get; private set; } = null!;

    public IActionResult OnGet([FromQuery(Name = "page")] int number = 1)
    {
        Text = Introduce("blog", T["Blog"], T["Articles of {0}, with their sources, who reviewed them and when.", Clinic.Name]);
        if (Site.Articles.IsEmpty || !ModelState.IsValid || ArticleList.Cut(Site.Articles, number, Clinic.Articles.PageSize, "/blog") is not { } list) return NotFound();
        List = list;
        CanonicalPath = list.Href(number);
        if (number > 1) Title = T["{0}, page {1}", Title, number];
        return Page();
    }
}
