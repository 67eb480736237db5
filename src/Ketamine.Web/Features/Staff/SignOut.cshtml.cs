using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;

namespace Ketamine.Web.Features.Staff;

/// <summary>Signs out on every device.</summary>
[StaffAccess(StaffRole.FrontDesk, StaffRole.Editor, Covered = true)]
public sealed class SignOutModel(DeskContext desk, StaffAccounts accounts, StaffCookie cookie) : DeskPage(desk)
{
    public IActionResult OnGet() => new SeeOther("/staff/passkeys");

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        await accounts.SignOutAsync(Me, cancellation);
        cookie.Delete(Response);
        return new SeeOther("/staff/sign-in");
    }
}
