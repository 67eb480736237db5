using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Ketamine.Web.Features.Staff;

/// <summary>The address of one's own calendar feed: made, shown once, and ended.</summary>
[StaffAccess(StaffRole.FrontDesk)]
public sealed class CalendarModel(DeskContext desk, StaffAccounts accounts, StaffPasskeys passkeys) : DeskPage(desk)
{
    public bool HasAddress { get; private set; }

    /// <summary>Made just now and shown once; null otherwise.</summary>
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
