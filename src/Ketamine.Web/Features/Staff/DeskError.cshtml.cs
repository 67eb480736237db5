using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// The error page of everything under /staff: what happened, what was typed, and where to go. An address that has nothing for someone without a session gets
/// the public page, which doesn't reveal what exists here.
/// </summary>
[IgnoreAntiforgeryToken] // a refused request over plain HTTP must get its own response; only the bar has forms, and only signed-in staff see it
[StaffAccess(Anyone = true, Passive = true)]
public sealed class DeskErrorModel(DeskContext desk) : DeskPage(desk)
{
    /// <summary>The address of the page, for <see cref="ErrorPages"/>.</summary>
    public const string Path = "/staff/error";

    public string Heading { get; private set; } = "";

    public string Explanation { get; private set; } = "";

    /// <summary>What they typed into the form that failed; null if there was none or it could not be read.</summary>
    public string? Typed { get; private set; }

    /// <summary>The page that failed, or that the form is on; null if it would only fail again.</summary>
    public string? Again { get; private set; }

    /// <summary>Whether a form failed.</summary>
    public bool WasForm { get; private set; }

    /// <summary>Whether the desk's bar is shown.</summary>
    public bool IsInside => Desk.IsSignedIn;

    public IActionResult OnGet()
    {
        // Status 200 means that someone opened this address directly.
        var status = Response.StatusCode == StatusCodes.Status200OK ? StatusCodes.Status404NotFound : Response.StatusCode;
        var nothingHere = status is StatusCodes.Status404NotFound or StatusCodes.Status410Gone;
        if (!Desk.IsSignedIn && nothingHere) return NotFound();
        if (Desk.IsSignedIn && Desk.Session.CoveredAt is not null) return new SeeOther("/staff/covered");
        var failed = HttpContext.Features.Get<FailedRequest>();
        WasForm = failed is not null && !SameOrigin.IsSafe(failed.Method);
        Typed = TypedAtDesk.In(failed?.Form);
        if (!nothingHere) Again = SignInModel.LocalPath(failed?.Path.Value);
        (Title, Heading, Explanation) = Words(status);
        Place = IsInside ? "" : null;
        return new PageResult { StatusCode = status };
    }

    private (string Title, string Heading, string Explanation) Words(int status) => status switch
    {
        404 => ("Not found", "We can’t find that page",
            "The address may have a typo, or the page is gone. To find a lead, search for the name, number, email address, or reference."),
        410 => ("Not found", "This lead was deleted", "Someone erased it, or its retention period ended. Nothing is left of it here."),
        403 => ("Refused", "This didn’t come from the desk", "The request came from another website, so the desk refused it. Nothing was changed."),
        413 => ("Too long", "That’s too long to save",
            "Nothing was saved. Your browser’s Back button should bring back what you typed. Shorten it, or send it in two parts."),
        415 => ("Not readable", "That arrived in a form the desk can’t read", "Forms must arrive without compression. Nothing was saved."),
        429 => ("Too many tries", "Too many tries in a short time", $"Wait a few minutes, and then try again. {Unsaved}"),
        503 => ("Not available", "The desk can’t reach its data right now", $"Wait a minute, and then try again. {Uncertain}"),
        >= 500 => ("Error", "Something went wrong on our side",
            $"The details are in the site’s log, for whoever runs this website. {Uncertain}"),
        _ when WasForm => ("Not saved", "That wasn’t saved",
            "The page may have been open for too long, or the form arrived incomplete. Open the page again, and then send it once more."),
        _ => ("Error", "That didn’t work", "The desk couldn’t understand the address. Go back to the queue, and find what you need from there."),
    };

    private string Unsaved => WasForm ? "Nothing was saved." : "";

    private string Uncertain => WasForm ? "Before you send it again, check whether it was saved after all." : "";
}
