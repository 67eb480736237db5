using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>Shown after confirming: the clinic's own thanks.</summary>
[PublicPage]
public sealed class ThanksModel(ContentStore store, IStringLocalizer<SiteStrings> words) : NewsletterPage(store, words)
{
    public void OnGet()
    {
        Title = T["Subscribed"];
        NoIndex = true;
    }
}
