using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// Adds a lead for someone who called and either still needs an answer or books a call. Shows the questions to read aloud and records the answers.
/// </summary>
[StaffAccess(StaffRole.FrontDesk)]
public sealed class AddLeadModel(DeskContext desk, LeadIntake intake, BookingService booking) : DeskPage(desk)
{
    [BindProperty]
    public ContactForm Form { get; set; } = new();

    [BindProperty]
    public string? Message { get; set; }

    [BindProperty]
    public string? Consent { get; set; }

    /// <summary>The start of the call they book, as <see cref="CallTime.Value"/>; empty if they want an answer later.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Slot { get; set; }

    [BindProperty]
    public CallKind By { get; set; }

    /// <summary>The free times of the next few days.</summary>
    public IReadOnlyList<CallTime> Free { get; private set; } = [];

    private const int DaysShown = 5;

    /// <summary>Read aloud, and stored as the words they agreed to.</summary>
    public const string ConsentQuestion =
        "May we keep what you tell me, to answer you? No one outside the clinic sees it. We delete it after a set time, or sooner if you ask.";

    public string AnswerBy => DeskTimes.Soon(Local(AnswerPromise.For(Clinic, Now)), Local(Now).Date);

    public Task OnGetAsync(CancellationToken cancellation) => ShowAsync(cancellation);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        await ShowAsync(cancellation);
        var time = Free.Cast<CallTime?>().FirstOrDefault(free => free!.Value.Value == Slot);
        (string, string)? needed = time is null ? null
            : By is CallKind.Video ? ("email", "Ask for the email address that the link goes to")
            : ("phone", "Ask for the number to call");
        if (!Form.TryParse(Errors.Add, Clinic.PhoneRegion, out var contact, needed)) contact = null;
        if (Form.Reach.Count == 0) Errors.Add("reach", "Ask how they want to be reached");
        if (!string.IsNullOrWhiteSpace(Form.Phone) && Form.Voicemail is not ("yes" or "no")) Errors.Add("voicemail", "Ask whether we may leave a voicemail");
        if (Form.SayName is not ("yes" or "no")) Errors.Add("sayName", "Ask whether we may say who is calling");
        var message = TypedText.Lines(Message);
        if (message?.Length > LeadRequest.MaxMessageLength) Errors.Add("message", "Shorten this to 4,000 characters or fewer");
        if (Consent != "yes") Errors.Add("consent", "Ask for their consent; without it, we can’t keep anything");
        if (!string.IsNullOrEmpty(Slot) && time is null) Errors.Add("slot", "Someone just took that time, or it isn’t offered. Choose another one");
        if (Errors.Any || contact is null) return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        var request = new LeadRequest
        {
            Kind = time is null ? LeadKind.Contact : LeadKind.Consultation,
            Contact = contact,
            Message = message,
            Consent = new Consent($"On the phone: “{ConsentQuestion}”", "phone-1"),
        };
        var lead = time is { } wanted ? await booking.BookForAsync(request, wanted, By, Stamp, cancellation)
            : await intake.ReceiveAsync(request, prepare: null, cancellation, Stamp);
        if (lead is not null) return new SeeOther($"/staff/leads/{lead.Reference}");
        Errors.Add("slot", "Someone just took that time. Choose another one");
        await ShowAsync(cancellation);
        return new PageResult { StatusCode = StatusCodes.Status409Conflict };
    }

    private async Task ShowAsync(CancellationToken cancellation)
    {
        (Title, Place) = ("Add a lead", "/staff/leads/add");
        var all = await booking.FreeAsync(cancellation, ignoreNotice: true);
        Free = [.. all.GroupBy(time => time.Start.Date).Take(DaysShown).SelectMany(day => day)];
        // A later time, chosen from the calls of its day.
        if (!string.IsNullOrEmpty(Slot) && Free.All(free => free.Value != Slot)) Free = [.. Free, .. all.Where(free => free.Value == Slot)];
    }
}
