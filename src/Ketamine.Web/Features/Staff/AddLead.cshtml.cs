using Ketamine.Content;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>Someone called and still needs an answer: their request typed in, with the questions to read aloud.</summary>
[StaffAccess(StaffRole.FrontDesk)]
public sealed class AddLeadModel(DeskContext desk, LeadIntake intake, LeadWork work) : DeskPage(desk)
{
    [BindProperty]
    public ContactForm Form { get; set; } = new();

    [BindProperty]
    public string? Message { get; set; }

    [BindProperty]
    public string? Consent { get; set; }

    /// <summary>What is read aloud, and kept as the words that they agreed to.</summary>
    public const string ConsentQuestion = "May we keep what you tell me, to answer you? Nobody outside the clinic sees it. It is deleted in time, or sooner if you ask.";

    public string AnswerBy => DeskTimes.Soon(Local(AnswerPromise.For(Clinic, Now)), Local(Now).Date);

    public void OnGet() => Show();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        Show();
        if (!Form.TryParse(Errors.Add, Clinic.PhoneRegion, out var contact)) contact = null;
        if (Form.Reach.Count == 0) Errors.Add("reach", "Ask how they want to be reached");
        if (!string.IsNullOrWhiteSpace(Form.Phone) && Form.Voicemail is not ("yes" or "no")) Errors.Add("voicemail", "Ask whether we may leave a voicemail");
        if (Form.SayName is not ("yes" or "no")) Errors.Add("sayName", "Ask whether we may say who is calling");
        var message = TypedText.Lines(Message);
        if (message?.Length > LeadRequest.MaxMessageLength) Errors.Add("message", "Shorten this to 4,000 characters or fewer");
        if (Consent != "yes") Errors.Add("consent", "Ask for their consent; without it nothing may be kept");
        if (Errors.Any || contact is null) return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        var lead = await intake.ReceiveAsync(new LeadRequest
        {
            Kind = LeadKind.Contact,
            Contact = contact,
            Message = message,
            Consent = new Consent($"On the phone: “{ConsentQuestion}”", "phone-1"),
        }, prepare: null, cancellation);
        await work.RecordAsync(lead.Reference, new LeadForm(), LeadEventKind.AddedByStaff, "lead-added", null, new StaffStamp(Me.Id, Me.Name), cancellation);
        return new SeeOther($"/staff/leads/{lead.Reference}");
    }

    private void Show() => (Title, Place) = ("Add a lead", "/staff/leads/add");
}
