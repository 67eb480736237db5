using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Team;

/// <summary>One person: who they are, their credentials, and what they wrote and reviewed.</summary>
[PublicPage]
public sealed class MemberPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public override IEnumerable<string> Sheets => [SiteAssets.Text, SiteAssets.More];

    public Person Person { get; private set; } = null!;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Article> Written { get; private set; } = [];

    /// <summary>Texts with their valid review: treatments, then articles.</summary>
    public IReadOnlyList<ContentItem> Reviewed { get; private set; } = [];

    public override IEnumerable<NavigationLink> Trail => [new(SectionTitle("/team", T["Team"]), "/team")];

    public IActionResult OnGet(string key)
    {
        if (!Site.Content.People.TryGetValue(key, out var person)) return NotFound();
        Person = person;
        Title = person.Name;
        Description = person.Role ?? "";
        CanonicalPath = person.Path;
        Card = person.Image;
        Written = [.. Site.Articles.Where(article => article.Authors.Any(author => author.Key == key))];
        Reviewed =
        [
            .. Site.Services.Where(service => ByThem(service.Review)),
            .. Site.Articles.Where(article => ByThem(article.Review)),
        ];
        return Page();

        bool ByThem(MedicalReview? review) => Clinic.Articles.ShowReviewer && review?.Reviewer.Key == key && review.IsValidOn(Site.Today);
    }
}
