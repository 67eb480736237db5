using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Leads;

/// <summary>
/// What staff do with a lead at the desk. Each action is one transaction: the lead, the entry in its timeline, the emails that it sends or cancels, and
/// the entry in the audit log, which comes last.
/// </summary>
public sealed class LeadWork(ClinicDb db, LeadService desk, AuditLog audit, LeadMails mails, Outbox outbox, ContentStore content, TimeProvider clock)
{
    private const string NoteAction = "lead-note";

    /// <summary>The lead with this reference; null if none. Changes nothing and isn't audited; see <see cref="OpenAsync"/>.</summary>
    public Task<Lead?> FindAsync(string reference, CancellationToken cancellation)
    {
        var wanted = reference.ToUpperInvariant();
        return db.Set<Lead>().AsNoTracking().FirstOrDefaultAsync(lead => lead.Reference == wanted, cancellation);
    }

    /// <summary>The reference of the lead that this one was merged into; null if it wasn't merged.</summary>
    public Task<string?> MergedIntoAsync(string reference, CancellationToken cancellation)
    {
        var wanted = reference.ToUpperInvariant();
        return db.Set<Lead>().Where(lead => lead.Reference == wanted)
            .Join(db.Set<Lead>(), lead => lead.MergedIntoId, stays => stays.Id, (_, stays) => stays.Reference).FirstOrDefaultAsync(cancellation);
    }

    /// <summary>A staff member opens a lead, which is audited before anything is shown. Null if there is no such lead.</summary>
    public async Task<Lead?> OpenAsync(string reference, StaffStamp by, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (await FindAsync(reference, cancellation) is not { } lead) return null;
        var since = now - TimeSpan.FromMinutes(30);
        if (!await db.Set<LeadEvent>().AnyAsync(seen => seen.LeadId == lead.Id && seen.StaffId == by.Id && seen.At > since, cancellation))
        {
            db.Add(new LeadEvent(lead, LeadEventKind.Opened, by, detail: null, note: null, now));
            await db.SaveChangesAsync(cancellation);
        }

        if (lead.IsHeld && lead.SeenAt is null)
            await db.Set<Lead>().Where(held => held.Id == lead.Id && held.SeenAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(held => held.SeenAt, now), cancellation);
        await audit.WriteAsync(by.Name, "lead-opened", lead.Reference, lead.IsHeld ? "held" : null, cancellation);
        await transaction.CommitAsync(cancellation);
        return lead;
    }

    /// <summary>Takes a lead that no one has. If several people try at once, one gets it and the others get false.</summary>
    public Task<bool> ClaimAsync(string reference, StaffStamp by, CancellationToken cancellation) =>
        ChangeOwnerAsync(reference, seen: null, by.Id, by, LeadEventKind.Claimed, "lead-claimed", detail: null, cancellation);

    /// <summary>Takes a lead from the colleague who has it. False if they no longer have it.</summary>
    public Task<bool> TakeOverAsync(string reference, StaffStamp from, StaffStamp by, CancellationToken cancellation) =>
        ChangeOwnerAsync(reference, from.Id, by.Id, by, LeadEventKind.TakenOver, "lead-taken-over", $"from {from.Name}", cancellation);

    /// <summary>Returns the staff member's own lead to the shared queue. False if it isn't theirs.</summary>
    public Task<bool> ReleaseAsync(string reference, StaffStamp by, CancellationToken cancellation) =>
        ChangeOwnerAsync(reference, by.Id, null, by, LeadEventKind.Released, "lead-released", detail: null, cancellation);

    /// <summary>Logs the outcome of an attempt, and cancels the email that would warn of a missed deadline.</summary>
    public Task<LeadChange> LogAsync(string reference, LeadForm form, LeadOutcome outcome, StaffStamp by, CancellationToken cancellation) =>
        ChangeAsync(reference, form, by, "lead-logged", undoable: outcome is not LeadOutcome.Emailed, (lead, now) =>
            lead.TryLog(outcome, by, new OpenHours(content.Current.Clinic), now)
                ? new LeadEvent(lead, LeadEventKind.Logged, by, outcome.ToString(), form.Note, now).WithOutcome(outcome) : null, cancellation);

    /// <summary>Writes to a prospect who agreed to email. Sending counts as the answer and can't be undone.</summary>
    public Task<LeadChange> WriteAsync(string reference, LeadForm form, string text, StaffStamp by, CancellationToken cancellation) =>
        ChangeAsync(reference, form, by, "lead-written-to", undoable: false, (lead, now) =>
        {
            if (lead.IsHeld || !lead.TryLog(LeadOutcome.Emailed, by, new OpenHours(content.Current.Clinic), now)) return null;
            outbox.Add(mails.Reply(lead, text, content.Current.Clinic));
            return new LeadEvent(lead, LeadEventKind.Wrote, by, detail: null, text, now).WithOutcome(LeadOutcome.Emailed);
        }, cancellation);

    /// <summary>Records why a lead was closed.</summary>
    public Task<LeadChange> GiveReasonAsync(string reference, LeadForm form, CloseReason reason, StaffStamp by, CancellationToken cancellation) =>
        ChangeAsync(reference, form, by, "lead-reason", undoable: false, (lead, now) =>
            lead.TryGiveReason(reason) ? new LeadEvent(lead, LeadEventKind.Reason, by, reason.ToString(), form.Note, now) : null, cancellation);

    /// <summary>Sets another time for a lead to come up again.</summary>
    /// <param name="shown">The time in words, for the timeline.</param>
    public Task<LeadChange> PutOffAsync(string reference, LeadForm form, DateTimeOffset until, string shown, StaffStamp by, CancellationToken cancellation) =>
        ChangeAsync(reference, form, by, "lead-put-off", undoable: true, (lead, now) =>
            lead.TryPutOff(until, now) ? new LeadEvent(lead, LeadEventKind.PutOff, by, shown, form.Note, now) : null, cancellation);

    /// <summary>Records who takes charge of someone at risk.</summary>
    public Task<LeadChange> TakeOverRiskAsync(string reference, LeadForm form, RiskTaker who, StaffStamp by, CancellationToken cancellation) =>
        ChangeAsync(reference, form, by, "lead-risk-taken-over", undoable: false, (lead, now) =>
            lead.TryTakeOverRisk(who, now) ? new LeadEvent(lead, LeadEventKind.RiskTaken, by, who.ToString(), form.Note, now) : null, cancellation);

    /// <summary>Writes a note for the team.</summary>
    public Task<LeadChange> NoteAsync(string reference, LeadForm form, StaffStamp by, CancellationToken cancellation) =>
        ChangeAsync(reference, form, by, NoteAction, undoable: false, (lead, now) =>
            form.Note is { } note ? new LeadEvent(lead, LeadEventKind.Note, by, detail: null, note, now) : null, cancellation);

    /// <summary>Staff acknowledge what the prospect changed.</summary>
    public Task<LeadChange> NotedAsync(string reference, LeadForm form, StaffStamp by, CancellationToken cancellation) =>
        ChangeAsync(reference, form, by, "lead-change-noted", undoable: false, (lead, now) =>
            lead.TryNote() ? new LeadEvent(lead, LeadEventKind.Noted, by, detail: null, note: null, now) : null, cancellation);

    /// <summary>Releases a held lead: sends its emails, with a deadline counted from now.</summary>
    public Task<LeadChange> LetThroughAsync(string reference, LeadForm form, StaffStamp by, CancellationToken cancellation) =>
        ChangeAsync(reference, form, by, "lead-let-through", undoable: false, (lead, now) =>
            desk.Release(lead) ? new LeadEvent(lead, LeadEventKind.LetThrough, by, lead.Suspicion, form.Note, now) : null, cancellation);

    /// <summary>Marks a held lead as spam: it is deleted once its retention ends.</summary>
    public Task<LeadChange> DiscardAsync(string reference, LeadForm form, StaffStamp by, CancellationToken cancellation) =>
        ChangeAsync(reference, form, by, "lead-discarded", undoable: true, (lead, now) =>
            lead.TryDiscard(now) ? new LeadEvent(lead, LeadEventKind.Discarded, by, lead.Suspicion, form.Note, now) : null, cancellation);

    /// <summary>Undoes the last outcome, within <see cref="LeadEvent.UndoWithin"/> and if nothing else has happened since.</summary>
    public Task<LeadChange> UndoAsync(string reference, Guid eventId, StaffStamp by, CancellationToken cancellation) => TryAsync(async () =>
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var found = await db.Set<LeadEvent>().Join(db.Set<Lead>(), happened => happened.LeadId, lead => lead.Id, (happened, lead) => new { happened, lead })
            .FirstOrDefaultAsync(pair => pair.happened.Id == eventId && pair.lead.Reference == reference, cancellation);
        if (found is null) return LeadChange.Gone;
        if (found.happened.StaffId is null || !found.happened.CanUndo(found.lead, now)) return LeadChange.Refused; // staff can't undo what the prospect did
        found.lead.Restore(found.happened.Undo(now), found.happened.Reached);
        db.Add(new LeadEvent(found.lead, LeadEventKind.Undone, by, found.happened.Detail, note: null, now));
        if (found.happened.Kind is LeadEventKind.Merged) await TakeApartAsync(found.lead, found.happened.Detail, by, now, cancellation);
        await db.SaveChangesAsync(cancellation);
        await audit.WriteAsync(by.Name, "lead-undone", reference, found.happened.Detail, cancellation);
        await transaction.CommitAsync(cancellation);
        return LeadChange.Done;
    });

    // The other half of undoing a merge: the merged lead is separate again.
    private async Task TakeApartAsync(Lead lead, string? reference, StaffStamp by, DateTimeOffset now, CancellationToken cancellation)
    {
        if (await db.Set<Lead>().FirstOrDefaultAsync(other => other.Reference == reference && other.MergedIntoId == lead.Id, cancellation) is not { } other)
            return;
        var away = await db.Set<LeadEvent>()
            .Where(happened => happened.LeadId == other.Id && happened.Kind == LeadEventKind.MergedAway && happened.UndoneAt == null)
            .OrderByDescending(happened => happened.At)
            .FirstAsync(cancellation);
        other.Restore(away.Undo(now));
        db.Add(new LeadEvent(other, LeadEventKind.Undone, by, lead.Reference, note: null, now));
    }

    private async Task<bool> ChangeOwnerAsync(
        string reference, Guid? seen, Guid? to, StaffStamp by, LeadEventKind kind, string what, string? detail, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        // The database decides between concurrent callers: it writes the row only if the owner is still the one they saw.
        var won = await db.Set<Lead>().Where(lead => lead.Reference == reference && lead.OwnerId == seen && lead.Status != LeadStatus.Quarantined
                && lead.MergedIntoId == null)
            .ExecuteUpdateAsync(set => set.SetProperty(lead => lead.OwnerId, to).SetProperty(lead => lead.Version, lead => lead.Version + 1), cancellation);
        if (won == 0 || await FindAsync(reference, cancellation) is not { } claimed) return false;
        db.Add(new LeadEvent(claimed, kind, by, detail, note: null, clock.GetUtcNow()));
        await db.SaveChangesAsync(cancellation);
        await audit.WriteAsync(by.Name, what, reference, detail, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private Task<LeadChange> ChangeAsync(
        string reference, LeadForm form, StaffStamp by, string what, bool undoable, Func<Lead, DateTimeOffset, LeadEvent?> change,
            CancellationToken cancellation) => TryAsync(async () =>
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (await db.Set<Lead>().FirstOrDefaultAsync(lead => lead.Reference == reference, cancellation) is not { } lead) return LeadChange.Gone;
        if (form.Key is { } key && await db.Set<LeadEvent>().AnyAsync(earlier => earlier.Form == key, cancellation)) return LeadChange.Done; // a double tap
        if (form.Version is { } version && lead.Version != version) return LeadChange.Stale;
        // The other lead's rules apply now. A note is shown with the other lead's, wherever it was written.
        if (lead.MergedIntoId is not null && what != NoteAction) return LeadChange.Stale;
        var before = lead.State;
        if (change(lead, now) is not { } happened) return LeadChange.Refused;
        happened.FromForm(form.Key);
        if (undoable) happened.Undoable(before, lead);
        db.Add(happened);
        if (lead.AnsweredAt is not null || lead.TriedAt is not null)
        {
            var all = await db.Set<Lead>().Where(one => one.Id == lead.Id || one.MergedIntoId == lead.Id).Select(one => one.Id).ToListAsync(cancellation);
            foreach (var id in all) await Outbox.WithdrawAsync(db, id, LeadMails.OverdueKind, cancellation);
        }

        await db.SaveChangesAsync(cancellation);
        await audit.WriteAsync(by.Name, what, lead.Reference, happened.Detail, cancellation);
        await transaction.CommitAsync(cancellation);
        return LeadChange.Done;
    });

    private async Task<LeadChange> TryAsync(Func<Task<LeadChange>> change)
    {
        try
        {
            return await change();
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return LeadChange.Stale;
        }
        catch (DbUpdateException twice) when (ClinicDatabase.IsTaken(twice))
        {
            db.ChangeTracker.Clear();
            return LeadChange.Done; // the same form at the same moment: the other one was saved
        }
    }
}

/// <summary>What every form at the desk sends along.</summary>
/// <param name="Key">The form's id, new on every page view, so sending it twice counts once. Null if twice does no harm.</param>
/// <param name="Version">The lead's version that the page showed; null if any state will do.</param>
/// <param name="Note">The text that was typed; null if none.</param>
public sealed record LeadForm(Guid? Key = null, int? Version = null, string? Note = null);

/// <summary>The result of a change.</summary>
public enum LeadChange
{
    Done,

    /// <summary>The lead's state doesn't allow it.</summary>
    Refused,

    /// <summary>Someone else changed the lead after the page was opened.</summary>
    Stale,

    /// <summary>The lead doesn't exist, or no longer exists.</summary>
    Gone,
}
