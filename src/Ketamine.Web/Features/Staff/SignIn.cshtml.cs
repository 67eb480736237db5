using Ketamine.Web.Audit;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// Signs in with a passkey, the only way in. The device finds the passkey, so the page asks for no address and doesn't reveal who has an account.
/// </summary>
[StaffAccess(Anyone = true, Passive = true)]
public sealed class SignInModel(DeskContext desk, StaffPasskeys passkeys, StaffAccounts accounts, StaffCookie cookie, SignInDelays delays, AuditLog audit)
    : DeskPage(desk)
{
    /// <summary>Where to go after signing in: a path under /staff.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Next { get; set; }

    /// <summary>Says what went wrong; null if nothing did.</summary>
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

        return await FailAsync("The site didn’t accept the passkey, or the request was canceled.", cancellation);
    }

    public async Task<IActionResult> OnPostRecoverAsync(string? code, CancellationToken cancellation)
    {
        if (MustWait() is { } refused) return refused;
        if (!string.IsNullOrWhiteSpace(code) && await accounts.RecoverAsync(code, cancellation) is { } link)
        {
            delays.Succeeded(HttpContext.Connection.RemoteIpAddress);
            return new SeeOther($"/staff/enroll/{link}");
        }

        return await FailAsync("This code doesn’t work. Each code works only once, and only the latest ten codes work.", cancellation);
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
        return Refused($"Several sign-ins have failed. Please wait {DeskTimes.Wait(seconds)} and try again.", StatusCodes.Status429TooManyRequests);
    }

    private PageResult Refused(string sentence, int status)
    {
        Title = "Sign in";
        Refusal = sentence;
        return new PageResult { StatusCode = status };
    }

    private string Target() => LocalPath(Next) ?? "/staff";

    // Only a path under /staff on this site. Otherwise, a crafted link could send people to another site after they sign in.
    internal static string? LocalPath(string? path) =>
        path is not null && (path == "/staff" || path.StartsWith("/staff/", StringComparison.Ordinal) || path.StartsWith("/staff?", StringComparison.Ordinal))
        && !path.Contains('\\', StringComparison.Ordinal) && !path.Contains("..", StringComparison.Ordinal) && path.All(sign => sign is > ' ' and < '\x7f')
            ? path : null;
}
