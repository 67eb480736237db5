using Ketamine.Web.Content;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Page = Ketamine.Web.Content.Page;

namespace Ketamine.Web.Features.Pages;

/// <summary>Any file of pages/ that no part of the site has taken: privacy, accessibility, whatever a clinic adds.</summary>
[PublicPage]
public sealed class AnyPage(ContentStore store, IStringLocalizer<Words> words) : SitePage(store, words)
{
    public Page Text { get; private set; } = null!;

    public override Text? Subject => Text;

    public IActionResult OnGet(string slug)
    {
        if (slug == Ketamine.Web.Content.Page.Home || Site.FindPage(slug) is not { } text) return NotFound();
        Text = text;
        Title = text.Title;
        Description = text.Summary;
        CanonicalPath = text.Path;
        Card = text.Image;
        return base.Page();
    }
}
