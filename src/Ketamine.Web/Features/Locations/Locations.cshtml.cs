using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Locations;

/// <summary>The clinic's locations.</summary>
[PublicPage]
public sealed class LocationsPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public IActionResult OnGet()
    {
        if (Clinic.Locations.IsEmpty) return NotFound();
        Introduce("/locations", SectionTitle("/locations", T["Locations"]), T["Where we are, when we’re open, and how to get in."]);
        return Page();
    }
}
