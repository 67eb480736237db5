using Ketamine.Web.Data;

namespace Ketamine.Web.Leads;

/// <summary>
/// The queries that every form runs, compiled once: otherwise, EF Core spends as long on looking up what it has translated as on running it. Singleton, not
/// static, because a compiled query works for the database of its first use only.
/// </summary>
public sealed class LeadQueries
{
    /// <summary>The most held requests that are released when the person identifies themselves differently; limits what a flood can release.</summary>
    private const int ReleasedWithAnother = 3;

    /// <summary>The latest lead with this <see cref="Lead.Fingerprint"/>, tracked; null if none.</summary>
    public Func<ClinicDb, byte[], CancellationToken, Task<Lead?>> Latest { get; } = EF.CompileAsyncQuery(
        (ClinicDb db, byte[] fingerprint, CancellationToken _) =>
            db.Set<Lead>().Where(lead => lead.Fingerprint == fingerprint).OrderByDescending(lead => lead.Repeat).FirstOrDefault());

    /// <summary>The number of leads from this <see cref="Lead.Network"/> since then.</summary>
    public Func<ClinicDb, string, DateTimeOffset, CancellationToken, Task<int>> FromNetwork { get; } = EF.CompileAsyncQuery(
        (ClinicDb db, string network, DateTimeOffset since, CancellationToken _) =>
            db.Set<Lead>().Count(lead => lead.CreatedAt > since && lead.Network == network));

    /// <summary>
    /// The newest leads with this <see cref="Lead.PhoneHash"/> or <see cref="Lead.EmailHash"/> that were held since then for asking too often, tracked.
    /// </summary>
    public Func<ClinicDb, byte[]?, byte[]?, DateTimeOffset, IAsyncEnumerable<Lead>> HeldOf { get; } = EF.CompileAsyncQuery(
        (ClinicDb db, byte[]? phone, byte[]? email, DateTimeOffset since) => db.Set<Lead>()
            .Where(other => other.Status == LeadStatus.Quarantined && other.Suspicion == LeadRequest.ManyInADay && other.CreatedAt > since
                && ((phone != null && other.PhoneHash == phone) || (email != null && other.EmailHash == email)))
            .OrderByDescending(other => other.CreatedAt).Take(ReleasedWithAnother));
}
