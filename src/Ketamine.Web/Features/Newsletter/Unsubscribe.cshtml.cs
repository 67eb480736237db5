using Ketamine.Content;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Localization;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// Leaving, by the link of an issue and by the mail program's own button (RFC 8058). Opening the page changes nothing. The POST comes from
/// anywhere, without a cookie or an origin, as often as it likes: the link's signature is its authority, and can't be guessed.
/// </summary>
/// <remarks>It stands at a clinic that no longer has a newsletter as well: what was sent must be possible to leave.</remarks>
[AllowOtherOrigins]
[DisableRateLimiting]
public sealed class UnsubscribeModel(ContentStore store, IStringLocalizer<SiteStrings> words, SubscriptionService desk) : Shared.SitePage(store, words)
{
    [BindProperty(SupportsGet = true)]
    public string Token { get; set; } = "";

    public UnsubscribeState State { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        State = await desk.IsUnsubscribeLinkAsync(Token, cancellation) ? UnsubscribeState.Asked : UnsubscribeState.Broken;
        return Shown();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        State = await desk.UnsubscribeAsync(Token, cancellation) ? UnsubscribeState.Left : UnsubscribeState.Broken;
        return Shown();
    }

    private PageResult Shown()
    {
        Title = State switch
        {
            UnsubscribeState.Asked => T["Leave the newsletter?"],
            UnsubscribeState.Left => T["You have left the newsletter"],
            _ => T["This link is not whole"],
        };
        NoIndex = true;
        return new PageResult { StatusCode = State is UnsubscribeState.Broken ? StatusCodes.Status404NotFound : StatusCodes.Status200OK };
    }
}

/// <summary>What the page shows.</summary>
public enum UnsubscribeState
{
    /// <summary>A link that was cut short, or is none of ours.</summary>
    Broken,

    /// <summary>The button.</summary>
    Asked,

    /// <summary>Done, now or before.</summary>
    Left,
}
