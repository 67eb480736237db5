using Ketamine.Web.Content;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Features.Consultations;

/// <summary>
/// The mails of a call, as drafts for the transaction that causes them. Reminders are made with the booking and wait in the outbox until they are due;
/// a change calls them off and makes new ones. To the prospect, neither sender nor subject nor calendar entry names a treatment or a condition.
/// </summary>
public sealed class ConsultationMails(IStringLocalizer<Words> words, IOptions<MailOptions> options)
{
    /// <summary>What reminders' kinds begin with; these are called off when the call moves or is cancelled.</summary>
    public const string ReminderKind = "consultation-reminder";

    /// <summary>Everything that a new booking causes.</summary>
    /// <param name="token">The secret of the prospect's link.</param>
    public IEnumerable<MailDraft> Booked(Consultation call, Lead lead, string token, string staffToken, Clinic clinic)
    {
        foreach (var staff in options.Value.Staff) yield return ToStaff(call, lead, staff, clinic, "New call", staffToken);
        if (lead.Email is null) yield break;
        yield return ToProspect(call, lead, clinic, "consultation-confirmation", words.Title(clinic), token, words["Your call is booked."]);
        foreach (var reminder in Reminders(call, lead, token, clinic, call.CreatedAt)) yield return reminder;
    }

    public IEnumerable<MailDraft> Moved(Consultation call, Lead lead, string token, Clinic clinic)
    {
        foreach (var staff in options.Value.Staff) yield return ToStaff(call, lead, staff, clinic, "Moved call", staffToken: null);
        if (lead.Email is null) yield break;
        yield return ToProspect(call, lead, clinic, "consultation-moved", words["Moved: {0}", words.Title(clinic)], token, words["Your call has a new time."]);
        foreach (var reminder in Reminders(call, lead, token, clinic, call.ChangedAt)) yield return reminder;
    }

    public IEnumerable<MailDraft> Cancelled(Consultation call, Lead lead, Clinic clinic)
    {
        foreach (var staff in options.Value.Staff) yield return ToStaff(call, lead, staff, clinic, "Cancelled call", staffToken: null);
        if (lead.Email is null) yield break;
        yield return ToProspect(call, lead, clinic, "consultation-cancelled", words["Cancelled: {0}", words.Title(clinic)], token: null, words["Your call is cancelled. You need do nothing."]);
    }

    public IEnumerable<MailDraft> Missed(Consultation call, Lead lead, Clinic clinic)
    {
        if (lead.Email is not { } email) yield break;
        var body = Greeting(lead, words["We called at the time below and did not reach you. That happens, and nothing is lost."]);
        body.Facts((words["When"], words.Whole(call.Time(clinic.TimeZone))));
        body.Button(words["Choose another time"], new Uri(clinic.Url, "/consultation"));
        yield return Closed(body, clinic) with
        {
            Kind = "consultation-missed",
            To = EmailAddress.Parse(email),
            Subject = words["We missed you: {0}", words.Title(clinic)],
            LeadId = lead.Id,
        };
    }

    /// <summary>The calendar entry of a call, as mails carry it and the booked page offers it.</summary>
    public string Calendar(Consultation call, Clinic clinic) => CalendarFile.Write(
        call,
        options.Value.From,
        clinic.DiscreetName,
        words.Title(clinic),
        words.By(call.By),
        words["To move or cancel this call, use the link in the mail about it."]);

    private IEnumerable<MailDraft> Reminders(Consultation call, Lead lead, string token, Clinic clinic, DateTimeOffset since)
    {
        (string Name, TimeSpan Before)[] reminders = [("day", TimeSpan.FromDays(1)), ("hour", TimeSpan.FromHours(1))];
        foreach (var (name, before) in reminders)
        {
            // A reminder that would follow on the confirmation's heels is none.
            var due = call.StartsAt - before;
            if (due < since + TimeSpan.FromHours(1)) continue;
            var opening = name == "day" ? words["Your call is tomorrow."] : words["Your call is in an hour."];
            yield return ToProspect(call, lead, clinic, $"{ReminderKind}-{name}", words["Soon: {0}", words.Title(clinic)], token, opening, calendar: false) with
            {
                NotBefore = due,
                NotAfter = call.StartsAt,
            };
        }
    }

    private MailDraft ToProspect(Consultation call, Lead lead, Clinic clinic, string kind, string subject, string? token, string opening, bool calendar = true)
    {
        var body = Greeting(lead, opening);
        body.Facts(
            (words["When"], words.Whole(call.Time(clinic.TimeZone))),
            (words["How"], words.By(call.By)),
            (words["Your reference"], lead.Reference));
        if (token is not null)
        {
            body.Paragraph(words["The call is free and takes {0} minutes. Nothing is sold or decided on it. Have at hand the names of medicines that you take or have tried. Someone you trust may listen in.",
                (int)(call.EndsAt - call.StartsAt).TotalMinutes]);
            body.Button(words["Move or cancel"], new Uri(clinic.Url, $"/consultation/manage/{token}"));
            body.Paragraph(words["The link opens a page that says what will happen. Nothing changes until you press a button there."]);
        }

        return Closed(body, clinic) with
        {
            Kind = kind,
            To = EmailAddress.Parse(lead.Email!),
            Subject = subject,
            LeadId = lead.Id,
            Attachments = calendar ? [new MailAttachment("call.ics", $"text/calendar; charset=utf-8; method={CalendarFile.Method(call)}", Calendar(call, clinic))] : [],
        };
    }

    private MailDraft ToStaff(Consultation call, Lead lead, EmailAddress staff, Clinic clinic, string what, string? staffToken)
    {
        var when = words.Whole(call.Time(clinic.TimeZone));
        var body = new MailBody().Facts(("When", when), ("How", words.By(call.By)), ("Reference", lead.Reference));
        if (options.Value.LeadDetail is LeadDetail.Minimal) body.Paragraph(lead.FirstName);
        else LeadMails.Describe(body, lead);
        if (staffToken is not null) body.Button("Open", LeadMails.StaffLink(clinic, staffToken));
        return new MailDraft
        {
            Kind = "consultation-staff",
            To = staff,
            ReplyTo = options.Value.LeadDetail is LeadDetail.Minimal || lead.Email is null ? null : EmailAddress.Parse(lead.Email),
            Subject = $"{(lead.SuggestsRisk ? LeadMails.RiskMark : "")}{what}: {words.Day(call.Time(clinic.TimeZone))}, {CallWords.Hour(call.Time(clinic.TimeZone))} ({lead.Reference})",
            Urgent = lead.SuggestsRisk,
            LeadId = lead.Id,
            Body = body,
        };
    }

    private MailBody Greeting(Lead lead, string opening) => new MailBody().Paragraph(words["Hello {0},", lead.FirstName]).Paragraph(opening);

    private MailDraft Closed(MailBody body, Clinic clinic)
    {
        if (clinic.Phone is { } phone) body.Paragraph(words["If you would rather talk, call {0}.", phone.National]);
        body.Paragraph(words["Messages are not watched around the clock. In danger, call 911, or call or text 988."]);
        body.Paragraph(clinic.DiscreetName);
        return new MailDraft { Kind = "", To = options.Value.From, Subject = "", FromName = clinic.DiscreetName, Body = body };
    }
}
