using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Errors;

/// <summary>The error page: what happened, and where to go next. Replaces the empty body of an error response, for every HTTP method.</summary>
[ResponseCache(NoStore = true)]
[PublicPage]
public sealed class ErrorPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public int Code { get; private set; }

    /// <summary>What happened, in one or two sentences.</summary>
    public string Explanation { get; private set; } = "";

    public void OnGet() => Explain();

    public void OnPost() => Explain();

    private void Explain()
    {
        // Status 200 means that someone opened this URL directly instead of being sent here by an error. Never return a 500 on request.
        if (Response.StatusCode == StatusCodes.Status200OK) Response.StatusCode = StatusCodes.Status404NotFound;
        Code = Response.StatusCode;
        NoIndex = true;
        (Title, Explanation) = Code switch
        {
            404 => (T["We can’t find that page"].Value, T["It may have moved, or the link may have a typo. Here’s where most people want to go."].Value),
            410 => (T["This page is gone"].Value, T["It was here once, but we took it down for good."].Value),
            413 => (T["That’s too long"].Value, T["Your message is longer than this site accepts. Please shorten it."].Value),
            415 => (T["That arrived in a form this site can’t read"].Value,
                T["Forms must arrive without compression. In a browser, open the page again and send it once more, or call us."].Value),
            429 => (T["Too many tries in a short time"].Value,
                T["Please wait a few minutes and try again, or call us. Anything you already sent is safe."].Value),
            >= 500 => (T["Something went wrong on our side"].Value, T["We’ve logged the problem. Please try again in a little while, or call us."].Value),
            _ => (T["That didn’t work"].Value, T["We couldn’t understand the request. Please go back and try again, or call us."].Value),
        };
        Description = Explanation;
    }
}
