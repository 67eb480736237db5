using Ketamine.Web.Features.Staff.Accounts;

namespace Ketamine.Web.Features.Staff;

/// <summary>The pages that don't fit the navigation bar on a phone.</summary>
[StaffAccess(StaffRole.FrontDesk, StaffRole.Editor)]
public sealed class MoreModel(DeskContext desk) : DeskPage(desk)
{
    public void OnGet() => (Title, Place) = ("More", "/staff/more");
}
