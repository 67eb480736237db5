using Ketamine.Web.Leads;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Consultations;

/// <summary>
/// The emails about a call, as drafts for the transaction that causes them. Reminders are created with the booking and wait in the outbox until due; a
/// change cancels them and creates new ones. In emails to the prospect, the sender, subject, and calendar entry don't name a treatment or condition, and
/// nothing from the form is repeated, because the address may be a stranger's.
/// </summary>
public sealed class ConsultationMails(IStringLocalizer<SiteStrings> words, IOptions<MailOptions> options, EffectiveLeadDetail detail, StopLinks stops)
{
    /// <summary>The beginning of reminders' kinds; these are withdrawn when the call is moved or canceled.</summary>
    public const string ReminderKind = "consultation-reminder";

    /// <summary>The kind of email that warns staff of unusually many unconfirmed calls.</summary>
    public const string ManyUnconfirmedKind = "consultation-many-unconfirmed";

    /// <summary>All emails for a new booking.</summary>
    /// <param name="token">The secret of the prospect's link.</param>
    public IEnumerable<MailDraft> Booked(Consultation call, Lead lead, string token, string staffToken, Clinic clinic)
    {
        foreach (var staff in options.Value.Staff) yield return ToStaff(call, lead, staff, clinic, "New call, not confirmed yet", staffToken);
        if (lead.MailTo is null) yield break;
        yield return ToProspect(
            call,
            lead,
            clinic,
            "consultation-confirmation",
            words.Title(clinic),
            token,
            words[
                "We’re holding this time for you until {0}. To keep it, open the page below and press “Keep this time” there.",
                words.OnDay(call.HeldUntil ?? call.StartsAt, clinic.TimeZone)
            ]);
        foreach (var reminder in Reminders(call, lead, token, clinic, call.CreatedAt)) yield return reminder;
    }

    /// <summary>Staff booked it with someone on the phone, so there is nothing to confirm.</summary>
    /// <param name="token">The secret of the prospect's link.</param>
    public IEnumerable<MailDraft> BookedByStaff(Consultation call, Lead lead, string token, Clinic clinic) =>
        Confirmed(call, lead, clinic).Concat(TakenAgain(call, lead, token, clinic));

    /// <summary>The link that staff created for a video call, if the clinic has no permanent room.</summary>
    public IEnumerable<MailDraft> VideoLink(Consultation call, Lead lead, Uri link, Clinic clinic)
    {
        if (lead.MailTo is not { } email) yield break;
        var body = Greeting(words["Here is the link to your video call."]);
        body.Facts((words["When"], words.Whole(call.Time(clinic.TimeZone))), (words["Your reference"], lead.Reference));
        body.Button(words["Join the video call"], link);
        body.Paragraph(words["The link works in your browser. You don’t have to install anything unless the page asks you to."]);
        yield return Closed(body, lead, clinic) with
        {
            Kind = "consultation-video-link",
            To = email,
            Subject = words["Video link: {0}", words.Title(clinic)],
            LeadId = lead.Id,
            NotAfter = call.EndsAt,
        };
    }

    /// <summary>The contact is verified; staff can count on the call.</summary>
    public IEnumerable<MailDraft> Confirmed(Consultation call, Lead lead, Clinic clinic) =>
        options.Value.Staff.Select(staff => ToStaff(call, lead, staff, clinic, "Confirmed call", staffToken: null));

    /// <summary>The hold had lapsed and the time is theirs again: restores the calendar entry and reminders.</summary>
    public IEnumerable<MailDraft> TakenAgain(Consultation call, Lead lead, string token, Clinic clinic)
    {
        if (lead.MailTo is null) return [];
        return Reminders(call, lead, token, clinic, call.ChangedAt)
            .Prepend(ToProspect(call, lead, clinic, "consultation-confirmed", words.Title(clinic), token, words["Your call is booked."]));
    }

    /// <summary>Their times were freed: each prospect gets an email on choosing another, and staff get one email about all of them.</summary>
    public IEnumerable<MailDraft> Lapsed(IReadOnlyCollection<(Consultation Call, Lead Lead)> freed, bool toStaff, Clinic clinic)
    {
        foreach (var (call, lead) in freed.Where(pair => pair.Lead.MailTo is not null))
        {
            var body = Greeting(words["We didn’t hear from you, so we freed up the time below. You can choose another one whenever you like."]);
            body.Facts((words["When"], When(call, clinic)), (words["Your reference"], lead.Reference));
            body.Button(words["Choose another time"], new Uri(clinic.Url, "/consultation"));
            yield return Closed(body, lead, clinic) with
            {
                Kind = "consultation-lapsed",
                To = lead.MailTo!,
                Subject = words["No longer held: {0}", words.Title(clinic)],
                LeadId = lead.Id,
                Attachments = [CalendarAttachment(call, clinic)],
            };
        }

        if (!toStaff || freed.Count == 0) yield break;
        foreach (var staff in options.Value.Staff)
        {
            yield return new MailDraft
            {
                Kind = "consultation-lapsed-staff",
                To = staff,
                Subject =
                    freed.Count == 1
                        ? $"Not confirmed, so the time is free again: {freed.First().Lead.Reference}"
                        : $"Not confirmed, so {freed.Count} call times are free again",
                Body = new MailBody()
                    .Paragraph(
                        "These calls weren't confirmed, so their times are free again. "
                            + "The requests are still in the queue: call, text, or email to agree on a time.")
                    .Facts(freed.Select(pair => (pair.Lead.Reference, When(pair.Call, clinic)))),
            };
        }
    }

    /// <summary>Many calls are unconfirmed at once, possibly from one person using fake names.</summary>
    public IEnumerable<MailDraft> ManyUnconfirmed(int held) => options.Value.Staff.Select(staff => new MailDraft
    {
        Kind = ManyUnconfirmedKind,
        To = staff,
        Subject = $"{held} calls are booked and not confirmed",
        Body = new MailBody()
            .Paragraph(
                "That’s more than usual. Someone may be booking with fake names. "
                    + "Times that aren’t confirmed become free again automatically. We send this email at most once a day.")
            .Paragraph("To see them by network: ops leads unconfirmed")
            .Paragraph("To free all times from the same network as one of them: ops leads free REFERENCE")
            .Paragraph("To free all of them: ops leads free --all"),
    });

    /// <summary>"Thursday, January 14 at 10:00 am (Mountain Standard Time)"</summary>
    public string When(Consultation call, Clinic clinic) => words.Whole(call.Time(clinic.TimeZone));

    /// <param name="was">The previous time.</param>
    public IEnumerable<MailDraft> Moved(Consultation call, CallTime was, Lead lead, string token, Clinic clinic)
    {
        foreach (var staff in options.Value.Staff) yield return ToStaff(call, lead, staff, clinic, "Moved call", staffToken: null, was);
        if (lead.MailTo is null) yield break;
        var subject = words["New time: {0}", words.Title(clinic)];
        yield return ToProspect(call, lead, clinic, "consultation-moved", subject, token, words["Your call has a new time."]);
        foreach (var reminder in Reminders(call, lead, token, clinic, call.ChangedAt)) yield return reminder;
    }

    /// <param name="token">The secret of the link that can undo it for a few minutes and offers other times after that; null if staff canceled it.</param>
    public IEnumerable<MailDraft> Cancelled(Consultation call, Lead lead, string? token, Clinic clinic)
    {
        foreach (var staff in options.Value.Staff) yield return ToStaff(call, lead, staff, clinic, "Canceled call", staffToken: null);
        if (lead.MailTo is null) yield break;
        yield return ToProspect(call, lead, clinic, "consultation-cancelled", words["Canceled: {0}", words.Title(clinic)], token,
            words["Your call is canceled. There’s nothing else to do. Book again whenever you like."]);
    }

    /// <summary>A cancellation was undone: staff can count on the call again, and the calendar entry and reminders are restored.</summary>
    public IEnumerable<MailDraft> Restored(Consultation call, Lead lead, string token, Clinic clinic)
    {
        foreach (var staff in options.Value.Staff) yield return ToStaff(call, lead, staff, clinic, "Not canceled after all", staffToken: null);
        if (lead.MailTo is null) yield break;
        yield return ToProspect(call, lead, clinic, "consultation-restored", words["Booked again: {0}", words.Title(clinic)], token,
            words["Your call is booked again, at the same time as before."]);
        foreach (var reminder in Reminders(call, lead, token, clinic, call.ChangedAt)) yield return reminder;
    }

    public IEnumerable<MailDraft> Missed(Consultation call, Lead lead, Clinic clinic)
    {
        if (lead.MailTo is not { } email) yield break;
        var body = Greeting(words["We called at the time below and couldn’t reach you. That happens, and it’s all right."]);
        body.Facts((words["When"], words.Whole(call.Time(clinic.TimeZone))));
        body.Button(words["Choose another time"], new Uri(clinic.Url, "/consultation"));
        yield return Closed(body, lead, clinic) with
        {
            Kind = "consultation-missed",
            To = email,
            Subject = words["We missed you: {0}", words.Title(clinic)],
            LeadId = lead.Id,
        };
    }

    /// <summary>A call's calendar entry, for emails and the confirmation page.</summary>
    public string Calendar(Consultation call, Clinic clinic) => CalendarFile.Write(
        call,
        options.Value.From,
        clinic.DiscreetName,
        words.Title(clinic),
        Room(call, clinic)?.AbsoluteUri ?? words.By(call.By),
        words["To reschedule or cancel this call, use the link in your email about it."]);

    /// <summary>The room of a video call; null for a phone call, and if staff send a link for each.</summary>
    private static Uri? Room(Consultation call, Clinic clinic) => call.By is CallKind.Video ? clinic.Consultation?.VideoRoom : null;

    private IEnumerable<MailDraft> Reminders(Consultation call, Lead lead, string token, Clinic clinic, DateTimeOffset since)
    {
        (string Name, TimeSpan Before)[] reminders = [("day", TimeSpan.FromDays(1)), ("hour", TimeSpan.FromHours(1))];
        foreach (var (name, before) in reminders)
        {
            // Skip a reminder that would come right after the confirmation.
            var due = call.StartsAt - before;
            if (due < since + TimeSpan.FromHours(1)) continue;
            var opening = name == "day" ? words["Your call is tomorrow."] : words["Your call is in an hour."];
            var subject = words["Reminder: {0}", words.Title(clinic)];
            yield return ToProspect(call, lead, clinic, $"{ReminderKind}-{name}", subject, token, opening, calendar: false) with
            {
                NotBefore = due,
                // Until the call is confirmed, no one has verified the address, so the reminder counts as expired. Confirming extends it.
                NotAfter = call.HeldUntil is null ? call.StartsAt : call.CreatedAt,
            };
        }
    }

    private MailDraft ToProspect(Consultation call, Lead lead, Clinic clinic, string kind, string subject, string? token, string opening, bool calendar = true)
    {
        var body = Greeting(opening);
        if (kind == "consultation-confirmation") body.Paragraph(words.HelpNow(clinic.Crisis));
        body.Facts(
            (words["When"], words.Whole(call.Time(clinic.TimeZone))),
            (words["How"], words.By(call.By)),
            (words["Your reference"], lead.Reference));
        if (call.Status is ConsultationStatus.Cancelled)
        {
            if (token is null)
            {
                body.Button(words["Choose another time"], new Uri(clinic.Url, "/consultation"));
            }
            else
            {
                body.Button(words["Undo, or choose another time"], new Uri(clinic.Url, $"/consultation/manage/{token}"));
                body.Paragraph(
                    words["You can undo this for {0} minutes, as long as no one else has booked the time.", (int)Consultation.UndoWithin.TotalMinutes]);
            }
        }
        else
        {
            if (Room(call, clinic) is { } room) body.Button(words["Join the video call"], room);
            else if (call.By is CallKind.Video) body.Paragraph(words["We’ll send the video link in a separate email before the call."]);
            body.Paragraph(
                words[
                    "The call is free and takes {0} minutes. Nothing is sold or decided during the call. "
                        + "Have the names of your medications handy, including ones you have tried. Someone you trust can listen in.",
                    (int)(call.EndsAt - call.StartsAt).TotalMinutes
                ]);
            var change = call.HeldUntil is null ? words["Reschedule or cancel"] : words["Keep this time, or change it"];
            body.Button(change, new Uri(clinic.Url, $"/consultation/manage/{token}"));
            body.Paragraph(words["The link opens a page that says what will happen. Nothing changes until you press a button there."]);
        }

        return Closed(body, lead, clinic, crisis: kind != "consultation-confirmation") with
        {
            Kind = kind,
            To = lead.MailTo!,
            Subject = subject,
            LeadId = lead.Id,
            Attachments = calendar ? [CalendarAttachment(call, clinic)] : [],
        };
    }

    private MailAttachment CalendarAttachment(Consultation call, Clinic clinic) =>
        new("call.ics", $"text/calendar; charset=utf-8; method={CalendarFile.Method(call)}", Calendar(call, clinic));

    private MailDraft ToStaff(Consultation call, Lead lead, EmailAddress staff, Clinic clinic, string what, string? staffToken, CallTime? was = null)
    {
        var when = When(call, clinic);
        var body = new MailBody();
        if (detail.Value is not LeadDetail.Minimal) LeadMails.Reach(body, lead);
        body.Facts(
        [
            .. was is { } before ? new[] { ("Was", words.Whole(before)), ("Now", when) } : [("When", when)],
            ("How", words.By(call.By)), ("Reference", lead.Reference),
        ]);
        if (Room(call, clinic) is { } room) body.Facts(("Video room", room.AbsoluteUri));
        else if (call.By is CallKind.Video && call.Status is ConsultationStatus.Booked)
            body.Paragraph("To do: send them the video link before the call. Open the call at the desk and press “Send the video link.”");
        if (call.HeldUntil is { } until)
        {
            body.Paragraph(
                lead.Email is null
                    ? $"Not confirmed: please {(lead.ReachBy.HasFlag(ReachBy.Text) ? "call or text" : "call")} to confirm "
                        + $"by {words.OnDay(until, clinic.TimeZone)}, when the time becomes free again. Marking it as answered confirms it."
                    : $"Not confirmed yet: the time becomes free again at {words.OnDay(until, clinic.TimeZone)} "
                        + "unless they press the button in their email, or you mark it as answered.");
        }

        if (detail.Value is LeadDetail.Minimal) body.Paragraph(lead.FirstName);
        else LeadMails.Describe(body, lead);
        if (staffToken is not null) body.Button("Open", LeadMails.StaffLink(clinic, staffToken));
        return new MailDraft
        {
            Kind = "consultation-staff",
            To = staff,
            ReplyTo = detail.Value is LeadDetail.Minimal || lead.Email is null ? null : EmailAddress.Parse(lead.Email),
            Subject =
                $"{LeadMails.Mark(lead)}{what}: {words.Day(call.Time(clinic.TimeZone))}, {CallStrings.Hour(call.Time(clinic.TimeZone))} ({lead.Reference})",
            Urgent = lead.SuggestsRisk || lead.Emergency,
            LeadId = lead.Id,
            Body = body,
        };
    }

    private MailBody Greeting(string opening) => new MailBody().Paragraph(words["Hello,"]).Paragraph(opening);

    private MailDraft Closed(MailBody body, Lead lead, Clinic clinic, bool crisis = true)
    {
        if (crisis) body.Paragraph(words.HelpNow(clinic.Crisis));
        if (words.RatherTalk(clinic) is { } talk) body.Paragraph(talk);
        body.Paragraph(clinic.DiscreetName);
        body.Link(words["Stop our calls, texts, or emails"], stops.Create(clinic, lead.Id));
        return new MailDraft { Kind = "", To = options.Value.From, Subject = "", FromName = clinic.DiscreetName, Body = body, ToProspect = true };
    }
}
