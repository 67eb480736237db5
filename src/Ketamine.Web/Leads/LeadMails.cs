using Ketamine.Web.Mail;

namespace Ketamine.Web.Leads;

/// <summary>
/// A lead's emails, as drafts for the same transaction. Subjects never contain anything that a prospect typed. An email to the address that they typed
/// contains nothing else that they typed, not even a name: until the owner replies, it may be a stranger's, and the clinic's server must not relay
/// anyone's words to it. It doesn't name a condition or treatment.
/// </summary>
public sealed class LeadMails(IStringLocalizer<SiteStrings> words, IOptions<MailOptions> options, EffectiveLeadDetail detail, StopLinks stops)
{
    /// <summary>The kind of email that warns staff of a deadline about to be missed; it waits in the outbox until due, and an answer cancels it.</summary>
    public const string OverdueKind = "lead-overdue";

    /// <summary>The kind of email that tells staff that something is held as likely spam.</summary>
    public const string QuarantinedKind = "lead-quarantined";

    /// <summary>The kind of email that staff write to a prospect at the desk.</summary>
    public const string ReplyKind = "lead-reply";

    /// <summary>The beginning of the subject for a lead at risk: plain and without details.</summary>
    public const string RiskMark = "(!) Read first. ";

    /// <summary>The same for a medical emergency in progress.</summary>
    public const string EmergencyMark = "(!!) Read now. ";

    private static readonly TimeSpan WarnBefore = TimeSpan.FromHours(1);

    /// <summary>All emails for a new lead that isn't quarantined.</summary>
    /// <param name="staffToken">The secret of the link for staff.</param>
    public IEnumerable<MailDraft> For(Lead lead, string staffToken, Clinic clinic)
    {
        foreach (var staff in options.Value.Staff)
        {
            yield return ToStaff(lead, staff, staffToken, clinic);
            yield return Overdue(lead, staff, staffToken, clinic);
        }

        if (lead.MailTo is { } email) yield return Confirmation(lead, email, clinic);
    }

    /// <summary>Something is being held; reveals only its reference.</summary>
    public IEnumerable<MailDraft> Quarantined(Lead lead) => options.Value.Staff.Select(staff => new MailDraft
    {
        Kind = QuarantinedKind,
        To = staff,
        LeadId = lead.Id,
        Subject = $"Held as likely spam: {lead.Reference}",
        Body = new MailBody()
            .Paragraph("A message came in that looks like spam. It is being held, unanswered. There may be more: this email is sent once a day at most.")
            .Paragraph("To see what is held: ops leads list --quarantined")
            .Paragraph($"To release this one: ops leads release {lead.Reference}"),
    });

    private MailDraft ToStaff(Lead lead, EmailAddress staff, string token, Clinic clinic)
    {
        var kind = lead.Kind is LeadKind.Consultation ? "call" : "message";
        var by = words.OnDay(lead.AnswerBy, clinic.TimeZone);
        var body = new MailBody();
        if (detail.Value is LeadDetail.Minimal)
            body.Paragraph($"{lead.FirstName} is waiting for an answer by {by}.");
        else
        {
            Reach(body, lead);
            Describe(body, lead);
        }

        body.Facts(("Answer by", by), ("Reference", lead.Reference));
        body.Button("Open, and mark as answered", StaffLink(clinic, token));
        return new MailDraft
        {
            Kind = "lead-staff",
            To = staff,
            // Reply-To has only the address: a typed name doesn't belong in a header.
            ReplyTo = detail.Value is LeadDetail.Minimal || lead.Email is null ? null : EmailAddress.Parse(lead.Email),
            Subject = $"{Mark(lead)}New {kind}: answer by {by} ({lead.Reference})",
            Urgent = lead.SuggestsRisk || lead.Emergency,
            LeadId = lead.Id,
            Body = body,
        };
    }

    /// <summary>The beginning of the subject of an email to staff; empty for most.</summary>
    public static string Mark(Lead lead) => lead.Emergency ? EmergencyMark : lead.SuggestsRisk ? RiskMark : "";

    /// <summary>Their answer to the question about danger, for staff.</summary>
    public static string Said(DangerAnswer answer) => answer switch
    {
        DangerAnswer.Yes => "YES",
        DangerAnswer.Unsure => "Not sure",
        _ => "No",
    };

    /// <summary>
    /// The top of an email to staff: how to reach them and what staff may say, followed by the link to do it: a call if they agreed to one, otherwise a
    /// text or an email.
    /// </summary>
    public static void Reach(MailBody body, Lead lead)
    {
        body.Paragraph($"{lead.Name}: {string.Join(", ", Ways(lead))}. {SafeContact(lead)}");
        if (lead.ReachBy.HasFlag(ReachBy.Call) && lead.Number is { } phone) body.Link($"Call {lead.FirstName} at {phone.National}", new Uri(phone.Href));
        else if (lead.ReachBy.HasFlag(ReachBy.Text) && lead.Number is { } mobile)
            body.Link($"Text {lead.FirstName} at {mobile.National}", new Uri($"sms:{mobile.E164}"));
        else if (lead.Email is { } email) body.Link($"Email {lead.FirstName} at {email}", new Uri($"mailto:{email}"));
    }

    /// <summary>Everything else that staff need to answer.</summary>
    public static void Describe(MailBody body, Lead lead)
    {
        if (lead.Emergency)
            body.Paragraph("(!!) This may be a medical emergency in progress. "
                + (lead.MayCall ? "Call now; if no one answers, consider a welfare check (911)."
                    : "Answer now, in a way they agreed to; consider a welfare check (911)."));
        else if (lead.SuggestsRisk) body.Paragraph("(!) Please read this one first.");
        var facts = new List<(string, string)> { ("Name", lead.Name) };
        if (lead.Number is { } phone) facts.Add(("Phone", phone.National));
        if (lead.Email is { } email) facts.Add(("Email", email));
        if (lead.Number is not null) facts.Add(("Voicemail", lead.VoicemailAllowed ? "OK to leave one" : "NO voicemail"));
        facts.Add(("Clinic's name", lead.MayNameClinic ? "OK to say" : "Do NOT say it to anyone else"));
        if (lead.Danger is { } danger) facts.Add(("In danger", Said(danger)));
        if (lead.Times is { } times) facts.Add(("Preferred times", times));
        if (lead.About is { } about) facts.Add(("Asks about", about));
        body.Facts([.. facts]);
        if (lead.Message is { } message) body.Quote(message);
        if (lead.Answers is { } answers) body.Quote(answers);
    }

    /// <summary>The ways to reach them, in words.</summary>
    public static IEnumerable<string> Ways(Lead lead)
    {
        var number = lead.Number?.National ?? "";
        if (lead.ReachBy.HasFlag(ReachBy.Call)) yield return $"call {number}";
        if (lead.ReachBy.HasFlag(ReachBy.Text)) yield return $"text {number}";
        if (lead.ReachBy.HasFlag(ReachBy.Email)) yield return $"email {lead.Email}";
    }

    /// <summary>What staff may say, in one line that can't be overlooked.</summary>
    public static string SafeContact(Lead lead) => (lead.VoicemailAllowed, lead.MayNameClinic) switch
    {
        _ when lead.Number is null => lead.MayNameClinic ? "OK to say the clinic's name." : "Do NOT say the clinic's name to anyone else.",
        (true, true) => "OK to leave voicemail and say the clinic's name.",
        (true, false) => "OK to leave voicemail, but do NOT say the clinic's name.",
        (false, true) => "NO voicemail. OK to say the clinic's name.",
        (false, false) => "NO voicemail, and do NOT say the clinic's name to anyone else.",
    };

    private static MailDraft Overdue(Lead lead, EmailAddress staff, string token, Clinic clinic)
    {
        var warnAt = lead.AnswerBy - WarnBefore;
        return new MailDraft
        {
            Kind = OverdueKind,
            To = staff,
            NotBefore = warnAt > lead.CreatedAt ? warnAt : lead.AnswerBy,
            Subject = $"Still waiting: answer due within the hour ({lead.Reference})",
            LeadId = lead.Id,
            Body = new MailBody()
                .Paragraph(
                    $"We promised {lead.FirstName} an answer by "
                        + $"{LeadTimes.Clock(lead.AnswerBy.InZone(clinic.TimeZone).TimeOfDay)} "
                        + "and no one has marked it as answered yet.")
                .Button("Open, and mark as answered", StaffLink(clinic, token)),
        };
    }

    private MailDraft Confirmation(Lead lead, EmailAddress to, Clinic clinic)
    {
        var body = new MailBody()
            .Paragraph(words["Hello,"])
            .Paragraph(words["We got your message."])
            .Paragraph(words.HelpNow(clinic.Crisis))
            .Paragraph(words["A person will answer by {0}.", words.OnDay(lead.AnswerBy, clinic.TimeZone)])
            .Facts((words["Your reference"], lead.Reference));
        if (words.RatherTalk(clinic) is { } talk) body.Paragraph(talk);
        body.Paragraph(clinic.DiscreetName);
        body.Link(words["Stop our calls, texts, or emails"], stops.Create(clinic, lead.Id));
        return new MailDraft
        {
            Kind = "lead-confirmation",
            To = to,
            FromName = clinic.DiscreetName,
            Subject = words["We have your message"],
            LeadId = lead.Id,
            ToProspect = true,
            Body = body,
        };
    }

    /// <summary>What a staff member wrote to a prospect at the desk. Replies go to the front desk's mailbox.</summary>
    public MailDraft Reply(Lead lead, string text, Clinic clinic)
    {
        var body = new MailBody();
        foreach (var paragraph in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)) body.Paragraph(paragraph);
        body.Facts((words["Your reference"], lead.Reference));
        body.Paragraph(words.HelpNow(clinic.Crisis));
        body.Link(words["Stop our calls, texts, or emails"], stops.Create(clinic, lead.Id));
        return new MailDraft
        {
            Kind = ReplyKind,
            To = lead.MailTo!,
            ReplyTo = options.Value.Staff[0],
            FromName = clinic.DiscreetName,
            Subject = words["Your message to us"],
            LeadId = lead.Id,
            ToProspect = true,
            Body = body,
        };
    }

    /// <summary>The address of a lead's link for staff.</summary>
    public static Uri StaffLink(Clinic clinic, string token) => new(clinic.Url, $"/staff/leads/{token}");
}
