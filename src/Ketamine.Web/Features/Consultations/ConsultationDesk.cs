using System.Collections.Immutable;
using Ketamine.Web.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Features.Consultations;

/// <summary>Books, moves and cancels calls. Whether a seat is free is decided by the database's unique index, never by a look before the insert.</summary>
public sealed class ConsultationDesk(
    ClinicDb db, ContentStore content, LeadIntake intake, ConsultationMails mails, Outbox outbox, TimeProvider clock)
{
    /// <summary>Calls that one email address or number can hold at a time; a further request is taken, and staff agree on the time.</summary>
    public const int CallsAPerson = 2;

    private Clinic Clinic => content.Current.Clinic;

    /// <summary>The times that are free now; empty where the clinic offers none.</summary>
    public async Task<ImmutableArray<CallTime>> FreeAsync(CancellationToken cancellation)
    {
        if (Clinic.Consultation is not { Weekly.Length: > 0 } rules) return [];
        var now = clock.GetUtcNow();
        return new Timetable(rules, Clinic.TimeZone).Free(now, await TakenAsync(now, cancellation));
    }

    /// <summary>
    /// Keeps a request for a call at <paramref name="time"/>. Null when somebody else was faster: nothing was kept. A lead without a call means
    /// that staff will agree on the time (quarantined, or this person holds <see cref="CallsAPerson"/> calls already).
    /// </summary>
    public async Task<Lead?> BookAsync(LeadRequest request, CallTime time, CallKind by, CancellationToken cancellation)
    {
        var rules = Clinic.Consultation!;
        var now = clock.GetUtcNow();
        var holds = await HeldByAsync(request.Contact, now, cancellation);
        var (token, hash) = LeadToken.Create();
        for (var attempt = 0; attempt <= rules.Seats; attempt++)
        {
            // A cheap look spares the loser of a race a write; the index decides between those who saw the seat free.
            if (await FreeSeatAsync(time, rules, but: null, cancellation) is not { } seat)
                return await intake.FindTwinAsync(request, cancellation);
            try
            {
                return await intake.ReceiveAsync(request, (lead, staffToken) =>
                {
                    if (holds >= CallsAPerson) return null;
                    var call = new Consultation(lead, time, seat, by, hash, now);
                    lead.Promise(call.StartsAt);
                    db.Add(call);
                    return mails.Booked(call, lead, token, staffToken, Clinic);
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

    /// <summary>The call and its lead that the prospect's link opens; null for a wrong link.</summary>
    public async Task<(Consultation Call, Lead Lead)?> OpenAsync(string token, CancellationToken cancellation)
    {
        var hash = LeadToken.Hash(token);
        var found = await db.Set<Consultation>().Where(call => call.TokenHash == hash)
            .Join(db.Set<Lead>(), call => call.LeadId, lead => lead.Id, (call, lead) => new { call, lead })
            .FirstOrDefaultAsync(cancellation);
        return found is null ? null : (found.call, found.lead);
    }

    /// <summary>The call of a lead; null for one without.</summary>
    public Task<Consultation?> FindAsync(Lead lead, CancellationToken cancellation) =>
        db.Set<Consultation>().FirstOrDefaultAsync(call => call.LeadId == lead.Id, cancellation);

    /// <summary>Moves the call in one transaction with its mails. False when somebody else took the time, or the call can't be changed any more.</summary>
    public async Task<bool> MoveAsync(Consultation call, Lead lead, CallTime to, string token, CancellationToken cancellation)
    {
        var rules = Clinic.Consultation!;
        for (var attempt = 0; attempt <= rules.Seats; attempt++)
        {
            var now = clock.GetUtcNow();
            if (await FreeSeatAsync(to, rules, but: call.Id, cancellation) is not { } seat || !call.TryMove(to, seat, now)) return false;
            lead.Promise(call.StartsAt);
            await WithdrawRemindersAsync(lead, cancellation);
            foreach (var draft in mails.Moved(call, lead, token, Clinic)) outbox.Add(draft);
            try
            {
                await db.SaveChangesAsync(cancellation);
                return true;
            }
            catch (DbUpdateException refusal) when (ClinicDatabase.IsTaken(refusal))
            {
                db.ChangeTracker.Clear();
                if (await OpenAsync(token, cancellation) is not var (again, its)) return false;
                (call, lead) = (again, its);
            }
        }

        return false;
    }

    /// <summary>Cancels the call in one transaction with its mails. False when it can't be cancelled any more.</summary>
    public async Task<bool> CancelAsync(Consultation call, Lead lead, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (!call.TryCancel(now)) return false;
        await SettleAsync(lead, mails.Cancelled(call, lead, Clinic), now, cancellation);
        return true;
    }

    /// <summary>Staff called and reached nobody: the prospect is told how to choose another time. False before the call began.</summary>
    public async Task<bool> MissAsync(Consultation call, Lead lead, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (!call.TryMiss(now)) return false;
        await SettleAsync(lead, mails.Missed(call, lead, Clinic), now, cancellation);
        return true;
    }

    private async Task SettleAsync(Lead lead, IEnumerable<MailDraft> drafts, DateTimeOffset now, CancellationToken cancellation)
    {
        lead.TryAnswer(now); // nothing is waited for any more
        await WithdrawRemindersAsync(lead, cancellation);
        foreach (var draft in drafts) outbox.Add(draft);
        await db.SaveChangesAsync(cancellation);
    }

    private async Task WithdrawRemindersAsync(Lead lead, CancellationToken cancellation)
    {
        var waiting = await db.Set<OutboxMessage>()
            .Where(mail => mail.LeadId == lead.Id && mail.State == OutboxState.Waiting && mail.Kind.StartsWith(ConsultationMails.ReminderKind))
            .ToListAsync(cancellation);
        foreach (var mail in waiting) mail.TryWithdraw();
    }

    private async Task<int?> FreeSeatAsync(CallTime time, ConsultationRules rules, Guid? but, CancellationToken cancellation)
    {
        var (from, to) = (time.StartsAt.AddMinutes(-rules.BufferMinutes), time.EndsAt.AddMinutes(rules.BufferMinutes));
        var taken = await db.Set<Consultation>().AsNoTracking()
            .Where(call => call.Seat != null && call.Id != but && call.StartsAt < to && call.EndsAt > from)
            .Select(call => call.Seat!.Value).ToListAsync(cancellation);
        return taken.Count >= rules.Seats ? null : Enumerable.Range(0, rules.Seats).First(seat => !taken.Contains(seat));
    }

    private async Task<IReadOnlyCollection<TakenTime>> TakenAsync(DateTimeOffset now, CancellationToken cancellation) =>
        await db.Set<Consultation>().AsNoTracking()
            .Where(call => call.Seat != null && call.EndsAt > now)
            .Select(call => new TakenTime(call.StartsAt, call.EndsAt)).ToListAsync(cancellation);

    private Task<int> HeldByAsync(ContactDetails contact, DateTimeOffset now, CancellationToken cancellation)
    {
        var (email, phone) = (contact.Email?.Normalized, contact.Phone?.E164);
        return db.Set<Consultation>().Where(call => call.Seat != null && call.EndsAt > now)
            .Join(db.Set<Lead>(), call => call.LeadId, lead => lead.Id, (_, lead) => lead)
            .CountAsync(lead => (email != null && lead.EmailNormalized == email) || (phone != null && lead.Phone == phone), cancellation);
    }
}
