using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Ketamine.Web.Features.Staff;

/// <summary>The desk's own address.</summary>
[StaffAccess(StaffRole.FrontDesk, StaffRole.Editor)]
public sealed class HomeModel(DeskContext desk) : DeskPage(desk)
{
    public IActionResult OnGet() => new SeeOther("/staff/passkeys");
}
