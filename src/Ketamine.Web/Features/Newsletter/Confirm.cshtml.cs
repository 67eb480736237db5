using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>The page that the email links to. Opening it changes nothing, because mail scanners open links; its button confirms.</summary>
[EnableRateLimiting(RequestLimits.Forms)]
public sealed class ConfirmModel(ContentStore store, IStringLocalizer<SiteStrings> words, SubscriptionService subscriptions, ConfirmationMail mails)
    : NewsletterPage(store, words)
{
    [BindProperty(SupportsGet = true)]
    public string Token { get; set; } = "";

    public bool Works { get; private set; }

    public string ConsentWords => mails.ConsentWords(Clinic);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Works = await subscriptions.LinkWorksAsync(Token, cancellation);
        return Shown();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation) =>
        await subscriptions.ConfirmAsync(Token, cancellation) ? new SeeOther("/newsletter/thanks") : Shown();

    private PageResult Shown()
    {
        Title = Works ? T["Confirm your subscription"] : T["This link doesn’t work anymore"];
        NoIndex = true;
        return new PageResult { StatusCode = Works ? StatusCodes.Status200OK : StatusCodes.Status404NotFound };
    }
}
