using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>The base of every page of the desk. The desk is in English, even if the site is in another language.</summary>
public abstract class DeskPage(DeskContext desk) : PageModel
{
    public DeskContext Desk { get; } = desk;
    public Clinic Clinic => Desk.Clinic;
    public DateTimeOffset Now => Desk.Now;
    public StaffMember Me => Desk.Me;

    /// <summary>The staff member making this request.</summary>
    protected StaffStamp Stamp => new(Me.Id, Me.Name);

    /// <summary>
    /// The title in the browser tab, before "– Desk". It contains at most a lead's first name, and not even that while the screen is covered.
    /// </summary>
    public string Title { get; protected set; } = "";

    /// <summary>The address of this page's entry in the navigation bar.</summary>
    public string? Place { get; protected set; }

    public FormErrors Errors { get; } = new();

    /// <summary>"2:05 pm", in the clinic's time zone.</summary>
    public string Clock(DateTimeOffset instant) => DeskTimes.Clock(Local(instant).TimeOfDay);

    /// <summary>"2:05 pm" today, "Mon 2:05 pm" within a week, and otherwise "Mon, Nov 30, 2:05 pm".</summary>
    public string When(DateTimeOffset instant) => DeskTimes.When(Local(instant), Local(Now).Date);

    /// <summary>When a day begins in the clinic's time zone.</summary>
    protected DateTimeOffset Midnight(LocalDate date) => Clinic.TimeZone.AtStartOfDay(date).ToDateTimeOffset();

    public LocalDateTime Local(DateTimeOffset instant) => instant.InZone(Clinic.TimeZone).LocalDateTime;
}
