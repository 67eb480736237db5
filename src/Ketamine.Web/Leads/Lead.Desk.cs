using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Leads;

/// <summary>
/// The desk's side of a lead: who has it, when it needs attention next, what was tried. Keeps four facts separate: <see cref="Status"/> is its progress,
/// <see cref="OwnerId"/> who has it, <see cref="NextAt"/> when it comes up again, and <see cref="AnswerBy"/> the promise, which nothing here changes.
/// </summary>
public sealed partial class Lead
{
    /// <summary>The staff member who has it; null for no one.</summary>
    public Guid? OwnerId { get; private set; }

    /// <summary>The first time that staff tried to get back to them, successful or not.</summary>
    public DateTimeOffset? TriedAt { get; private set; }

    /// <summary>The number of unanswered calls.</summary>
    public int Tries { get; private set; }

    /// <summary>When it needs attention again; null means now if it is open, and never if it isn't.</summary>
    public DateTimeOffset? NextAt { get; private set; }

    public NextStep? Next { get; private set; }
    public CloseReason? ClosedFor { get; private set; }

    /// <summary>When someone took charge of the risk that the words suggest; until then, the lead stays at the top.</summary>
    public DateTimeOffset? RiskTakenAt { get; private set; }

    public RiskTaker? RiskTakenBy { get; private set; }

    /// <summary>The number belongs to someone else: don't call or text.</summary>
    public bool NumberWrong { get; private set; }

    /// <summary>When the prospect changed something that staff haven't acknowledged yet.</summary>
    public DateTimeOffset? ChangeToNoteAt { get; private set; }

    /// <summary>The lead of the same person that this one was merged into; null if none. Staff answer that one, and this one keeps its text.</summary>
    public Guid? MergedIntoId { get; private set; }

    /// <summary>The keyed hash of the address that a merge replaced, so the person can still be erased; null if there was none.</summary>
    public byte[]? FormerEmailHash { get; private set; }

    /// <summary>The same for the phone number.</summary>
    public byte[]? FormerPhoneHash { get; private set; }

    /// <summary>When it was closed; null while it is open.</summary>
    public DateTimeOffset? DoneAt { get; private set; }

    /// <summary>Increases with every change by staff, to detect concurrent changes.</summary>
    public int Version { get; private set; }

    /// <summary>Someone may be in danger, and no one has taken charge yet.</summary>
    public bool RiskIsOpen => (SuggestsRisk || Emergency) && RiskTakenAt is null && Status is not (LeadStatus.Closed or LeadStatus.Booked);

    public bool IsHeld => Status is LeadStatus.Quarantined;

    /// <summary>Whether the first attempt came after the deadline, or is still missing after it.</summary>
    public bool IsLate(DateTimeOffset now) => !IsHeld && (TriedAt ?? (Status is LeadStatus.New ? now : AnsweredAt)) > AnswerBy;

    public bool MayCall => ReachBy.HasFlag(ReachBy.Call) && Phone is not null && !NumberWrong && !Stopped.HasFlag(ContactChannels.Call);
    public bool MayText => ReachBy.HasFlag(ReachBy.Text) && Phone is not null && !NumberWrong && !Stopped.HasFlag(ContactChannels.Text);
    public bool MayEmail => ReachBy.HasFlag(ReachBy.Email) && MailTo is not null;
    public bool MayLeaveVoicemail => MayCall && VoicemailAllowed && !Stopped.HasFlag(ContactChannels.Voicemail);

    /// <summary>Whether this outcome can be logged now; the page offers only those, and the server refuses others.</summary>
    public bool CanLog(LeadOutcome outcome) => Status is LeadStatus.New or LeadStatus.Answered && outcome switch
    {
        LeadOutcome.NoAnswer => MayCall,
        LeadOutcome.Voicemail => MayLeaveVoicemail && !RiskIsOpen,
        LeadOutcome.WrongNumber => (MayCall || MayText) && !RiskIsOpen,
        LeadOutcome.Emailed => MayEmail,
        LeadOutcome.Reached => true,
        _ => !RiskIsOpen,
    };

    /// <summary>Logs the outcome of an attempt. False if not allowed; see <see cref="CanLog"/>.</summary>
    public bool TryLog(LeadOutcome outcome, StaffStamp by, OpenHours hours, DateTimeOffset now)
    {
        if (!CanLog(outcome)) return false;
        OwnerId ??= by.Id;
        if (outcome is not (LeadOutcome.NotAFit or LeadOutcome.Closed or LeadOutcome.Missed)) TriedAt ??= now;
        switch (outcome)
        {
            case LeadOutcome.Reached or LeadOutcome.Emailed:
                Answer(LeadStatus.Answered, now);
                break;
            case LeadOutcome.Voicemail:
                AnsweredAt ??= now; // it was allowed, so it counts as an answer
                Wait(hours.Within(hours.OpenDay(now, 2), hours.Local(now).TimeOfDay), NextStep.FollowUp);
                break;
            case LeadOutcome.NoAnswer:
                Tries++;
                Wait(TryAgainAt(hours, now), NextStep.TryAgain);
                break;
            case LeadOutcome.Visit:
                Answer(LeadStatus.Booked, now);
                break;
            case LeadOutcome.WrongNumber:
                NumberWrong = true;
                Wait(now, NextStep.TryAgain);
                break;
            default:
                ClosedFor = outcome is LeadOutcome.NotAFit ? CloseReason.NotAFit : outcome is LeadOutcome.Missed ? CloseReason.CannotBeReached
                    : CloseReason.Other;
                Answer(LeadStatus.Closed, now);
                break;
        }

        ChangeToNoteAt = null;
        Version++;
        return true;
    }

    /// <summary>Records why it was closed. Comes after closing, which is the urgent part.</summary>
    public bool TryGiveReason(CloseReason reason)
    {
        if (Status is not LeadStatus.Closed) return false;
        ClosedFor = reason;
        Version++;
        return true;
    }

    /// <summary>Sets a different time for it to come up again.</summary>
    public bool TryPutOff(DateTimeOffset until, DateTimeOffset now)
    {
        if (Status is not (LeadStatus.New or LeadStatus.Answered) || RiskIsOpen || until <= now) return false;
        // No one has tried yet: the promise applies, and postponing would hide it.
        if (Status is LeadStatus.New && TriedAt is null) return false;
        Wait(until, Status is LeadStatus.New ? NextStep.TryAgain : NextStep.FollowUp);
        Version++;
        return true;
    }

    /// <summary>Someone takes charge of the risk that the words suggest.</summary>
    public bool TryTakeOverRisk(RiskTaker by, DateTimeOffset now)
    {
        if (!RiskIsOpen) return false;
        (RiskTakenAt, RiskTakenBy) = (now, by);
        Version++;
        return true;
    }

    /// <summary>Staff decide that a held lead is spam; it is deleted once its retention ends. A person in danger is never spam.</summary>
    public bool TryDiscard(DateTimeOffset now)
    {
        if (Status is not LeadStatus.Quarantined || RiskIsOpen) return false;
        Answer(LeadStatus.Closed, now);
        AnsweredAt = null;
        ClosedFor = CloseReason.Spam;
        Version++;
        return true;
    }

    /// <summary>The prospect changed a call: staff should see it but needn't do anything.</summary>
    public void ChangedByVisitor(DateTimeOffset now)
    {
        ChangeToNoteAt = now;
        Version++;
    }

    /// <summary>Staff booked a call with the person, which answers the request and reopens the lead until the call is over.</summary>
    public void CallBookedBy(StaffStamp by, DateTimeOffset now)
    {
        OwnerId ??= by.Id;
        TriedAt ??= now;
        AnsweredAt ??= now;
        Words = Words with { Times = null };
        (Status, NextAt, Next, DoneAt, ClosedFor, ChangeToNoteAt) = (LeadStatus.New, null, null, null, null, null);
        Version++;
    }

    public bool TryNote()
    {
        if (ChangeToNoteAt is null) return false;
        ChangeToNoteAt = null;
        Version++;
        return true;
    }

    /// <summary>
    /// Takes in another lead of the same person. Where the two differ, the stricter rule applies; the newer consent decides how to reach them; of two
    /// open promises, the earlier counts; a risk in either is a risk.
    /// </summary>
    internal void Absorb(Lead other)
    {
        var (newer, older) = other.ConsentAt > ConsentAt ? (other, this) : (this, other);
        // Without a phone number, they were never asked about voicemail.
        VoicemailAllowed = new[] { this, other }.Where(lead => lead.Phone is not null).All(lead => lead.VoicemailAllowed);
        MayNameClinic &= other.MayNameClinic;
        Stopped |= other.Stopped;
        var number = newer.Phone is null ? older : newer;
        // The other lead keeps its details; only those replaced here would be lost.
        if (newer.Email is not null && newer.Email != Email) FormerEmailHash ??= EmailHash;
        if (number.Phone != Phone) FormerPhoneHash ??= PhoneHash;
        (ReachBy, NumberWrong) = (newer.ReachBy, newer.Phone == older.Phone ? NumberWrong || other.NumberWrong : number.NumberWrong);
        Words = Words with { Email = newer.Email ?? older.Email, Phone = number.Phone, PhoneExtension = number.PhoneExtension };
        RiskTakenAt = RiskIsOpen || other.RiskIsOpen ? null : RiskTakenAt ?? other.RiskTakenAt;
        RiskTakenBy = RiskTakenAt is null ? null : RiskTakenBy ?? other.RiskTakenBy;
        (SuggestsRisk, Emergency) = (SuggestsRisk || other.SuggestsRisk, Emergency || other.Emergency);
        if (other.Status is LeadStatus.New)
        {
            if (other.TriedAt is null && (Status is not LeadStatus.New || other.AnswerBy < AnswerBy)) AnswerBy = other.AnswerBy;
            if (Status is not LeadStatus.New || NextAt is null || other.NextAt is null) (NextAt, Next) = (null, null);
            else if (other.NextAt < NextAt) (NextAt, Next) = (other.NextAt, other.Next);
            if (Status is not LeadStatus.New) (Status, TriedAt, AnsweredAt) = (LeadStatus.New, other.TriedAt, other.AnsweredAt);
            (DoneAt, ClosedFor) = (null, null);
        }

        Tries += other.Tries;
        OwnerId ??= other.OwnerId;
        ChangeToNoteAt ??= other.ChangeToNoteAt;
        Version++;
    }

    /// <summary>From now on, it is answered together with another lead of the same person.</summary>
    internal void MergeInto(Lead into, DateTimeOffset now)
    {
        (MergedIntoId, Status, ClosedFor, DoneAt) = (into.Id, LeadStatus.Closed, CloseReason.Duplicate, now);
        (NextAt, Next, ChangeToNoteAt) = (null, null, null);
        Version++;
    }

    /// <summary>The state that an undo restores.</summary>
    internal LeadState State => new(Status, OwnerId, AnsweredAt, TriedAt, Tries, NextAt, Next, ClosedFor, RiskTakenAt, RiskTakenBy, NumberWrong, ChangeToNoteAt,
        DoneAt, MergedIntoId, ReachBy, VoicemailAllowed, MayNameClinic, AnswerBy, SuggestsRisk, Emergency, FormerEmailHash, FormerPhoneHash, Stopped);

    /// <summary>The person's contact details, for undoing a merge; sealed with its event.</summary>
    internal LeadWords WordsNow => Words;

    /// <summary>Restores the earlier state.</summary>
    /// <param name="words">The contact details before a merge; null for other changes.</param>
    internal void Restore(LeadState state, LeadWords? words = null)
    {
        if (words is not null) Words = words;
        (MergedIntoId, FormerEmailHash, FormerPhoneHash) = (state.MergedIntoId, state.FormerEmailHash, state.FormerPhoneHash);
        // Events from before merging existed lack these, and nothing else changes them.
        (ReachBy, VoicemailAllowed) = (state.ReachBy ?? ReachBy, state.VoicemailAllowed ?? VoicemailAllowed);
        MayNameClinic = state.MayNameClinic ?? MayNameClinic;
        Stopped = state.Stopped ?? Stopped;
        (AnswerBy, SuggestsRisk, Emergency) = (state.AnswerBy ?? AnswerBy, state.SuggestsRisk ?? SuggestsRisk, state.Emergency ?? Emergency);
        (Status, OwnerId, AnsweredAt, TriedAt, Tries) = (state.Status, state.OwnerId, state.AnsweredAt, state.TriedAt, state.Tries);
        (NextAt, Next, ClosedFor) = (state.NextAt, state.Next, state.ClosedFor);
        (RiskTakenAt, RiskTakenBy, NumberWrong, ChangeToNoteAt, DoneAt) = (state.RiskTakenAt, state.RiskTakenBy, state.NumberWrong, state.ChangeToNoteAt,
            state.DoneAt);
        Version++;
    }

    // Three open hours; then the other half of the next open day; then the half after that.
    private DateTimeOffset TryAgainAt(OpenHours hours, DateTimeOffset now)
    {
        if (Tries == 1) return hours.After(now, Duration.FromHours(3));
        var morning = hours.Local(now).Hour < 12;
        return hours.Within(hours.OpenDay(now, 1), new LocalTime(morning ? 14 : 10, 0));
    }

    private void Answer(LeadStatus status, DateTimeOffset now)
    {
        (Status, AnsweredAt, DoneAt) = (status, AnsweredAt ?? now, now);
        (NextAt, Next) = (null, null);
    }

    private void Wait(DateTimeOffset until, NextStep next)
    {
        (NextAt, Next) = (until, next);
        DoneAt = null;
    }

    private static void MapDesk(EntityTypeBuilder<Lead> lead)
    {
        lead.Property(l => l.Next).HasConversion<string>().HasMaxLength(20);
        lead.Property(l => l.ClosedFor).HasConversion<string>().HasMaxLength(20);
        lead.Property(l => l.RiskTakenBy).HasConversion<string>().HasMaxLength(20);
        lead.Property(l => l.Tries).HasDefaultValue(0).ValueGeneratedNever();
        lead.Property(l => l.NumberWrong).HasDefaultValue(false).ValueGeneratedNever();
        lead.Property(l => l.Version).HasDefaultValue(0).ValueGeneratedNever().IsConcurrencyToken();
        lead.HasIndex(l => l.DoneAt);
        lead.HasIndex(l => l.MergedIntoId);
        lead.HasIndex(l => l.FormerEmailHash);
        lead.HasIndex(l => l.FormerPhoneHash);
    }
}

/// <summary>A staff member, as recorded with leads.</summary>
public sealed record StaffStamp(Guid Id, string Name);

/// <summary>Why an open lead needs attention.</summary>
public enum NextStep
{
    /// <summary>A call wasn't answered.</summary>
    TryAgain,

    /// <summary>They were reached or got a message, and staff are waiting to hear back.</summary>
    FollowUp,
}

/// <summary>The outcome of an attempt.</summary>
public enum LeadOutcome
{
    Reached,

    /// <summary>Left a voicemail, if allowed; it counts as the answer.</summary>
    Voicemail,

    NoAnswer,

    /// <summary>They booked a visit, in the clinic's own system.</summary>
    Visit,

    NotAFit,
    Closed,
    WrongNumber,

    /// <summary>Staff wrote to them from the desk.</summary>
    Emailed,

    /// <summary>They missed the call.</summary>
    Missed,
}

/// <summary>Why a lead is closed.</summary>
public enum CloseReason
{
    Answered,
    NotWanted,
    CannotBeReached,
    Duplicate,
    Other,

    /// <summary>Not a fit, without a recorded reason.</summary>
    NotAFit,

    ClinicianDecided,
    TooFar,
    Cost,
    SomethingElse,
    Spam,
}

/// <summary>Who takes charge of someone who may be in danger.</summary>
public enum RiskTaker
{
    Clinician,

    /// <summary>911 was called.</summary>
    Emergency,

    /// <summary>A clinician read it and found no risk.</summary>
    NoRisk,
}

/// <summary>The facts that an undo restores; none of the prospect's text.</summary>
internal sealed record LeadState(
    LeadStatus Status, Guid? OwnerId, DateTimeOffset? AnsweredAt, DateTimeOffset? TriedAt, int Tries, DateTimeOffset? NextAt, NextStep? Next,
        CloseReason? ClosedFor,
    DateTimeOffset? RiskTakenAt, RiskTaker? RiskTakenBy, bool NumberWrong, DateTimeOffset? ChangeToNoteAt, DateTimeOffset? DoneAt, Guid? MergedIntoId = null,
    ReachBy? ReachBy = null, bool? VoicemailAllowed = null, bool? MayNameClinic = null, DateTimeOffset? AnswerBy = null, bool? SuggestsRisk = null,
    bool? Emergency = null, byte[]? FormerEmailHash = null, byte[]? FormerPhoneHash = null, ContactChannels? Stopped = null);
