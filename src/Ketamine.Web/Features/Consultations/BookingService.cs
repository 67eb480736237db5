using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Consultations;

/// <summary>
/// Books, confirms, moves, and cancels calls. The database decides whether a seat is free, never a check before the insert; of two simultaneous changes to
/// one call, the second sees the result of the first. Nothing here depends on other bookings with the same address or number, so no one can find out by
/// booking whether someone is a patient.
/// </summary>
public sealed partial class BookingService(
    ClinicDb db, ContentStore content, LeadIntake intake, ConsultationMails mails, Outbox outbox, AuditLog audit, TimeProvider clock)
{
    /// <summary>The most confirmed calls for one email address at a time. Only its owner, who alone can confirm, learns of the limit.</summary>
    public const int CallsAPerson = 2;

    /// <summary>The most unconfirmed calls from one network at a time; further requests are accepted, and staff arrange the time.</summary>
    public const int HeldFromNetwork = 3;

    /// <summary>The number of unconfirmed calls that triggers a warning to staff, once a day.</summary>
    public const int ManyHeld = 6;

    private const int Tries = 5;

    private Clinic Clinic => content.Current.Clinic;

    /// <summary>The times that are free now; empty if the clinic offers none.</summary>
    /// <param name="ignoreNotice">Staff can book times within the notice period.</param>
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
    /// Saves a request for a call at <paramref name="time"/>, which is held until the contact is verified. Null if someone else was faster; nothing was
    /// saved. A lead without a call means that staff will arrange the time (likely spam, or its network has <see cref="HeldFromNetwork"/> held calls).
    /// </summary>
    public async Task<Lead?> BookAsync(LeadRequest request, CallTime time, CallKind by, CancellationToken cancellation)
    {
        request = intake.HideNetwork(request);
        var rules = Clinic.Consultation!;
        await LapseDueAsync(cancellation);
        var now = clock.GetUtcNow();
        var held = await HeldAsync(now, cancellation);
        var mayHold = request.Network is null || held.Count(network => network == request.Network) < HeldFromNetwork;
        var warn = held.Count + 1 >= ManyHeld && !await Outbox.HasAddedAsync(db, ConsultationMails.ManyUnconfirmedKind, now.AddDays(-1), cancellation);
        // Without an email address, the clinic gets in touch by the usual deadline.
        var heldUntil = request.Contact.Email is null ? AnswerPromise.For(Clinic, now) : now.AddHours(rules.HoldHours);
        var (token, hash) = SecretLink.Create();
        for (var attempt = 0; attempt <= rules.Seats; attempt++)
        {
            // Most requests that lose the race stop at this check, without a write. The database decides among the rest.
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
                db.ChangeTracker.Clear(); // someone else got the seat between check and insert: check again
            }
        }

        return null;
    }

    /// <summary>Saves a request for a call without a time, because the clinic has no weekly hours or no time suited.</summary>
    public Task<Lead> RequestTimeAsync(LeadRequest request, CancellationToken cancellation) => intake.ReceiveAsync(request, prepare: null, cancellation);

    /// <inheritdoc cref="LeadIntake.FindTwinAsync"/>
    public Task<Lead?> FindTwinAsync(LeadRequest request, CancellationToken cancellation) => intake.FindTwinAsync(request, cancellation);

    /// <summary>The call and lead that the prospect's link opens; null if the link is wrong.</summary>
    public async Task<(Consultation Call, Lead Lead)?> OpenAsync(string token, CancellationToken cancellation)
    {
        var hash = SecretLink.Hash(token);
        return await PairAsync(db.Set<Consultation>().Where(call => call.TokenHash == hash), cancellation);
    }

    /// <summary>A lead's call; null if it has none.</summary>
    public Task<Consultation?> FindAsync(Lead lead, CancellationToken cancellation) =>
        db.Set<Consultation>().FirstOrDefaultAsync(call => call.LeadId == lead.Id, cancellation);

    /// <summary>
    /// The contact is verified: by the link in the prospect's own email, or because staff reached them. If the hold has lapsed, the time is booked again if
    /// still free.
    /// </summary>
    /// <param name="token">The secret of the prospect's link, for new reminders; null if staff confirm.</param>
    public async Task<ConfirmOutcome> ConfirmAsync(Consultation call, Lead lead, string? token, CancellationToken cancellation)
    {
        if (call is { Status: ConsultationStatus.Booked, HeldUntil: null }) return ConfirmOutcome.Confirmed;
        var tooMany = false;
        var confirmed = await ChangeAsync(call, lead, by: null, async (call, lead) =>
        {
            // In the transaction: someone can confirm several calls at the same moment.
            tooMany = token is not null && await ConfirmedByAsync(lead, cancellation) >= CallsAPerson;
            if (tooMany) return null;
            var now = clock.GetUtcNow();
            if (call.TryConfirm(now))
            {
                await Outbox.ExtendAsync(db, lead.Id, ConsultationMails.ReminderKind, call.StartsAt, cancellation);
                return new CallChange(mails.Confirmed(call, lead, Clinic));
            }

            if (call is { Status: ConsultationStatus.Booked, HeldUntil: null }) return CallChange.None;
            return await TakeAgainAsync(call, now, cancellation) ? new CallChange(TakenAgain(call, lead, token)) : null;
        }, cancellation);
        return tooMany ? ConfirmOutcome.TooMany : confirmed ? ConfirmOutcome.Confirmed : ConfirmOutcome.Gone;
    }

    /// <summary>
    /// The prospect moves the call, in one transaction with its emails; staff see the change until they acknowledge it. Moving to the current time does
    /// nothing. False if someone else took the time or the call can't be changed anymore.
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
    /// The prospect cancels the call, in one transaction with its emails; staff see it until they acknowledge it. Idempotent. False if it is over.
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
    /// Undoes a cancellation in one transaction with its emails, within <see cref="Consultation.UndoWithin"/> and while the time is free. Restores the
    /// request, unless staff have changed it since; then they are notified.
    /// </summary>
    public async Task<ConfirmOutcome> UndoCancelAsync(Consultation call, Lead lead, string token, CancellationToken cancellation)
    {
        await LapseDueAsync(cancellation);
        var tooMany = false;
        var undone = await ChangeAsync(call, lead, by: null, async (call, lead) =>
        {
            if (call is { Status: ConsultationStatus.Booked, HeldUntil: null }) return CallChange.None;
            tooMany = call.Status is ConsultationStatus.Cancelled && await ConfirmedByAsync(lead, cancellation) >= CallsAPerson;
            if (tooMany) return null;
            var (now, time) = (clock.GetUtcNow(), call.Time(Clinic.TimeZone));
            if (Clinic.Consultation is not { } rules || await OwnCancellationAsync(call, cancellation) is not { } canceled) return null;
            if (await FreeSeatAsync(time, rules, but: call.Id, cancellation) is not { } seat || !call.TryUndoCancel(seat, now)) return null;
            if (canceled.CanUndo(lead, now)) lead.Restore(canceled.Undo(now));
            else lead.ChangedByVisitor(now);
            lead.CallHeld(call.StartsAt);
            return new CallChange(mails.Restored(call, lead, token, Clinic), LeadEventKind.Undone, "lead-call-restored", Words(time));
        }, cancellation);
        return tooMany ? ConfirmOutcome.TooMany : undone ? ConfirmOutcome.Confirmed : ConfirmOutcome.Gone;
    }

    /// <summary>Whether a cancellation can still be undone: it is recent, and no one has booked the time.</summary>
    public async Task<bool> CanUndoCancelAsync(Consultation call, CancellationToken cancellation) =>
        Clinic.Consultation is { } rules && call.CanUndoCancel(clock.GetUtcNow()) && await OwnCancellationAsync(call, cancellation) is not null
        && await FreeSeatAsync(call.Time(Clinic.TimeZone), rules, but: call.Id, cancellation) is not null;

    // Null if staff canceled it: only they can undo that.
    private async Task<LeadEvent?> OwnCancellationAsync(Consultation call, CancellationToken cancellation) =>
        await db.Set<LeadEvent>().Where(happened => happened.LeadId == call.LeadId && happened.Kind == LeadEventKind.CallCanceled)
            .OrderByDescending(happened => happened.At).FirstOrDefaultAsync(cancellation) is { StaffId: null } own ? own : null;

    /// <summary>Staff called without reaching the prospect, who gets an email on choosing another time. False before the call's start.</summary>
    public Task<bool> MarkMissedAsync(Consultation call, Lead lead, StaffStamp by, CancellationToken cancellation) =>
        ChangeAsync(call, lead, by, MarkMissed(who: null, cancellation), cancellation);

    /// <inheritdoc cref="MarkMissedAsync(Consultation, Lead, StaffStamp, CancellationToken)"/>
    /// <param name="who"><see cref="LeadService.OnServer"/> or <see cref="LeadService.ByLink"/>.</param>
    public Task<bool> MarkMissedAsync(Consultation call, Lead lead, string who, CancellationToken cancellation) =>
        ChangeAsync(call, lead, by: null, MarkMissed(who, cancellation), cancellation);

    private Func<Consultation, Lead, Task<CallChange?>> MarkMissed(string? who, CancellationToken cancellation) => async (call, lead) =>
    {
        if (!call.TryMarkMissed(clock.GetUtcNow())) return null;
        await SettleAsync(lead, cancellation);
        return new CallChange(mails.Missed(call, lead, Clinic), LeadEventKind.CallMissed, "lead-call-missed", Who: who);
    };

    /// <summary>Frees times that weren't confirmed in time. Their requests wait for staff, who get one email about all of them. Returns how many.</summary>
    public Task<int> LapseDueAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        return GiveUpAsync(
            db.Set<Consultation>().Where(call => call.Seat != null && call.HeldUntil != null && call.HeldUntil <= now),
            call => call.TryLapse(now),
            madeUp: false,
            cancellation);
    }

    /// <summary>
    /// Staff judged unconfirmed calls fake: frees all of them, or those from one lead's network, and holds their requests as spam. Requests that may be
    /// about danger stay in the queue. Returns how many.
    /// </summary>
    /// <param name="like">A lead from the network in question; null for all unconfirmed calls.</param>
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

    private const string MadeUp = "a made-up booking";

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
                    if (madeUp && pair.lead.TryQuarantine(MadeUp))
                        db.Add(new LeadEvent(pair.lead, LeadEventKind.Held, by: null, MadeUp, note: null, clock.GetUtcNow()).By(LeadService.OnServer));
                    await Outbox.WithdrawAsync(db, pair.lead.Id, ConsultationMails.ReminderKind, cancellation);
                }

                foreach (var draft in mails.Lapsed(freed, toStaff: !madeUp, Clinic)) outbox.Add(draft);
                await db.SaveChangesAsync(cancellation);
                foreach (var (_, lead) in madeUp ? freed : [])
                    await audit.WriteAsync(AuditLog.Ops, "lead-call-freed", lead.Reference, lead.IsHeld ? MadeUp : null, cancellation);
                await transaction.CommitAsync(cancellation);
                return freed.Count;
            }
            catch (DbUpdateConcurrencyException)
            {
                db.ChangeTracker.Clear(); // one of them was just confirmed or canceled: check again
            }
        }

        return 0;
    }

    private async Task SettleAsync(Lead lead, CancellationToken cancellation)
    {
        lead.TryAnswer(clock.GetUtcNow()); // there is nothing left to wait for
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

    // The call's previous time; null if the new one is taken or the call can't be changed anymore.
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

    // For timelines, which people read weeks later: with the date, in US English.
    private static string Words(CallTime time) =>
        TypedText.OneLine($"{time.Start.Date.ToString("ddd, MMM d", CultureInfo.GetCultureInfo("en-US"))}, {CallStrings.Hour(time)}");

    // In the caller's transaction.
    private async Task SaveAsync(CallChange caused, Lead lead, StaffStamp? by, CancellationToken cancellation)
    {
        foreach (var draft in caused.Mails) outbox.Add(draft);
        if (caused.Event is { } kind)
        {
            var happened = new LeadEvent(lead, kind, by, caused.Detail, caused.Note, clock.GetUtcNow());
            if (caused.Who is { } who) happened.By(who);
            db.Add(caused.Before is { } before ? happened.Undoable(before, lead) : happened);
        }

        await db.SaveChangesAsync(cancellation);
        if (caused.Event is null) return;
        var actor = by?.Name ?? (caused.Who is null ? AuditLog.Visitor : LeadService.AuditedAs(caused.Who));
        await audit.WriteAsync(actor, caused.What!, lead.Reference, caused.Detail, cancellation);
    }

    // One transaction for the call, its lead, the emails, and the entries in the timeline and audit log. If someone else was faster (for the call or for a
    // seat), it starts over with the new state.
    private async Task<bool> ChangeAsync(
        Consultation call, Lead lead, StaffStamp? by, Func<Consultation, Lead, Task<CallChange?>> change, CancellationToken cancellation)
    {
        var (shown, before) = (call, db.Entry(call).CurrentValues.Clone());
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
            catch (Exception failure) when (ClinicDatabase.IsFailure(failure))
            {
                db.Entry(shown).CurrentValues.SetValues(before); // not saved: the page shows what is still true
                throw;
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
        var taken = await SeatedAfter(from).Where(call => call.Id != but && call.StartsAt < to).Select(call => call.Seat!.Value).ToListAsync(cancellation);
        return taken.Count >= rules.Seats ? null : Enumerable.Range(0, rules.Seats).First(seat => !taken.Contains(seat));
    }

    // The calls with a seat that aren't over at that time. Only the start has an index, and no call is longer than the limit.
    private IQueryable<Consultation> SeatedAfter(DateTimeOffset time)
    {
        var earliest = time.AddMinutes(-ConsultationRules.MostMinutes);
        return db.Set<Consultation>().AsNoTracking().Where(call => call.Seat != null && call.StartsAt > earliest && call.EndsAt > time);
    }

    // A lapsed call that still has its seat counts as free: the next booking frees the seat first.
    private async Task<IReadOnlyCollection<TakenTime>> TakenAsync(DateTimeOffset now, CancellationToken cancellation) =>
        await SeatedAfter(now).Where(call => call.HeldUntil == null || call.HeldUntil > now)
            .Select(call => new TakenTime(call.StartsAt, call.EndsAt)).ToListAsync(cancellation);

    // The networks of all unconfirmed calls, one entry per call.
    private Task<List<string?>> HeldAsync(DateTimeOffset now, CancellationToken cancellation) =>
        db.Set<Consultation>().Where(call => call.Seat != null && call.HeldUntil > now)
            .Join(db.Set<Lead>(), call => call.LeadId, lead => lead.Id, (_, lead) => lead.Network).ToListAsync(cancellation);

    private Task<int> ConfirmedByAsync(Lead person, CancellationToken cancellation)
    {
        var (email, now) = (person.EmailHash, clock.GetUtcNow());
        return SeatedAfter(now).Where(call => call.HeldUntil == null && call.LeadId != person.Id)
            .Join(db.Set<Lead>(), call => call.LeadId, lead => lead.Id, (_, lead) => lead)
            .CountAsync(lead => email != null && lead.EmailHash == email, cancellation);
    }

    /// <summary>The effects of a change to a call, in the same transaction.</summary>
    /// <param name="Event">The timeline entry; null for none in either the timeline or the audit log.</param>
    /// <param name="What">Its name in the audit log.</param>
    /// <param name="Note">The staff member's note.</param>
    /// <param name="Before">The lead's previous state, for an undo; null for what can't be undone.</param>
    /// <param name="Who">In the timeline, who did it without a session at the desk; null for the prospect and for staff at the desk.</param>
    private sealed record CallChange(
        IEnumerable<MailDraft> Mails, LeadEventKind? Event = null, string? What = null, string? Detail = null, string? Note = null, LeadState? Before = null,
        string? Who = null)
    {
        public static CallChange None { get; } = new([]);
    }
}

/// <summary>The result of a confirmation.</summary>
public enum ConfirmOutcome
{
    /// <summary>The time is theirs, now or already before.</summary>
    Confirmed,

    /// <summary>The time had lapsed and is taken or over, or the call was canceled.</summary>
    Gone,

    /// <summary>The same address has confirmed <see cref="BookingService.CallsAPerson"/> other calls.</summary>
    TooMany,
}
