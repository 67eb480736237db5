using Ketamine.Content;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace Ketamine.Web.Features.Staff;

/// <summary>What every page of the desk has. The desk speaks English, whatever the site speaks.</summary>
public abstract class DeskPage(DeskContext desk) : PageModel
{
    public DeskContext Desk { get; } = desk;
    public Clinic Clinic => Desk.Clinic;
    public DateTimeOffset Now => Desk.Now;
    public StaffMember Me => Desk.Me;

    /// <summary>Who does what this request asks for.</summary>
    protected StaffStamp Stamp => new(Me.Id, Me.Name);

    /// <summary>
    /// In the browser's tab, before "– Desk"; holds nothing that a prospect typed but a first name, and not even that when the screen is covered.
    /// </summary>
    public string Title { get; protected set; } = "";

    /// <summary>The entry of the bar that this page belongs to: its address.</summary>
    public string? Place { get; protected set; }

    public FormErrors Errors { get; } = new();

    /// <summary>"2:05 pm", in the clinic's zone.</summary>
    public string Clock(DateTimeOffset instant) => DeskTimes.Clock(Local(instant).TimeOfDay);

    /// <summary>"2:05 pm" today, else "Mon 2:05 pm" within a week, else "Mon, Nov 30, 2:05 pm".</summary>
    public string When(DateTimeOffset instant) => DeskTimes.When(Local(instant), Local(Now).Date);

    public LocalDateTime Local(DateTimeOffset instant) => Instant.FromDateTimeOffset(instant).InZone(Clinic.TimeZone).LocalDateTime;
}
