using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Services;

[PublicPage]
public sealed class ServicesPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public override IEnumerable<string> Sheets => [SiteAssets.Text, SiteAssets.More];

    public IActionResult OnGet()
    {
        Introduce("/services", SectionTitle("/services", T["Services"]), T["What we offer, what it costs, and how much is known about it."]);
        return Site.Services.IsEmpty ? NotFound() : Page();
    }
}
