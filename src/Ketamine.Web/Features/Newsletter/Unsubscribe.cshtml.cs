using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// The unsubscribe page, for an issue's link or the email program's own button (RFC 8058). Opening the page changes nothing. The POST may come from anywhere,
/// without a cookie or an origin, any number of times: it is authorized by the link's signature, which can't be guessed.
/// </summary>
/// <remarks>Also works at a clinic that no longer has a newsletter: readers of old issues must be able to unsubscribe.</remarks>
[AllowOtherOrigins]
[DisableRateLimiting]
public sealed class UnsubscribeModel(ContentStore store, IStringLocalizer<SiteStrings> words, SubscriptionService subscriptions) : Shared.SitePage(store, words)
{
    [BindProperty(SupportsGet = true)]
    public string Token { get; set; } = "";

    public UnsubscribeState State { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        State = await subscriptions.IsUnsubscribeLinkAsync(Token, cancellation) ? UnsubscribeState.Asked : UnsubscribeState.Broken;
        return Shown();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        State = await subscriptions.UnsubscribeAsync(Token, cancellation) ? UnsubscribeState.Left : UnsubscribeState.Broken;
        return Shown();
    }

    private PageResult Shown()
    {
        Title = State switch
        {
            UnsubscribeState.Asked => T["Unsubscribe?"],
            UnsubscribeState.Left => T["You’re unsubscribed"],
            _ => T["This link is incomplete"],
        };
        NoIndex = true;
        return new PageResult { StatusCode = State is UnsubscribeState.Broken ? StatusCodes.Status404NotFound : StatusCodes.Status200OK };
    }
}

/// <summary>What the page shows.</summary>
public enum UnsubscribeState
{
    /// <summary>A link that was cut short, or isn't ours.</summary>
    Broken,

    /// <summary>The button.</summary>
    Asked,

    /// <summary>Done, now or before.</summary>
    Left,
}
