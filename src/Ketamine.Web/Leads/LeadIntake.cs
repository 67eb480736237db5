using System.Diagnostics.CodeAnalysis;
using Ketamine.Web.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Leads.Crisis;
using Ketamine.Web.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Leads;

/// <summary>Takes a request in: the lead and its mails in one transaction, so that neither is ever there without the other.</summary>
public sealed class LeadIntake(ClinicDb db, ContentStore content, LeadMails mails, Outbox outbox, CrisisPhrases crisis, TimeProvider clock)
{
    /// <summary>The same request within this time makes no second lead.</summary>
    public static readonly TimeSpan DuplicateWindow = TimeSpan.FromMinutes(10);

    /// <summary>Different requests from one email address or number in a day, past which the next are quarantined.</summary>
    public const int RequestsADay = 6;

    /// <summary>Keeps the request. The lead that it made, or the one that the same request made within <see cref="DuplicateWindow"/>.</summary>
    /// <param name="prepare">
    /// Adds what belongs to the same transaction and gives the lead's mails, from the lead and the secret of its staff link. Runs for a new lead that
    /// is not quarantined. Where it is null or gives null, the mails are those of a message.
    /// </param>
    /// <exception cref="DbUpdateException">What <paramref name="prepare"/> added breaks a rule of the database; nothing was kept.</exception>
    public async Task<Lead> ReceiveAsync(LeadRequest request, Func<Lead, string, IEnumerable<MailDraft>?>? prepare, CancellationToken cancellation)
    {
        try
        {
            return await KeepAsync(request, prepare, cancellation);
        }
        catch (DbUpdateException refusal) when (ClinicDatabase.IsTaken(refusal))
        {
            // The same request at the same moment: whoever came second finds the first one's lead. Else it is a rule of prepare's.
            db.ChangeTracker.Clear();
            if (await FindTwinAsync(request, cancellation) is { } twin) return twin;
            throw;
        }
    }

    private async Task<Lead> KeepAsync(LeadRequest request, Func<Lead, string, IEnumerable<MailDraft>?>? prepare, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();

        // SQLite takes its write lock here (BEGIN IMMEDIATE), so that nobody slips in between look and insert. On PostgreSQL they may, and the
        // unique index decides: a level that lets transactions fail for being beside each other would refuse people in a burst.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var latest = await FindLatestAsync(request, cancellation);
        if (IsTwin(latest)) return latest;
        if (request.Suspicion is null && await AskedTooOftenAsync(request.Contact, now, cancellation))
            request = request with { Suspicion = "many requests in a day from one address or number" };

        var clinic = content.Current.Clinic;
        var (token, hash) = LeadToken.Create();
        var lead = new Lead(request, latest, AnswerPromise.For(clinic, now), crisis.SuggestsRisk(request.FreeText), hash, now);
        db.Add(lead);
        var drafts = lead.Status is LeadStatus.Quarantined ? await QuarantinedAsync(lead, now, cancellation)
            : prepare?.Invoke(lead, token) ?? mails.For(lead, token, clinic);
        foreach (var draft in drafts)
            outbox.Add(draft);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return lead;
    }

    /// <summary>The lead that the same request made within <see cref="DuplicateWindow"/>; null when there is none.</summary>
    public async Task<Lead?> FindTwinAsync(LeadRequest request, CancellationToken cancellation) =>
        await FindLatestAsync(request, cancellation) is var latest && IsTwin(latest) ? latest : null;

    private Task<Lead?> FindLatestAsync(LeadRequest request, CancellationToken cancellation)
    {
        var fingerprint = request.Fingerprint();
        return db.Set<Lead>().Where(lead => lead.Fingerprint == fingerprint).OrderByDescending(lead => lead.Repeat).FirstOrDefaultAsync(cancellation);
    }

    private bool IsTwin([NotNullWhen(true)] Lead? latest) => latest?.CreatedAt > clock.GetUtcNow() - DuplicateWindow;

    private async Task<bool> AskedTooOftenAsync(ContactDetails contact, DateTimeOffset now, CancellationToken cancellation)
    {
        var since = now - TimeSpan.FromDays(1);
        var (email, phone) = (contact.Email?.Normalized, contact.Phone?.E164);
        return await db.Set<Lead>().CountAsync(
            lead => lead.CreatedAt > since && ((email != null && lead.EmailNormalized == email) || (phone != null && lead.Phone == phone)), cancellation) >= RequestsADay;
    }

    // Told to staff once a day at most: a flood of spam must not become a flood of mail.
    private async Task<IEnumerable<MailDraft>> QuarantinedAsync(Lead lead, DateTimeOffset now, CancellationToken cancellation)
    {
        var yesterday = now - TimeSpan.FromDays(1);
        var told = await db.Set<OutboxMessage>().AnyAsync(mail => mail.Kind == LeadMails.QuarantinedKind && mail.CreatedAt > yesterday, cancellation);
        return told ? [] : mails.Quarantined(lead);
    }
}
