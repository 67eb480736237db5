using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Staff;

/// <summary>A lead as the desk describes it: when it is due, what it is, and how the person may be contacted.</summary>
/// <param name="rank">Its rank in the queue; null outside the queue.</param>
public sealed class LeadView(Lead lead, Consultation? call, QueueRank? rank, DeskPage page)
{
    private readonly OpenHours _hours = new(page.Clinic);

    public Lead Lead { get; } = lead;

    public Consultation? Call { get; } = call;

    public QueueRank? Rank { get; } = rank;

    /// <summary>Whether staff took that time off after the call was booked.</summary>
    public bool IsInTimeOff { get; init; }

    /// <summary>Whether it is an upcoming video call that still needs a link from staff.</summary>
    public bool WantsLink => Call is { By: CallKind.Video, LinkSentAt: null, Status: ConsultationStatus.Booked } call
        && page.Clinic.Consultation?.VideoRoom is null && page.Now < call.EndsAt && Lead.MailTo is not null;

    public string Href => $"/staff/leads/{Lead.Reference}";
    public bool IsMine => Lead.OwnerId == page.Me.Id;
    public bool IsLate => Lead.IsLate(page.Now);

    /// <summary>Whether the call is over but has no outcome yet.</summary>
    public bool CallIsOver => Call is { } call && Lead.Status is LeadStatus.New && page.Now >= call.EndsAt;

    public PhoneNumber? Phone => Lead.Number;

    /// <summary>The badge of a lead at risk that no one has taken over: "Emergency: call now" or "Risk: read first"; null for all others.</summary>
    public string? RiskBadge => !Lead.RiskIsOpen ? null : Lead.Emergency ? $"Emergency: {(Lead.MayCall ? "call" : "answer")} now" : "Risk: read first";

    /// <summary>"Message, 9:20 am", "Call today at 1:00 pm, by video", "Asks for a call: "weekday mornings"".</summary>
    public string What
    {
        get
        {
            if (Lead.ChangeToNoteAt is { } changed && Rank is QueueRank.Change)
                return Call is { } moved ? $"Moved their call, {page.When(changed)}. Now {page.When(moved.StartsAt)}"
                    : $"Canceled their call, {page.When(changed)}";
            if (Call is { } call)
                return $"Call {DeskTimes.Soon(page.Local(call.StartsAt), page.Local(page.Now).Date)}, by {(call.By is CallKind.Video ? "video" : "phone")}";
            var times = Lead.Times is { } wish ? $": “{Excerpt(wish, 60)}”" : "";
            return $"{(Lead.Kind is LeadKind.Consultation ? "Asks for a call" : "Message")}{times}, {page.When(Lead.CreatedAt)}";
        }
    }

    /// <summary>The beginning of their message; null if they wrote none.</summary>
    public string? Excerpt() => Lead.Message is { } message ? Excerpt(message.ReplaceLineEndings(" "), 140) : null;

    /// <summary>"by 5:00 pm today", "was Mon 5:00 pm", "at 1:00 pm today", "to note".</summary>
    public string Due
    {
        get
        {
            var today = page.Local(page.Now).Date;
            return Rank switch
            {
                QueueRank.Change => "to note",
                QueueRank.Held => "held",
                QueueRank.Done => "done",
                QueueRank.Waiting => DeskTimes.Soon(page.Local(Lead.NextAt!.Value), today),
                _ when Call is { } call => call.EndsAt <= page.Now ? $"was {page.When(call.StartsAt)}"
                    : $"at {DeskTimes.Soon(page.Local(call.StartsAt), today)}",
                _ when Lead.TriedAt is null && Lead.AnswerBy < page.Now => $"was {page.When(Lead.AnswerBy)}",
                _ when Lead.TriedAt is null => $"by {DeskTimes.Soon(page.Local(Lead.AnswerBy), today)}",
                _ when Lead.NextAt is { } next => $"since {page.When(next)}",
                _ => "now",
            };
        }
    }

    /// <summary>"4 h 20 min left", "3 h 40 min late". Counted in open hours, because no one answers at night.</summary>
    public string DueNote
    {
        get
        {
            if (Rank is QueueRank.Change) return "no answer needed";
            if (Rank is QueueRank.Held) return Lead.Suspicion ?? "likely spam";
            if (Rank is QueueRank.Done) return IsLate ? "late" : "within the promise";
            if (Call is { } call)
                return page.Now >= call.EndsAt ? $"ended {Since(call.EndsAt)} ago" : page.Now >= call.StartsAt ? "now"
                    : $"in {DeskTimes.Length(Instant.FromDateTimeOffset(call.StartsAt) - Instant.FromDateTimeOffset(page.Now))}";
            if (Lead.TriedAt is not null || Lead.Status is not LeadStatus.New) return Lead.Next is NextStep.FollowUp ? "follow up" : "try again";
            return Lead.AnswerBy < page.Now ? $"{DeskTimes.Length(_hours.Between(Lead.AnswerBy, page.Now))} late"
                : $"{DeskTimes.Length(_hours.Between(page.Now, Lead.AnswerBy))} left";
        }
    }

    /// <summary>"Promised: an answer by 5:00 pm today. 4 h 20 min left".</summary>
    public string Promise => Call is not null ? $"Promised: a call {Due}, {DueNote}"
        : Lead.TriedAt is null && Lead.Status is LeadStatus.New
            ? Lead.AnswerBy < page.Now ? $"Promised by {page.When(Lead.AnswerBy)}. {DueNote}" : $"Promised: an answer {Due}. {DueNote}"
        : $"Promised by {page.When(Lead.AnswerBy)}. {(IsLate ? "Late" : Lead.AnsweredAt is null ? "Tried in time" : "Answered in time")}";

    /// <summary>"Call or text (303) 555-0131", "Email only: ines@example.org".</summary>
    public string Ways
    {
        get
        {
            var byPhone = string.Join(" or ", new[] { Lead.MayCall ? "Call" : null, Lead.MayText ? Lead.MayCall ? "text" : "Text" : null }.OfType<string>());
            var phone = byPhone.Length > 0 ? $"{byPhone} {Phone!.National}" : null;
            var email = Lead.MayEmail ? phone is null ? $"Email only: {Lead.Email}" : "email" : null;
            var ways = string.Join(", ", new[] { phone, email }.OfType<string>());
            return ways.Length > 0 ? ways : Lead.NumberWrong ? "The number is wrong, and they gave no other way" : "No way to reach them";
        }
    }

    /// <summary>What staff must not do: leave a voicemail, name the clinic. Empty if both are allowed.</summary>
    public IEnumerable<string> Rules(bool whole)
    {
        if (Lead.Phone is not null && !Lead.VoicemailAllowed) yield return "NO voicemail";
        if (!Lead.MayNameClinic) yield return whole ? "Do NOT say the clinic’s name to anyone else" : "Do NOT name the clinic";
    }

    /// <summary>The same rules for a button's label; null if both are allowed.</summary>
    public string? RuleInLabel(bool call)
    {
        var voicemail = call && !Lead.VoicemailAllowed ? "NO voicemail." : null;
        var name = Lead.MayNameClinic ? null : "Do NOT name the clinic.";
        return voicemail is null && name is null ? null : string.Join(' ', new[] { voicemail, name }.OfType<string>());
    }

    /// <summary>What they did not agree to: "No texts, no email: they agreed to calls only."; null if they agreed to everything.</summary>
    public string? NotAgreed
    {
        get
        {
            var no = new List<string>();
            if (!Lead.MayCall) no.Add(Lead.Phone is null ? "no calls (no number)" : Lead.NumberWrong ? "no calls (wrong number)" : "no calls");
            if (!Lead.MayText && Lead.Phone is not null) no.Add("no texts");
            if (!Lead.MayEmail) no.Add(Lead.Email is null ? "no email (no address)" : "no email");
            if (Lead.Stopped is not ContactChannels.None) no.Add($"they asked us to stop {ContactStops.Words(Lead.Stopped)}");
            if (no.Count == 0) return null;
            var sentence = string.Join(", ", no);
            return char.ToUpperInvariant(sentence[0]) + sentence[1..] + ".";
        }
    }

    private string Since(DateTimeOffset instant) => DeskTimes.Length(Instant.FromDateTimeOffset(page.Now) - Instant.FromDateTimeOffset(instant));

    private static string Excerpt(string text, int length)
    {
        if (text.Length <= length) return text;
        var cut = text.LastIndexOf(' ', length) is var space and > 40 ? space : length;
        if (char.IsHighSurrogate(text[cut - 1])) cut--;
        return text[..cut].TrimEnd() + "…";
    }
}
