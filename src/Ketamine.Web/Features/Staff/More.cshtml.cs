using Ketamine.Web.Features.Staff.Accounts;

namespace Ketamine.Web.Features.Staff;

/// <summary>What has no room on a phone's bar.</summary>
[StaffAccess(StaffRole.FrontDesk, StaffRole.Editor)]
public sealed class MoreModel(DeskContext desk) : DeskPage(desk)
{
    public void OnGet() => (Title, Place) = ("More", "/staff/more");
}
