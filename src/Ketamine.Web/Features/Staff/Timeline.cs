using Ketamine.Web.Leads;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Staff;

/// <summary>Everything that happened with a lead, newest first: what people and the site did, and the status of its emails.</summary>
public static class Timeline
{
    public static IEnumerable<Line> Of(DeskLeadModel page)
    {
        var lead = page.Lead;
        var lines = page.Events.Select(happened =>
            new Line(
                happened.At, happened.StaffId == page.Me.Id ? "You" : happened.Who ?? lead.FirstName, EventWords.Sentence(happened), happened.Text,
                ByPeople: happened.Who is not null))
            .Concat(page.Mails.Select(mail => new Line(mail.SentAt ?? mail.CreatedAt, null, Mail(mail, page), null, ByPeople: false)))
            .Concat(page.Merged.Append(lead).Select(one => new Line(one.CreatedAt, null, CameIn(one, page), null, ByPeople: false)));
        return lines.OrderByDescending(line => line.At);
    }

    private static string CameIn(Lead lead, DeskLeadModel page)
    {
        var what = lead.Kind is LeadKind.Consultation ? "Request for a call came in" : "Message came in";
        if (lead.IsHeld) return $"{what}; held: {lead.Suspicion}";
        var emergency = lead.Emergency ? "; marked as an emergency" : "";
        return $"{what}{emergency}{(lead.SuggestsRisk ? "; marked for risk; crisis numbers shown" : "")}; promised by {page.When(lead.AnswerBy)}";
    }

    private static string Mail(OutboxMessage mail, DeskLeadModel page)
    {
        var to = mail.Kind.EndsWith("-staff", StringComparison.Ordinal) || mail.Kind is LeadMails.OverdueKind or LeadMails.QuarantinedKind ? "the front desk"
            : page.Lead.FirstName;
        var about = mail.Kind switch
        {
            LeadMails.OverdueKind => ": promise due within the hour",
            LeadMails.QuarantinedKind => ": something is held",
            _ when mail.Kind.Contains("reminder", StringComparison.Ordinal) => ": reminder",
            _ when mail.Kind.EndsWith("video-link", StringComparison.Ordinal) => ": video link",
            _ when mail.Kind.Contains("confirmation", StringComparison.Ordinal) => ": confirmation",
            _ => "",
        };
        return $"Email to {to}{about}, " + mail.State switch
        {
            OutboxState.Sent => "handed to the mail server",
            OutboxState.Failed => "FAILED: it wasn’t sent",
            OutboxState.Expired => "canceled",
            OutboxState.Waiting when mail.NotBefore > page.Now => $"goes out {page.When(mail.NotBefore)}",
            _ => "on its way",
        };
    }

    /// <param name="Who">"You", a colleague, or the prospective patient; null for the site.</param>
    /// <param name="Note">A staff member's note.</param>
    public sealed record Line(DateTimeOffset At, string? Who, string Text, string? Note, bool ByPeople);
}
