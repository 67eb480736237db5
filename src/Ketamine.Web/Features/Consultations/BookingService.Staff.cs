using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Consultations;

/// <summary>What staff do with calls at the desk, for someone they are talking to. Each is one transaction with its emails and log entries.</summary>
public sealed partial class BookingService
{
    /// <summary>Books a call for someone on the phone who has no request yet. Needs no confirmation. Null if the time was just taken.</summary>
    public async Task<Lead?> BookForAsync(LeadRequest request, CallTime time, CallKind kind, StaffStamp by, CancellationToken cancellation)
    {
        if (Clinic.Consultation is not { } rules) return null;
        await LapseDueAsync(cancellation);
        for (var attempt = 0; attempt <= rules.Seats; attempt++)
        {
            if (await FreeSeatAsync(time, rules, but: null, cancellation) is not { } seat) return null;
            try
            {
                return await intake.ReceiveAsync(request, (lead, _) =>
                {
                    var (call, token) = NewCall(lead, time, seat, kind);
                    lead.CallHeld(call.StartsAt);
                    db.Add(call);
                    db.Add(new LeadEvent(lead, LeadEventKind.CallBooked, by, Words(time), note: null, clock.GetUtcNow()));
                    return mails.BookedByStaff(call, lead, token, Clinic);
                }, cancellation, by);
            }
            catch (DbUpdateException refusal) when (ClinicDatabase.IsTaken(refusal))
            {
                db.ChangeTracker.Clear();
            }
        }

        return null;
    }

    /// <summary>
    /// Books a call for someone who wrote before, or books again after a canceled or missed call. False if the time was just taken or they already have a
    /// call.
    /// </summary>
    public async Task<bool> BookForAsync(Lead lead, CallTime time, CallKind kind, StaffStamp by, CancellationToken cancellation)
    {
        if (Clinic.Consultation is not { } rules) return false;
        await LapseDueAsync(cancellation);
        if (await FindAsync(lead, cancellation) is { } earlier)
        {
            return await ChangeAsync(earlier, lead, by, async (call, lead) =>
            {
                if (await FreeSeatAsync(time, rules, but: call.Id, cancellation) is not { } seat) return null;
                return call.TryBookAgain(time, seat, kind, clock.GetUtcNow()) ? await BookedAsync(call, lead, call.RenewToken(), by, cancellation) : null;
            }, cancellation);
        }

        for (var attempt = 0; attempt <= rules.Seats; attempt++)
        {
            if (await FreeSeatAsync(time, rules, but: null, cancellation) is not { } seat) return false;
            var (call, token) = NewCall(lead, time, seat, kind);
            try
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
                db.Add(call);
                await SaveAsync(await BookedAsync(call, lead, token, by, cancellation), lead, by, cancellation);
                await transaction.CommitAsync(cancellation);
                return true;
            }
            catch (DbUpdateException refusal) when (refusal is DbUpdateConcurrencyException || ClinicDatabase.IsTaken(refusal))
            {
                db.ChangeTracker.Clear();
                if (await db.Set<Lead>().FirstOrDefaultAsync(again => again.Id == lead.Id, cancellation) is not { } again) return false;
                lead = again;
            }
        }

        return false;
    }

    /// <summary>
    /// Moves a call for someone on the phone. The link in their earlier emails stops working, and the new email has a new one. False if the time was just
    /// taken or the call can't be changed anymore.
    /// </summary>
    public async Task<bool> MoveForAsync(Consultation call, Lead lead, CallTime to, StaffStamp by, CancellationToken cancellation)
    {
        await LapseDueAsync(cancellation);
        return await ChangeAsync(call, lead, by, async (call, lead) =>
        {
            if (call.StartsAt == to.StartsAt && call.CanChange(clock.GetUtcNow())) return CallChange.None;
            return await TryMoveAsync(call, lead, to, cancellation) is { } was ? Moved(call, was, lead, call.RenewToken()) : null;
        }, cancellation);
    }

    /// <summary>Cancels a call for someone on the phone. False if it is over or canceled.</summary>
    public Task<bool> CancelForAsync(Consultation call, Lead lead, StaffStamp by, CancellationToken cancellation) => ChangeAsync(call, lead, by,
        async (call, lead) =>
        {
            if (!call.TryCancel(clock.GetUtcNow())) return null;
            await SettleAsync(lead, cancellation);
            return Canceled(call, lead);
        }, cancellation);

    /// <summary>
    /// Emails the link for a video call, if the clinic has no permanent room. False if the call isn't booked, isn't by video, or the prospect gave no email
    /// address.
    /// </summary>
    public Task<bool> SendLinkAsync(Consultation call, Lead lead, Uri link, StaffStamp by, CancellationToken cancellation) => ChangeAsync(call, lead, by,
        (call, lead) => Task.FromResult(lead.MailTo is not null && call.TrySendLink(clock.GetUtcNow())
            ? new CallChange(mails.VideoLink(call, lead, link, Clinic), LeadEventKind.LinkSent, "lead-link-sent", Note: link.AbsoluteUri)
            : null), cancellation);

    private (Consultation Call, string Token) NewCall(Lead lead, CallTime time, int seat, CallKind kind)
    {
        var (token, hash) = SecretLink.Create();
        var now = clock.GetUtcNow();
        var call = new Consultation(lead, time, seat, kind, hash, time.StartsAt, now);
        call.TryConfirm(now); // they are on the phone, so the contact needs no proof
        return (call, token);
    }

    private async Task<CallChange> BookedAsync(Consultation call, Lead lead, string token, StaffStamp by, CancellationToken cancellation)
    {
        lead.CallBookedBy(by, clock.GetUtcNow());
        await Outbox.WithdrawAsync(db, lead.Id, LeadMails.OverdueKind, cancellation);
        return new CallChange(
            mails.BookedByStaff(call, lead, token, Clinic), LeadEventKind.CallBooked, "lead-call-booked", Words(call.Time(Clinic.TimeZone)));
    }
}
