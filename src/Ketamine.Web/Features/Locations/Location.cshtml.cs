using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Locations;

/// <summary>One location: where it is, when it's open, and how to get there and in.</summary>
[PublicPage]
public sealed class LocationPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public ClinicLocation Location { get; private set; } = null!;

    public override IEnumerable<NavigationLink> Trail => [new(SectionTitle("/locations", T["Locations"]), "/locations")];

    public IActionResult OnGet(string slug)
    {
        if (Clinic.Locations.FirstOrDefault(place => place.Slug == slug) is not { } place) return NotFound();
        Location = place;
        Title = place.Name;
        Description = place.Address is { } address ? $"{address.Street}, {address.City}" : "";
        CanonicalPath = place.Path;
        Card = place.Image;
        return Page();
    }
}
