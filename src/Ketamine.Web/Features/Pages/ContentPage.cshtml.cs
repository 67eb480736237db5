using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Page = Ketamine.Content.Model.Page;

namespace Ketamine.Web.Features.Pages;

/// <summary>Shows any file in pages/ that no other feature uses: privacy, accessibility, or a page that the clinic adds.</summary>
[PublicPage]
public sealed class ContentPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public Page Text { get; private set; } = null!;

    public override ContentItem? Subject => Text;

    public override bool MayBeInDanger => Text.Path == "/crisis-help";

    public IActionResult OnGet(string slug)
    {
        if (slug == Ketamine.Content.Model.Page.Home || Site.FindPage(slug) is not { } text) return NotFound();
        Text = text;
        Title = text.Title;
        Description = text.Summary;
        CanonicalPath = text.Path;
        Card = text.Image;
        return base.Page();
    }
}
