using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;

namespace Ketamine.Web.Features.Staff;

/// <summary>Creates the address of a staff member's calendar feed, shows it once, and ends it.</summary>
[StaffAccess(StaffRole.FrontDesk)]
public sealed class CalendarModel(DeskContext desk, StaffAccounts accounts, StaffPasskeys passkeys) : DeskPage(desk)
{
    public bool HasAddress { get; private set; }

    /// <summary>The address just created, which is shown only once; otherwise null.</summary>
    public Uri? Address { get; private set; }

    public void OnGet() => Show();

    public async Task<IActionResult> OnPostMakeAsync(CancellationToken cancellation)
    {
        Address = CalendarFeed.Address(passkeys.Home, await accounts.NewCalendarAsync(Me, cancellation));
        Show();
        HasAddress = true;
        return Page();
    }

    public async Task<IActionResult> OnPostEndAsync(CancellationToken cancellation)
    {
        await accounts.EndCalendarAsync(Me, cancellation);
        return new SeeOther("/staff/calendar");
    }

    private void Show() => (Title, Place, HasAddress) = ("Your calendar", "/staff/calls", Me.CalendarHash is not null);
}
