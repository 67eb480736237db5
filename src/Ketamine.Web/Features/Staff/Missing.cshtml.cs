using Ketamine.Web.Features.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// What signed-in staff see instead of the public error page when an address under /staff has nothing for them; see <see cref="StaffSetup.UseDeskNotFound"/>.
/// Everyone else gets the public page.
/// </summary>
[StaffAccess(Anyone = true, Passive = true)]
public sealed class MissingModel(DeskContext desk) : DeskPage(desk)
{
    /// <summary>Whether a lead was here and was deleted.</summary>
    public bool IsDeleted { get; private set; }

    public string Heading => IsDeleted ? "This lead was deleted" : "We can’t find that page";

    public IActionResult OnGet()
    {
        if (!Desk.IsSignedIn) return NotFound();
        if (Desk.Session.CoveredAt is not null) return new SeeOther("/staff/covered");
        var status = HttpContext.Items[StaffSetup.Missing] as int? ?? StatusCodes.Status404NotFound;
        IsDeleted = status == StatusCodes.Status410Gone;
        (Title, Place) = ("Not found", "");
        return new PageResult { StatusCode = status };
    }
}
