using Ketamine.Web.Content;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Page = Ketamine.Web.Content.Page;

namespace Ketamine.Web.Features.Faqs;

[PublicPage]
public sealed class FaqsPage(ContentStore store, IStringLocalizer<Words> words) : SitePage(store, words)
{
    public Page? Text { get; private set; }

    public IActionResult OnGet()
    {
        Text = Introduce("faqs", T["Questions that people ask"]);
        return Site.Content.Faqs.IsEmpty ? NotFound() : Page();
    }
}
