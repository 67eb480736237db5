using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Page = Ketamine.Content.Model.Page;

namespace Ketamine.Web.Features.About;

/// <summary>The clinic, and the people who write and review here.</summary>
[PublicPage]
public sealed class AboutPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public Page Text { get; private set; } = null!;

    public override ContentItem? Subject => Text;

    public IActionResult OnGet()
    {
        if (Site.FindPage("about") is not { } text) return NotFound();
        Text = text;
        Introduce(text.Path, text.Title, text.Summary);
        Card = text.Image;
        return Page();
    }
}
