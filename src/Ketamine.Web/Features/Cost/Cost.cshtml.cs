using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Page = Ketamine.Content.Model.Page;

namespace Ketamine.Web.Features.Cost;

/// <summary>The prices, insurance plans, and ways to pay from clinic.yml, with the folder's own text about them.</summary>
[PublicPage]
public sealed class CostPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    /// <summary>The folder's page; null if it has none.</summary>
    public Page? Text { get; private set; }

    public override ContentItem? Subject => Text;

    public override IEnumerable<Price> Offers => Clinic.Prices;

    public IActionResult OnGet()
    {
        Text = Site.FindPage(SitePath.Cost[1..]);
        if (Text is null && !Clinic.HasCostPage) return NotFound();
        Introduce(
            SitePath.Cost,
            Text?.Title ?? T["Cost and insurance"],
            Text?.Summary ?? T["What treatment costs, which insurance plans we work with, and how you can pay."]);
        Card = Text?.Image;
        return Page();
    }

    /// <summary>The plans with their headings, if there are any.</summary>
    public IEnumerable<(string Heading, IEnumerable<InsurancePlan> Plans)> Plans =>
        new[] { (PlanNetwork.In, T["In network"].Value), (PlanNetwork.Out, T["Out of network"].Value), (PlanNetwork.None, T["Not accepted"].Value) }
            .Select(network => (network.Item2, Clinic.Plans.Where(plan => plan.Network == network.Item1))).Where(group => group.Item2.Any());

    /// <summary>The ways to pay with their headings, if clinic.yml has them.</summary>
    public IEnumerable<(string Heading, Prose Text)> Ways =>
        new[]
        {
            (T["Payment plans"].Value, Clinic.Payment?.Plans),
            (T["HSA and FSA cards"].Value, Clinic.Payment?.HsaFsa),
            (T["Superbills"].Value, Clinic.Payment?.Superbill),
        }
            .Where(way => way.Item2 is not null).Select(way => (way.Item1, way.Item2!));
}
