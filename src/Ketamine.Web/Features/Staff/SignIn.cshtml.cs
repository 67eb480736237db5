using System.Globalization;
using Ketamine.Web.Audit;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>The one way in: a passkey that the device finds by itself, so that no address is asked for and nothing says who has an account.</summary>
[StaffAccess(Anyone = true, Passive = true)]
public sealed class SignInModel(DeskContext desk, StaffPasskeys passkeys, StaffAccounts accounts, StaffCookie cookie, SignInDelays delays, AuditLog audit)
    : DeskPage(desk)
{
    /// <summary>Where to afterwards; a path under /staff.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Next { get; set; }

    /// <summary>A sentence; null while nothing went wrong.</summary>
    public string? Refusal { get; private set; }

    public IActionResult OnGet()
    {
        if (Desk.IsSignedIn) return new SeeOther(Target());
        Title = "Sign in";
        return Page();
    }

    public async Task<IActionResult> OnPostOptionsAsync() => new JsonResult(await passkeys.BeginSignInAsync(HttpContext));

    public async Task<IActionResult> OnPostAsync(string? credential, string? state, CancellationToken cancellation)
    {
        if (MustWait() is { } refused) return refused;
        if (await passkeys.FinishSignInAsync(credential, state, HttpContext) is var (member, passkey, ceremony)
            && await accounts.SignInAsync(member, passkey, ceremony, cancellation) is { } opened)
        {
            delays.Succeeded(HttpContext.Connection.RemoteIpAddress);
            cookie.Set(Response, opened);
            return new SeeOther(Target());
        }

        return await FailAsync("The passkey was not accepted, or the request was closed.", cancellation);
    }

    public async Task<IActionResult> OnPostRecoverAsync(string? code, CancellationToken cancellation)
    {
        if (MustWait() is { } refused) return refused;
        if (!string.IsNullOrWhiteSpace(code) && await accounts.RecoverAsync(code, cancellation) is { } link)
        {
            delays.Succeeded(HttpContext.Connection.RemoteIpAddress);
            return new SeeOther($"/staff/enroll/{link}");
        }

        return await FailAsync("This code doesn't work. Each code works once, and only the newest ten do.", cancellation);
    }

    private async Task<IActionResult> FailAsync(string sentence, CancellationToken cancellation)
    {
        delays.Failed(HttpContext.Connection.RemoteIpAddress);
        await audit.WriteAsync(AuditLog.Visitor, "sign-in-failed", null, null, cancellation);
        return Refused(sentence, StatusCodes.Status401Unauthorized);
    }

    private PageResult? MustWait()
    {
        var wait = delays.Wait(HttpContext.Connection.RemoteIpAddress);
        if (wait <= TimeSpan.Zero) return null;
        var seconds = (int)Math.Ceiling(wait.TotalSeconds);
        Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Refused($"There were several tries that failed. Please wait {DeskTimes.Wait(seconds)} and try again.", StatusCodes.Status429TooManyRequests);
    }

    private PageResult Refused(string sentence, int status)
    {
        Title = "Sign in";
        Refusal = sentence;
        return new PageResult { StatusCode = status };
    }

    private string Target() => LocalPath(Next) ?? "/staff";

    // Of this site, and of the desk: a link that leads elsewhere after signing in would be somebody else's.
    internal static string? LocalPath(string? path) =>
        path is not null && (path == "/staff" || path.StartsWith("/staff/", StringComparison.Ordinal) || path.StartsWith("/staff?", StringComparison.Ordinal))
        && !path.Contains('\\', StringComparison.Ordinal) && !path.Contains("..", StringComparison.Ordinal) && path.All(sign => sign is > ' ' and < '\x7f')
            ? path : null;
}
