using System.Diagnostics.CodeAnalysis;
using Ketamine.Content;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Leads.Crisis;
using Ketamine.Web.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Leads;

/// <summary>
/// Takes a request in: the lead and its mails in one transaction, so that neither is ever there without the other. What looks like spam is held back,
/// unless someone may be in danger. Nothing is held for a number or an address alone, because anybody can type those.
/// </summary>
public sealed class LeadIntake(
    ClinicDb db, ContentStore content, LeadService desk, LeadMails mails, Outbox outbox, KeyedHash hash, CrisisNotice notice,
    AuditLog audit, TimeProvider clock)
{
    /// <summary>The same request within this time makes no second lead.</summary>
    public static readonly TimeSpan DuplicateWindow = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Where the sender's network isn't known: requests a day that name the same email address and number, past which the next are quarantined.
    /// Whoever brings either of the two fresh is let through.
    /// </summary>
    public const int RequestsADay = 6;

    /// <summary>Requests a day from one network, past which the next are quarantined: a household or a ward stays far below it.</summary>
    public const int RequestsADayFromNetwork = 15;

    /// <summary>Held requests that another sign of the same person releases; a flood brings no more of itself along.</summary>
    private const int ReleasedWithAnother = 3;

    /// <summary>Keeps the request. The lead that it made, or the one that the same request made within <see cref="DuplicateWindow"/>.</summary>
    /// <param name="prepare">
    /// Adds what belongs to the same transaction and gives the lead's mails, from the lead and the secret of its staff link. Runs for a new lead that
    /// is not quarantined. Where it is null or gives null, the mails are those of a message.
    /// </param>
    /// <param name="by">Who typed it in at the desk, for somebody on the phone; null for a visitor.</param>
    /// <exception cref="DbUpdateException">What <paramref name="prepare"/> added breaks a rule of the database; nothing was kept.</exception>
    public async Task<Lead> ReceiveAsync(
        LeadRequest request, Func<Lead, string, IEnumerable<MailDraft>?>? prepare, CancellationToken cancellation, StaffStamp? by = null)
    {
        try
        {
            return await KeepAsync(request, prepare, by, cancellation);
        }
        catch (DbUpdateException refusal) when (ClinicDatabase.IsTaken(refusal))
        {
            // The same request at the same moment: whoever came second finds the first one's lead. Else it is a rule of prepare's.
            db.ChangeTracker.Clear();
            if (await FindTwinAsync(request, cancellation) is { } twin) return twin;
            throw;
        }
    }

    private async Task<Lead> KeepAsync(
        LeadRequest request, Func<Lead, string, IEnumerable<MailDraft>?>? prepare, StaffStamp? by, CancellationToken cancellation)
    {
        request = HideNetwork(request);
        var now = clock.GetUtcNow();

        // SQLite takes its write lock here (BEGIN IMMEDIATE), so that nobody slips in between look and insert. On PostgreSQL they may, and the
        // unique index decides: a level that lets transactions fail for being beside each other would refuse people in a burst.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var latest = await FindLatestAsync(request, cancellation);
        if (IsTwin(latest, request)) return latest;
        if (by is null && request.Suspicion is null && await AskedTooOftenAsync(request, now, cancellation))
            request = request with { Suspicion = LeadRequest.ManyInADay };

        var clinic = content.Current.Clinic;
        var (token, tokenHash) = SecretLink.Create();
        var signs = notice.Read(request.FreeText);
        var lead = new Lead(request, latest, Lead.FingerprintOf(hash, request.Fingerprint()), AnswerPromise.For(clinic, now), signs, tokenHash, now);
        db.Add(lead);
        if (lead.Status is not LeadStatus.Quarantined) await ReleaseOthersOfAsync(lead, now, cancellation);
        var drafts = lead.Status is LeadStatus.Quarantined ? await QuarantinedAsync(lead, now, cancellation)
            : prepare?.Invoke(lead, token) ?? mails.For(lead, token, clinic);
        foreach (var draft in drafts)
            outbox.Add(draft);
        if (by is not null) db.Add(new LeadEvent(lead, LeadEventKind.AddedByStaff, by, detail: null, note: null, now));
        await db.SaveChangesAsync(cancellation);
        if (by is not null) await audit.WriteAsync(by.Name, "lead-added", lead.Reference, detail: null, cancellation);
        await transaction.CommitAsync(cancellation);
        return lead;
    }

    /// <summary>The request with a keyed hash in place of the network's address: networks are compared, and never read.</summary>
    public LeadRequest HideNetwork(LeadRequest request) => request.Network is { } network && !network.StartsWith('#')
        ? request with { Network = "#" + Convert.ToHexStringLower(hash.Of("network", network).AsSpan(0, 12)) }
        : request;

    /// <summary>The lead that the same request made within <see cref="DuplicateWindow"/>; null when there is none.</summary>
    public async Task<Lead?> FindTwinAsync(LeadRequest request, CancellationToken cancellation) =>
        await FindLatestAsync(request, cancellation) is var latest && IsTwin(latest, request) ? latest : null;

    private Task<Lead?> FindLatestAsync(LeadRequest request, CancellationToken cancellation)
    {
        var fingerprint = Lead.FingerprintOf(hash, request.Fingerprint());
        return db.Set<Lead>().Where(lead => lead.Fingerprint == fingerprint).OrderByDescending(lead => lead.Repeat).FirstOrDefaultAsync(cancellation);
    }

    // A form that a program filled in must not swallow the same words of the person they belong to.
    private bool IsTwin([NotNullWhen(true)] Lead? latest, LeadRequest request) =>
        latest?.CreatedAt > clock.GetUtcNow() - DuplicateWindow && (latest.Suspicion != LeadRequest.FilledTrap || request.Suspicion == LeadRequest.FilledTrap);

    private async Task<bool> AskedTooOftenAsync(LeadRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        var since = now - TimeSpan.FromDays(1);
        var today = db.Set<Lead>().Where(lead => lead.CreatedAt > since);
        if (request.Network is { } network) return await today.CountAsync(lead => lead.Network == network, cancellation) >= RequestsADayFromNetwork;
        var email = request.Contact.Email is { } address ? Lead.HashOf(hash, address) : null;
        var phone = request.Contact.Phone is { } number ? Lead.HashOf(hash, number) : null;
        return (email is null || await today.CountAsync(lead => lead.EmailHash == email, cancellation) >= RequestsADay)
            && (phone is null || await today.CountAsync(lead => lead.PhoneHash == phone, cancellation) >= RequestsADay);
    }

    // Held for how often they asked, and now they speak by another sign (an email address beside the number, another network): what they said before
    // is heard as well.
    private async Task ReleaseOthersOfAsync(Lead lead, DateTimeOffset now, CancellationToken cancellation)
    {
        var since = now - TimeSpan.FromDays(7);
        var email = lead.Email is { } address ? Lead.HashOf(hash, EmailAddress.Parse(address)) : null;
        var phone = lead.Number is { } number ? Lead.HashOf(hash, number) : null;
        var held = await db.Set<Lead>()
            .Where(other => other.Status == LeadStatus.Quarantined && other.Suspicion == LeadRequest.ManyInADay && other.CreatedAt > since
                && ((phone != null && other.PhoneHash == phone) || (email != null && other.EmailHash == email)))
            .OrderByDescending(other => other.CreatedAt).Take(ReleasedWithAnother).ToListAsync(cancellation);
        foreach (var other in held) desk.Release(other);
    }

    // Told to staff once a day at most: a flood of spam must not become a flood of mail.
    private async Task<IEnumerable<MailDraft>> QuarantinedAsync(Lead lead, DateTimeOffset now, CancellationToken cancellation)
    {
        var yesterday = now - TimeSpan.FromDays(1);
        var told = await db.Set<OutboxMessage>().AnyAsync(mail => mail.Kind == LeadMails.QuarantinedKind && mail.CreatedAt > yesterday, cancellation);
        return told ? [] : mails.Quarantined(lead);
    }
}
