using System.Diagnostics.CodeAnalysis;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Leads.Crisis;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Leads;

/// <summary>
/// Accepts requests. Saves the lead and its emails in one transaction, so neither ever exists without the other. Holds likely spam, unless someone may
/// be in danger. Never holds a request only because of its number or address, because anyone can type those.
/// </summary>
public sealed class LeadIntake(
    ClinicDb db, ContentStore content, LeadService desk, LeadMails mails, Outbox outbox, KeyedHash hash, CrisisNotice notice,
    LeadQueries queries, AuditLog audit, TimeProvider clock)
{
    /// <summary>Within this time, an identical request doesn't create a second lead.</summary>
    public static readonly TimeSpan DuplicateWindow = TimeSpan.FromMinutes(10);

    /// <summary>
    /// If the sender's network is unknown: requests per day with the same email address and number, after which further ones are quarantined. A new address
    /// or number is let through.
    /// </summary>
    public const int RequestsADay = 6;

    /// <summary>Requests per day from one network, after which further ones are quarantined: far more than a household or a hospital ward sends.</summary>
    public const int RequestsADayFromNetwork = 15;

    private const int Tries = 4;

    /// <summary>Saves the request. Returns its lead, or the one that an identical request created within <see cref="DuplicateWindow"/>.</summary>
    /// <param name="prepare">
    /// Adds more to the same transaction and returns the lead's emails, given the lead and the secret of its link for staff. Runs for a new lead that
    /// isn't quarantined. If it is null or returns null, the emails are those for a message.
    /// </param>
    /// <param name="by">The staff member who entered it for someone on the phone; null for a visitor.</param>
    /// <exception cref="DbUpdateException">What <paramref name="prepare"/> added violates a database constraint; nothing was saved.</exception>
    public async Task<Lead> ReceiveAsync(
        LeadRequest request, Func<Lead, string, IEnumerable<MailDraft>?>? prepare, CancellationToken cancellation, StaffStamp? by = null)
    {
        await db.Database.OpenConnectionAsync(cancellation);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await KeepAsync(HideNetwork(request), prepare, by, cancellation);
                }
                catch (DbUpdateConcurrencyException) when (attempt < Tries)
                {
                    db.ChangeTracker.Clear(); // someone else has released the held requests in the meantime
                }
                catch (DbUpdateException refusal) when (ClinicDatabase.IsTaken(refusal))
                {
                    // An identical request at the same moment: the second one finds the first one's lead. Otherwise it is a constraint on prepare's rows.
                    db.ChangeTracker.Clear();
                    if (await FindTwinAsync(request, cancellation) is { } twin) return twin;
                    throw;
                }
            }
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    // Reads and prepares before its turn to write. If someone else saves in between, the unique index and the concurrency tokens catch it: a stricter
    // isolation level would turn people away in a burst.
    private async Task<Lead> KeepAsync(
        LeadRequest request, Func<Lead, string, IEnumerable<MailDraft>?>? prepare, StaffStamp? by, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
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
        if (by is null)
        {
            await db.SaveChangesAsync(cancellation); // one transaction
            return lead;
        }

        db.Add(new LeadEvent(lead, LeadEventKind.AddedByStaff, by, detail: null, note: null, now));
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.SaveChangesAsync(cancellation);
        await audit.WriteAsync(by.Name, "lead-added", lead.Reference, detail: null, cancellation);
        await transaction.CommitAsync(cancellation);
        return lead;
    }

    /// <summary>The request with a keyed hash instead of the network address: networks are only compared, never read.</summary>
    public LeadRequest HideNetwork(LeadRequest request) => request.Network is { } network && !network.StartsWith('#')
        ? request with { Network = "#" + Convert.ToHexStringLower(hash.Of("network", network).AsSpan(0, 12)) }
        : request;

    /// <summary>The lead that an identical request created within <see cref="DuplicateWindow"/>; null if none.</summary>
    public async Task<Lead?> FindTwinAsync(LeadRequest request, CancellationToken cancellation) =>
        await FindLatestAsync(request, cancellation) is var latest && IsTwin(latest, request) ? latest : null;

    private Task<Lead?> FindLatestAsync(LeadRequest request, CancellationToken cancellation) =>
        queries.Latest(db, Lead.FingerprintOf(hash, request.Fingerprint()), cancellation);

    // A bot's copy of a form must not suppress the same words from the real person.
    private bool IsTwin([NotNullWhen(true)] Lead? latest, LeadRequest request) =>
        latest?.CreatedAt > clock.GetUtcNow() - DuplicateWindow && (latest.Suspicion != LeadRequest.FilledTrap || request.Suspicion == LeadRequest.FilledTrap);

    private async Task<bool> AskedTooOftenAsync(LeadRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        var since = now - TimeSpan.FromDays(1);
        if (request.Network is { } network) return await queries.FromNetwork(db, network, since, cancellation) >= RequestsADayFromNetwork;
        var today = db.Set<Lead>().Where(lead => lead.CreatedAt > since);
        var email = request.Contact.Email is { } address ? Lead.HashOf(hash, address) : null;
        var phone = request.Contact.Phone is { } number ? Lead.HashOf(hash, number) : null;
        return (email is null || await today.CountAsync(lead => lead.EmailHash == email, cancellation) >= RequestsADay)
            && (phone is null || await today.CountAsync(lead => lead.PhoneHash == phone, cancellation) >= RequestsADay);
    }

    // They were held for asking too often, and now identify themselves differently (an added email address, another network): release what they said
    // before as well.
    private async Task ReleaseOthersOfAsync(Lead lead, DateTimeOffset now, CancellationToken cancellation)
    {
        var since = now - TimeSpan.FromDays(7);
        var email = lead.Email is { } address ? Lead.HashOf(hash, EmailAddress.Parse(address)) : null;
        var phone = lead.Number is { } number ? Lead.HashOf(hash, number) : null;
        await foreach (var other in queries.HeldOf(db, phone, email, since).WithCancellation(cancellation)) desk.Release(other);
    }

    // A flood of spam must not become a flood of email.
    private async Task<IEnumerable<MailDraft>> QuarantinedAsync(Lead lead, DateTimeOffset now, CancellationToken cancellation) =>
        await Outbox.HasAddedAsync(db, LeadMails.QuarantinedKind, now.AddDays(-1), cancellation) ? [] : mails.Quarantined(lead);
}
