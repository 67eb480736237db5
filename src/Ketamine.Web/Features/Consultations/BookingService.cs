using System.Collections.Immutable;
using System.Globalization;
using Ketamine.Content;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Features.Consultations;

/// <summary>
/// Books, confirms, moves and cancels calls. Whether a seat is free is decided by the database, never by a look before the insert; of two changes to one
/// call at the same moment, the second sees what the first one left. Nothing here depends on what other people have booked with the same address or
/// number, so nobody can find out by booking whether someone is a patient.
/// </summary>
public sealed partial class BookingService(
    ClinicDb db, ContentStore content, LeadIntake intake, ConsultationMails mails, Outbox outbox, AuditLog audit, TimeProvider clock)
{
    /// <summary>Confirmed calls that one email address can hold at a time. Its owner learns of it, who alone can confirm.</summary>
    public const int CallsAPerson = 2;

    /// <summary>Unconfirmed calls that one network can hold at a time; a further request is taken, and staff agree on the time.</summary>
    public const int HeldFromNetwork = 3;

    /// <summary>Unconfirmed calls at a time from which on staff are warned, once a day.</summary>
    public const int ManyHeld = 6;

    private const int Tries = 5;

    private Clinic Clinic => content.Current.Clinic;

    /// <summary>The times that are free now; empty where the clinic offers none.</summary>
    /// <param name="ignoreNotice">Staff may book at once what the site offers a day ahead.</param>
    public async Task<ImmutableArray<CallTime>> FreeAsync(CancellationToken cancellation, bool ignoreNotice = false)
    {
        if (Clinic.Consultation is not { Weekly.Length: > 0 } rules) return [];
        if (ignoreNotice) rules = rules with { MinimumNoticeHours = 0 };
        var now = clock.GetUtcNow();
        var off = await db.Set<TimeOff>().AsNoTracking().Where(off => off.EndsAt > now).Select(off => new TakenTime(off.StartsAt, off.EndsAt))
            .ToListAsync(cancellation);
        return [.. new Timetable(rules, Clinic.TimeZone, Clinic.Calendar).Free(now, await TakenAsync(now, cancellation))
            .Where(time => !off.Any(taken => taken.StartsAt < time.EndsAt && taken.EndsAt > time.StartsAt))];
    }

    /// <summary>The first open time on each of the next three days that have one.</summary>
    public async Task<ImmutableArray<CallTime>> NextDaysAsync(CancellationToken cancellation) =>
        [.. (await FreeAsync(cancellation)).DistinctBy(free => free.Start.Date).Take(3)];

    /// <summary>
    /// Keeps a request for a call at <paramref name="time"/>, which is held until the contact is proven. Null when somebody else was faster: nothing was
    /// kept. A lead without a call means that staff will agree on the time (held back as spam, or its network holds <see cref="HeldFromNetwork"/> calls).
    /// </summary>
    public async Task<Lead?> BookAsync(LeadRequest request, CallTime time, CallKind by, CancellationToken cancellation)
    {
        request = intake.HideNetwork(request);
        var rules = Clinic.Consultation!;
        await LapseDueAsync(cancellation);
        var now = clock.GetUtcNow();
        var held = await HeldAsync(now, cancellation);
        var mayHold = request.Network is null || held.Count(network => network == request.Network) < HeldFromNetwork;
        var warn = held.Count + 1 >= ManyHeld && !await WarnedAsync(now, cancellation);
        // Without an email address the clinic itself gets in touch, by the time that it promises to everybody.
        var heldUntil = request.Contact.Email is null ? AnswerPromise.For(Clinic, now) : now.AddHours(rules.HoldHours);
        var (token, hash) = SecretLink.Create();
        for (var attempt = 0; attempt <= rules.Seats; attempt++)
        {
            // A cheap look spares the loser of a race a write; the database decides between those who saw the seat free.
            if (await FreeSeatAsync(time, rules, but: null, cancellation) is not { } seat)
                return await intake.FindTwinAsync(request, cancellation);
            try
            {
                return await intake.ReceiveAsync(request, (lead, staffToken) =>
                {
                    if (!mayHold) return null;
                    var call = new Consultation(lead, time, seat, by, hash, heldUntil, now);
                    lead.CallHeld(call.StartsAt);
                    db.Add(call);
                    var drafts = mails.Booked(call, lead, token, staffToken, Clinic);
                    return warn ? drafts.Concat(mails.ManyUnconfirmed(held.Count + 1)) : drafts;
                }, cancellation);
            }
            catch (DbUpdateException refusal) when (ClinicDatabase.IsTaken(refusal))
            {
                db.ChangeTracker.Clear(); // the seat went to somebody else between look and insert: look again
            }
        }

        return null;
    }

    /// <summary>Keeps a request for a call without a time: a clinic without weekly hours, or none of the times suited.</summary>
    public Task<Lead> AskAsync(LeadRequest request, CancellationToken cancellation) => intake.ReceiveAsync(request, prepare: null, cancellation);

    /// <inheritdoc cref="LeadIntake.FindTwinAsync"/>
    public Task<Lead?> FindTwinAsync(LeadRequest request, CancellationToken cancellation) => intake.FindTwinAsync(request, cancellation);

    /// <summary>The call and its lead that the prospect's link opens; null for a wrong link.</summary>
    public async Task<(Consultation Call, Lead Lead)?> OpenAsync(string token, CancellationToken cancellation)
    {
        var hash = SecretLink.Hash(token);
        return await PairAsync(db.Set<Consultation>().Where(call => call.TokenHash == hash), cancellation);
    }

    /// <summary>The call of a lead; null for one without.</summary>
    public Task<Consultation?> FindAsync(Lead lead, CancellationToken cancellation) =>
        db.Set<Consultation>().FirstOrDefaultAsync(call => call.LeadId == lead.Id, cancellation);

    /// <summary>
    /// The contact is proven: by the link in the prospect's own email, or because staff reached them. A time that has lapsed meanwhile is taken again where
    /// it is still free.
    /// </summary>
    /// <param name="token">The secret of the prospect's link, for new reminders; null when staff confirm.</param>
    public async Task<ConfirmOutcome> ConfirmAsync(Consultation call, Lead lead, string? token, CancellationToken cancellation)
    {
        if (call is { Status: ConsultationStatus.Booked, HeldUntil: null }) return ConfirmOutcome.Confirmed;
        if (token is not null && await ConfirmedByAsync(lead, cancellation) >= CallsAPerson) return ConfirmOutcome.TooMany;
        var confirmed = await ChangeAsync(call, lead, by: null, async (call, lead) =>
        {
            var now = clock.GetUtcNow();
            if (call.TryConfirm(now))
            {
                await Outbox.ExtendAsync(db, lead.Id, ConsultationMails.ReminderKind, call.StartsAt, cancellation);
                return new CallChange(mails.Confirmed(call, lead, Clinic));
            }

            if (call is { Status: ConsultationStatus.Booked, HeldUntil: null }) return CallChange.None;
            return await TakeAgainAsync(call, now, cancellation) ? new CallChange(TakenAgain(call, lead, token)) : null;
        }, cancellation);
        return confirmed ? ConfirmOutcome.Confirmed : ConfirmOutcome.Gone;
    }

    /// <summary>
    /// The prospect moves the call, in one transaction with its mails; staff see the change until they note it. A move to the time that it has already is
    /// none. False when somebody else took the time, or the call can't be changed any more.
    /// </summary>
    public async Task<bool> MoveAsync(Consultation call, Lead lead, CallTime to, string token, CancellationToken cancellation)
    {
        await LapseDueAsync(cancellation);
        return await ChangeAsync(call, lead, by: null, async (call, lead) =>
        {
            if (call.StartsAt == to.StartsAt && call.CanChange(clock.GetUtcNow())) return CallChange.None;
            if (await TryMoveAsync(call, lead, to, cancellation) is not { } was) return null;
            lead.ChangedByVisitor(clock.GetUtcNow());
            return Moved(call, was, lead, token);
        }, cancellation);
    }

    /// <summary>
    /// The prospect cancels the call, in one transaction with its mails; staff see it until they note it. Once or twice is the same. False when it is over.
    /// </summary>
    /// <param name="token">The secret of the prospect's link, which can also undo it.</param>
    public Task<bool> CancelAsync(Consultation call, Lead lead, string token, CancellationToken cancellation) => ChangeAsync(call, lead, by: null,
        async (call, lead) =>
        {
            if (call.Status is ConsultationStatus.Cancelled) return CallChange.None;
            var before = lead.State;
            if (!call.TryCancel(clock.GetUtcNow())) return null;
            await SettleAsync(lead, cancellation);
            lead.ChangedByVisitor(clock.GetUtcNow());
            return Canceled(call, lead, token) with { Before = before };
        }, cancellation);

    /// <summary>
    /// Undoes a cancellation in one transaction with its mails, within <see cref="Consultation.UndoWithin"/> and while the time is free. The request is
    /// again as it was before, unless staff have changed it since: then they are notified.
    /// </summary>
    public async Task<ConfirmOutcome> UndoCancelAsync(Consultation call, Lead lead, string token, CancellationToken cancellation)
    {
        await LapseDueAsync(cancellation);
        if (call.Status is ConsultationStatus.Cancelled && await ConfirmedByAsync(lead, cancellation) >= CallsAPerson) return ConfirmOutcome.TooMany;
        var undone = await ChangeAsync(call, lead, by: null, async (call, lead) =>
        {
            if (call is { Status: ConsultationStatus.Booked, HeldUntil: null }) return CallChange.None;
            var (now, time) = (clock.GetUtcNow(), call.Time(Clinic.TimeZone));
            if (Clinic.Consultation is not { } rules || await OwnCancellationAsync(call, cancellation) is not { } canceled) return null;
            if (await FreeSeatAsync(time, rules, but: call.Id, cancellation) is not { } seat || !call.TryUndoCancel(seat, now)) return null;
            if (canceled.CanUndo(lead, now)) lead.Restore(canceled.Undo(now));
            else lead.ChangedByVisitor(now);
            lead.CallHeld(call.StartsAt);
            return new CallChange(mails.Restored(call, lead, token, Clinic), LeadEventKind.Undone, "lead-call-restored", Words(time));
        }, cancellation);
        return undone ? ConfirmOutcome.Confirmed : ConfirmOutcome.Gone;
    }

    /// <summary>Whether a canceled call can still be undone: soon enough, and nobody has booked its time.</summary>
    public async Task<bool> CanUndoCancelAsync(Consultation call, CancellationToken cancellation) =>
        Clinic.Consultation is { } rules && call.CanUndoCancel(clock.GetUtcNow()) && await OwnCancellationAsync(call, cancellation) is not null
        && await FreeSeatAsync(call.Time(Clinic.TimeZone), rules, but: call.Id, cancellation) is not null;

    // Null where staff canceled it: that is theirs to take back.
    private async Task<LeadEvent?> OwnCancellationAsync(Consultation call, CancellationToken cancellation) =>
        await db.Set<LeadEvent>().Where(happened => happened.LeadId == call.LeadId && happened.Kind == LeadEventKind.CallCanceled)
            .OrderByDescending(happened => happened.At).FirstOrDefaultAsync(cancellation) is { StaffId: null } own ? own : null;

    /// <summary>Staff called and reached nobody: the prospect learns how to choose another time. False before the call began.</summary>
    /// <param name="by">Who says so; null for a command on the server and for the link in a staff mail.</param>
    public Task<bool> MissAsync(Consultation call, Lead lead, CancellationToken cancellation, StaffStamp? by = null) => ChangeAsync(call, lead, by,
        async (call, lead) =>
        {
            if (!call.TryMarkNoShow(clock.GetUtcNow())) return null;
            await SettleAsync(lead, cancellation);
            return new CallChange(mails.Missed(call, lead, Clinic), by is null ? null : LeadEventKind.CallMissed, "lead-call-missed");
        }, cancellation);

    /// <summary>Gives up the times that nobody confirmed in time. Their requests wait for staff, who get one mail about all of them. How many.</summary>
    public Task<int> LapseDueAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        return GiveUpAsync(
            db.Set<Consultation>().Where(call => call.Seat != null && call.HeldUntil != null && call.HeldUntil <= now),
            call => call.TryLapse(now),
            madeUp: false,
            cancellation
        );
    }

    /// <summary>
    /// Staff judged unconfirmed calls made up: gives up all of them, or those from the network of one lead, and holds their requests back as spam. A
    /// request that may be about danger stays in the queue. How many.
    /// </summary>
    /// <param name="like">A lead whose network names them; null for every unconfirmed call.</param>
    public Task<int> FreeUnconfirmedAsync(Lead? like, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var held = db.Set<Consultation>().Where(call => call.Seat != null && call.HeldUntil != null);
        if (like is not null)
            held = held.Where(call =>
                db.Set<Lead>().Any(lead => lead.Id == call.LeadId && (lead.Id == like.Id || (like.Network != null && lead.Network == like.Network)))
            );
        return GiveUpAsync(held, call => call.TryFree(now), madeUp: true, cancellation);
    }

    private async Task<int> GiveUpAsync(IQueryable<Consultation> which, Func<Consultation, bool> giveUp, bool madeUp, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < Tries && await which.AnyAsync(cancellation); attempt++)
        {
            try
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
                var pairs = await which
                    .Join(db.Set<Lead>(), call => call.LeadId, lead => lead.Id, (call, lead) => new { call, lead })
                    .ToListAsync(cancellation);
                var freed = new List<(Consultation, Lead)>();
                foreach (var pair in pairs.Where(pair => giveUp(pair.call)))
                {
                    freed.Add((pair.call, pair.lead));
                    pair.lead.CallFreed(mails.When(pair.call, Clinic), AnswerPromise.For(Clinic, clock.GetUtcNow()));
                    if (madeUp) pair.lead.TryQuarantine("a made-up booking");
                    await Outbox.WithdrawAsync(db, pair.lead.Id, ConsultationMails.ReminderKind, cancellation);
                }

                foreach (var draft in mails.Lapsed(freed, toStaff: !madeUp, Clinic)) outbox.Add(draft);
                await db.SaveChangesAsync(cancellation);
                await transaction.CommitAsync(cancellation);
                return freed.Count;
            }
            catch (DbUpdateConcurrencyException)
            {
                db.ChangeTracker.Clear(); // one of them was confirmed or canceled at this moment: look again
            }
        }

        return 0;
    }

    private async Task SettleAsync(Lead lead, CancellationToken cancellation)
    {
        lead.TryAnswer(clock.GetUtcNow()); // nothing is waited for any more
        await Outbox.WithdrawAsync(db, lead.Id, ConsultationMails.ReminderKind, cancellation);
        await Outbox.WithdrawAsync(db, lead.Id, LeadMails.OverdueKind, cancellation);
    }

    private async Task<bool> TakeAgainAsync(Consultation call, DateTimeOffset now, CancellationToken cancellation)
    {
        if (Clinic.Consultation is not { } rules) return false;
        var time = call.Time(Clinic.TimeZone);
        return await FreeSeatAsync(time, rules, but: call.Id, cancellation) is { } seat && call.TryTakeAgain(time, seat, now);
    }

    private IEnumerable<MailDraft> TakenAgain(Consultation call, Lead lead, string? token)
    {
        lead.CallHeld(call.StartsAt);
        return mails.Confirmed(call, lead, Clinic).Concat(token is null ? [] : mails.TakenAgain(call, lead, token, Clinic));
    }

    // The time that the call had; null when the new one is taken, or the call can't be changed any more.
    private async Task<CallTime?> TryMoveAsync(Consultation call, Lead lead, CallTime to, CancellationToken cancellation)
    {
        var was = call.Time(Clinic.TimeZone);
        if (Clinic.Consultation is not { } rules || await FreeSeatAsync(to, rules, but: call.Id, cancellation) is not { } seat) return null;
        if (!call.TryMove(to, seat, clock.GetUtcNow())) return null;
        lead.CallHeld(call.StartsAt);
        await Outbox.WithdrawAsync(db, lead.Id, ConsultationMails.ReminderKind, cancellation);
        return was;
    }

    private CallChange Moved(Consultation call, CallTime was, Lead lead, string token) => new(
        mails.Moved(call, was, lead, token, Clinic), LeadEventKind.CallMoved, "lead-call-moved", $"{Words(was)}, now {Words(call.Time(Clinic.TimeZone))}");

    private CallChange Canceled(Consultation call, Lead lead, string? token = null) => new(
        mails.Cancelled(call, lead, token, Clinic), LeadEventKind.CallCanceled, "lead-call-canceled", Words(call.Time(Clinic.TimeZone)));

    // As timelines write it, which are read weeks later: with its day, in US English.
    private static string Words(CallTime time) =>
        $"{time.Start.Date.ToString("ddd, MMM d", CultureInfo.GetCultureInfo("en-US"))}, {CallStrings.Hour(time)}";

    // In the caller's transaction.
    private async Task SaveAsync(CallChange caused, Lead lead, StaffStamp? by, CancellationToken cancellation)
    {
        foreach (var draft in caused.Mails) outbox.Add(draft);
        if (caused.Event is { } kind)
        {
            var happened = new LeadEvent(lead, kind, by, caused.Detail, caused.Note, clock.GetUtcNow());
            db.Add(caused.Before is { } before ? happened.Undoable(before, lead) : happened);
        }

        await db.SaveChangesAsync(cancellation);
        if (caused.Event is not null) await audit.WriteAsync(by?.Name ?? AuditLog.Visitor, caused.What!, lead.Reference, caused.Detail, cancellation);
    }

    // One transaction: the call, its lead, the mails, the timeline's line, and the audit's. Whoever loses a race (for the call itself, or for a seat)
    // looks at what the winner left, and decides again.
    private async Task<bool> ChangeAsync(
        Consultation call, Lead lead, StaffStamp? by, Func<Consultation, Lead, Task<CallChange?>> change, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
                if (await change(call, lead) is not { } caused) return false;
                await SaveAsync(caused, lead, by, cancellation);
                await transaction.CommitAsync(cancellation);
                return true;
            }
            catch (DbUpdateException refusal) when (attempt < Tries && (refusal is DbUpdateConcurrencyException || ClinicDatabase.IsTaken(refusal)))
            {
                db.ChangeTracker.Clear();
                if (await PairAsync(db.Set<Consultation>().Where(again => again.Id == call.Id), cancellation) is not var (again, its)) return false;
                (call, lead) = (again, its);
            }
        }
    }

    private async Task<(Consultation Call, Lead Lead)?> PairAsync(IQueryable<Consultation> calls, CancellationToken cancellation)
    {
        var found = await calls
            .Join(db.Set<Lead>(), call => call.LeadId, lead => lead.Id, (call, lead) => new { call, lead })
            .FirstOrDefaultAsync(cancellation);
        return found is null ? null : (found.call, found.lead);
    }

    private async Task<int?> FreeSeatAsync(CallTime time, ConsultationRules rules, Guid? but, CancellationToken cancellation)
    {
        var (starts, ends) = (time.StartsAt, time.EndsAt);
        if (await db.Set<TimeOff>().AnyAsync(off => off.StartsAt < ends && off.EndsAt > starts, cancellation)) return null;
        var (from, to) = (time.StartsAt.AddMinutes(-rules.BufferMinutes), time.EndsAt.AddMinutes(rules.BufferMinutes));
        var taken = await db.Set<Consultation>().AsNoTracking()
            .Where(call => call.Seat != null && call.Id != but && call.StartsAt < to && call.EndsAt > from)
            .Select(call => call.Seat!.Value).ToListAsync(cancellation);
        return taken.Count >= rules.Seats ? null : Enumerable.Range(0, rules.Seats).First(seat => !taken.Contains(seat));
    }

    // What has lapsed and still has its seat is free: whoever takes it frees it first.
    private async Task<IReadOnlyCollection<TakenTime>> TakenAsync(DateTimeOffset now, CancellationToken cancellation) =>
        await db.Set<Consultation>().AsNoTracking()
            .Where(call => call.Seat != null && call.EndsAt > now && (call.HeldUntil == null || call.HeldUntil > now))
            .Select(call => new TakenTime(call.StartsAt, call.EndsAt)).ToListAsync(cancellation);

    // The networks of all unconfirmed calls, one entry a call.
    private Task<List<string?>> HeldAsync(DateTimeOffset now, CancellationToken cancellation) =>
        db.Set<Consultation>().Where(call => call.Seat != null && call.HeldUntil > now)
            .Join(db.Set<Lead>(), call => call.LeadId, lead => lead.Id, (_, lead) => lead.Network).ToListAsync(cancellation);

    private Task<bool> WarnedAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var yesterday = now.AddDays(-1);
        return db.Set<OutboxMessage>().AnyAsync(mail => mail.Kind == ConsultationMails.ManyUnconfirmedKind && mail.CreatedAt > yesterday, cancellation);
    }

    private Task<int> ConfirmedByAsync(Lead person, CancellationToken cancellation)
    {
        var (email, now) = (person.EmailHash, clock.GetUtcNow());
        return db.Set<Consultation>().Where(call => call.Seat != null && call.HeldUntil == null && call.EndsAt > now && call.LeadId != person.Id)
            .Join(db.Set<Lead>(), call => call.LeadId, lead => lead.Id, (_, lead) => lead)
            .CountAsync(lead => email != null && lead.EmailHash == email, cancellation);
    }

    /// <summary>What a change of a call causes in the same transaction.</summary>
    /// <param name="Event">The line of the timeline; null for none, and then the audit has none either.</param>
    /// <param name="What">The audit's word for it.</param>
    /// <param name="Note">What staff typed.</param>
    /// <param name="Before">The lead as it was, for an undo; null for what can't be undone.</param>
    private sealed record CallChange(
        IEnumerable<MailDraft> Mails, LeadEventKind? Event = null, string? What = null, string? Detail = null, string? Note = null, LeadState? Before = null)
    {
        public static CallChange None { get; } = new([]);
    }
}

/// <summary>What became of a confirmation.</summary>
public enum ConfirmOutcome
{
    /// <summary>The time is theirs, now or since before.</summary>
    Confirmed,

    /// <summary>The time had lapsed and is taken or over, or the call was canceled.</summary>
    Gone,

    /// <summary>The same address has confirmed <see cref="BookingService.CallsAPerson"/> other calls.</summary>
    TooMany,
}
