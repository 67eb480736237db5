using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Staff;

/// <summary>Describes timeline events in plain sentences.</summary>
public static class EventWords
{
    /// <summary>What happened, to follow the name of the person who did it: "called: no answer".</summary>
    public static string Sentence(LeadEvent happened) => happened.Kind switch
    {
        LeadEventKind.Opened => "opened it",
        LeadEventKind.Claimed => "claimed it",
        LeadEventKind.Released => "released it",
        LeadEventKind.TakenOver => $"took it over {happened.Detail}",
        LeadEventKind.Logged => happened.Outcome is { } outcome ? Outcome(outcome) : "logged something",
        LeadEventKind.Reason => $"gave the reason: {Reason(happened.Detail)}",
        LeadEventKind.PutOff => $"put it off to {happened.Detail}",
        LeadEventKind.Note => "wrote a note",
        LeadEventKind.RiskTaken => happened.Detail switch
        {
            nameof(RiskTaker.Clinician) => "handed the risk to the clinician on duty",
            nameof(RiskTaker.Emergency) => "called 911",
            _ => "had a clinician read it: no risk",
        },
        LeadEventKind.LetThrough => $"let it through: a person{Held(happened)}",
        LeadEventKind.Discarded => $"discarded it as spam{Held(happened)}",
        LeadEventKind.Held => $"held it as likely spam: {happened.Detail}",
        LeadEventKind.Noted => "noted the change",
        LeadEventKind.CallBooked => $"booked a call: {happened.Detail}",
        LeadEventKind.CallMoved => $"moved the call: {happened.Detail}",
        LeadEventKind.CallCanceled => $"canceled the call{(happened.Detail is { } time ? $": {time}" : "")}",
        LeadEventKind.CallMissed => "marked the call as missed",
        LeadEventKind.LinkSent => "sent the video link",
        LeadEventKind.Answered => "marked it as answered",
        LeadEventKind.Wrote => "wrote to them",
        LeadEventKind.AddedByStaff => "added it from a phone call",
        LeadEventKind.Undone when happened.StaffId is null => "undid the cancellation",
        LeadEventKind.Stopped => $"stopped {happened.Detail}",
        LeadEventKind.Merged => $"merged {happened.Detail} into it: the same person",
        LeadEventKind.MergedAway => $"merged it into {happened.Detail}: the same person",
        LeadEventKind.Undone => $"undid: {Detail(happened.Detail)}",
        _ => happened.Kind.ToString(),
    };

    public static string Outcome(LeadOutcome outcome) => outcome switch
    {
        LeadOutcome.Reached => "reached them",
        LeadOutcome.Voicemail => "left a voicemail",
        LeadOutcome.NoAnswer => "called: no answer",
        LeadOutcome.Visit => "booked a visit",
        LeadOutcome.NotAFit => "closed it: not a fit",
        LeadOutcome.Closed => "closed it",
        LeadOutcome.WrongNumber => "called: wrong number",
        LeadOutcome.Emailed => "wrote to them",
        _ => "marked the call as missed",
    };

    /// <summary>The confirmation shown right after logging: "Logged: no answer".</summary>
    public static string Logged(LeadEvent happened) => happened.Kind switch
    {
        LeadEventKind.Discarded => "Discarded as spam",
        LeadEventKind.PutOff => $"Put off to {happened.Detail}",
        LeadEventKind.Merged => $"Merged with {happened.Detail}",
        _ => happened.Outcome switch
        {
            LeadOutcome.Reached => "Logged: reached",
            LeadOutcome.Voicemail => "Logged: left a voicemail",
            LeadOutcome.NoAnswer => "Logged: no answer",
            LeadOutcome.Visit => "Logged: booked a visit",
            LeadOutcome.NotAFit => "Logged: not a fit",
            LeadOutcome.WrongNumber => "Logged: wrong number. Calls and texts are off for this lead",
            LeadOutcome.Missed => "Logged: they missed the call",
            _ => "Logged: closed",
        },
    };

    public static string Reason(CloseReason reason) => reason switch
    {
        CloseReason.Answered => "Answered",
        CloseReason.NotWanted => "Doesn’t want it",
        CloseReason.CannotBeReached => "Can’t be reached",
        CloseReason.Duplicate => "Duplicate",
        CloseReason.ClinicianDecided => "Clinician decided",
        CloseReason.TooFar => "Too far away",
        CloseReason.Cost => "Cost",
        CloseReason.SomethingElse => "Wanted something else",
        CloseReason.NotAFit => "Not a fit",
        CloseReason.Spam => "Spam",
        _ => "Other",
    };

    /// <summary>The choice they made when the form asked whether anyone is in danger.</summary>
    public static string Danger(DangerAnswer answer) => answer switch
    {
        DangerAnswer.Yes => "Yes",
        DangerAnswer.Unsure => "Not sure",
        _ => "No",
    };

    private static string Held(LeadEvent happened) => happened.Detail is { } rule ? $" (held: {rule})" : "";

    private static string Reason(string? detail) => Enum.TryParse<CloseReason>(detail, out var reason) ? Reason(reason).ToLowerInvariant() : detail ?? "";

    private static string Detail(string? detail) => detail is { Length: 9 } && detail[4] == '-' ? $"the merge with {detail}"
        : Enum.TryParse<LeadOutcome>(detail, out var outcome) ? Outcome(outcome) : detail ?? "the last change";
}
