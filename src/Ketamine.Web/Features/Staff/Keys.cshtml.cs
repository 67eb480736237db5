using Ketamine.Web.Data;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;

namespace Ketamine.Web.Features.Staff;

/// <summary>The keyboard shortcuts, and the setting that turns them on (WCAG 2.1.4).</summary>
[StaffAccess(StaffRole.FrontDesk)]
public sealed class KeysModel(DeskContext desk, ClinicDb db) : DeskPage(desk)
{
    public void OnGet() => (Title, Place) = ("Keyboard", "/staff/keys");

    public async Task<IActionResult> OnPostAsync(string? on, CancellationToken cancellation)
    {
        var (me, use) = (Me.Id, on == "yes");
        await db.Set<StaffMember>().Where(member => member.Id == me).ExecuteUpdateAsync(set => set.SetProperty(member => member.SingleKeys, use), cancellation);
        return new SeeOther("/staff/keys");
    }
}
