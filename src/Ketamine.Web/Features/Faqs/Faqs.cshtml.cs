using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Faqs;

[PublicPage]
public sealed class FaqsPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public override IEnumerable<string> Sheets => [SiteAssets.Text, SiteAssets.More];

    public IActionResult OnGet()
    {
        Introduce("/faqs", T["Questions people ask"], T["What people want to know before they come, and our answers."]);
        return Site.Content.Faqs.IsEmpty ? NotFound() : Page();
    }
}
