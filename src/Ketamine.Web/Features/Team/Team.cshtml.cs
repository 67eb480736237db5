using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Team;

/// <summary>Everyone in people.yml, people with a photograph first.</summary>
[PublicPage]
public sealed class TeamPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public override IEnumerable<string> Sheets => [SiteAssets.Text, SiteAssets.More];

    public IReadOnlyList<Person> People { get; private set; } = [];

    public IActionResult OnGet()
    {
        if (Site.Content.People.Count == 0) return NotFound();
        People = [.. Site.Content.People.Values.OrderBy(person => person.Image is null).ThenBy(person => person.Name, StringComparer.CurrentCulture)];
        Introduce("/team", SectionTitle("/team", T["Team"]), T["The people you’ll meet, and those who write and review here."]);
        return Page();
    }
}
