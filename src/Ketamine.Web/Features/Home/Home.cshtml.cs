using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Page = Ketamine.Content.Model.Page;

namespace Ketamine.Web.Features.Home;

/// <summary>The home page: the clinic's own text (pages/home.md), then an overview of the folder.</summary>
[PublicPage]
public sealed class HomePage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    /// <summary>Null in a folder without pages/home.md; the page then shows the clinic's name.</summary>
    public Page? Front => Site.FindPage(Ketamine.Content.Model.Page.Home);

    /// <summary>The text before the first heading, and the sections.</summary>
    public HomeSections Sections { get; private set; } = HomeSections.None;

    /// <summary>Sections without a mark, if any.</summary>
    public override IEnumerable<string> Sheets => Sections.Parts.Any(section => section.Part is null) ? [SiteAssets.Text] : [];

    /// <summary>Up to three articles: those that the home page's text links to, in its order, then the newest.</summary>
    public ImmutableArray<Article> Reading => [.. Site.Articles.OrderBy(FirstLink).Take(3)];

    /// <summary>What a visit costs, for the first screen: the first two prices that aren't free.</summary>
    public ImmutableArray<Price> FirstPrices => [.. Clinic.Prices.Where(price => price.Amount > 0).Take(2)];

    private int FirstLink(Article article) =>
        Front?.Body.Links.IndexOf(article.Path) is >= 0 and var at ? at : int.MaxValue;

    /// <summary>The newest two reviews.</summary>
    public ImmutableArray<Review> NewestReviews => [.. Site.Content.Reviews.Take(2)];

    public void OnGet()
    {
        CanonicalPath = "/";
        Description = Clinic.Description ?? Front?.Summary ?? "";
        Card = Site.HomeCard;
        if (Front is not null) Sections = HomeSections.Of(Front.Body);
    }
}
