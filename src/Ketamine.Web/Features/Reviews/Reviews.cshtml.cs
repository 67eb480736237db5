using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Reviews;

[PublicPage]
public sealed class ReviewsPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public override IEnumerable<string> Sheets => [SiteAssets.Text, SiteAssets.More];

    public IActionResult OnGet()
    {
        Introduce("/reviews", T["Reviews"], T["Each of these is one person’s experience; yours may differ. Everyone here agreed in writing to be quoted."]);
        return Site.Content.Reviews.IsEmpty ? NotFound() : Page();
    }
}
