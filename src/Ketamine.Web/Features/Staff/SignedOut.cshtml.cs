namespace Ketamine.Web.Features.Staff;

/// <summary>Shown when a form arrives after its session ended. Nothing was saved, but the page still has the text, ready to copy.</summary>
[StaffAccess(Anyone = true, Passive = true)]
public sealed class SignedOutModel(DeskContext desk) : DeskPage(desk)
{
    /// <summary>The texts in the form; null if it had none.</summary>
    public string? Typed { get; private set; }

    /// <summary>The page the form came from.</summary>
    public string? Next { get; private set; }

    public IActionResult OnGet()
    {
        Title = "You were signed out";
        if (HttpContext.Items["staff.asked"] is not string asked) return Page();
        Next = SignInModel.LocalPath(asked.Split('?')[0]);
        Typed = TypedAtDesk.In(HttpContext.Items[StaffGate.SignedOut] as IFormCollection);
        return new Microsoft.AspNetCore.Mvc.RazorPages.PageResult { StatusCode = StatusCodes.Status401Unauthorized };
    }
}
