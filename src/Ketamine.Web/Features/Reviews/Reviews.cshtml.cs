using Ketamine.Web.Content;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Page = Ketamine.Web.Content.Page;

namespace Ketamine.Web.Features.Reviews;

[PublicPage]
public sealed class ReviewsPage(ContentStore store, IStringLocalizer<Words> words) : SitePage(store, words)
{
    public Page? Text { get; private set; }

    public IActionResult OnGet()
    {
        Text = Introduce("reviews", T["Reviews"]);
        return Site.Content.Reviews.IsEmpty ? NotFound() : Page();
    }
}
