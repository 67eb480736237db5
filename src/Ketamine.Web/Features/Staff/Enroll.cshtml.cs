using Ketamine.Web.Features.Staff.Accounts;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>Creates a staff member's first passkey, or a new one to replace lost ones. Opened by a link that works once, for 15 minutes.</summary>
[StaffAccess(Anyone = true, Passive = true)]
public sealed class EnrollModel(DeskContext desk, StaffPasskeys passkeys, StaffAccounts accounts, StaffCookie cookie) : DeskPage(desk)
{
    [BindProperty(SupportsGet = true)]
    public string Token { get; set; } = "";

    public StaffMember? Member { get; private set; }
    public StaffSecret? Link { get; private set; }

    /// <summary>Shown once, after the passkey is created; empty before that.</summary>
    public IReadOnlyList<string> Codes { get; private set; } = [];

    public string Device { get; private set; } = "";
    public bool Failed { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation) => await OpenAsync(cancellation) ? Page() : Over();

    public async Task<IActionResult> OnPostOptionsAsync(CancellationToken cancellation) =>
        await OpenAsync(cancellation) ? new JsonResult(await passkeys.BeginEnrollmentAsync(Member!, HttpContext)) : NotFound();

    public async Task<IActionResult> OnPostAsync(string? device, string? credential, string? state, CancellationToken cancellation)
    {
        if (!await OpenAsync(cancellation)) return Over();
        Device = DeviceName(device);
        if (await passkeys.FinishEnrollmentAsync(Member!, credential, state, HttpContext) is not { } passkey)
        {
            Failed = true;
            return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        }

        if (await accounts.EnrollAsync(Member!, Link!, passkey, Device, cancellation) is not { } enrolled) return Over();
        cookie.Set(Response, enrolled.Cookie);
        Codes = enrolled.Codes;
        Title = "Your recovery codes";
        return Page();
    }

    /// <summary>The passkey's name as typed, on one line; "My passkey" if it is empty.</summary>
    internal static string DeviceName(string? typed) =>
        TypedText.OneLine(typed) is { Length: > 0 } name ? name[..Math.Min(name.Length, StaffPasskey.MaxNameLength)] : "My passkey";

    private async Task<bool> OpenAsync(CancellationToken cancellation)
    {
        Title = "Create your passkey";
        if (await accounts.OpenLinkAsync(Token, cancellation) is not var (member, link)) return false;
        (Member, Link) = (member, link);
        return true;
    }

    private PageResult Over()
    {
        (Member, Link) = (null, null);
        Title = "This link no longer works";
        return new PageResult { StatusCode = StatusCodes.Status410Gone };
    }
}
