using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Consultations;

/// <summary>
/// Adds and removes time off. It cancels nothing: a call booked in such a time keeps it, and staff see it in their queue until they move it. That includes a
/// call booked at that very moment, because affected calls are looked up, never stored.
/// </summary>
public sealed class TimeOffService(ClinicDb db, ContentStore content, AuditLog audit, TimeProvider clock)
{
    /// <summary>The time off between two instants, in order.</summary>
    public async Task<IReadOnlyList<TimeOff>> BetweenAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation) =>
        await db.Set<TimeOff>().AsNoTracking().Where(off => off.StartsAt < to && off.EndsAt > from).OrderBy(off => off.StartsAt).ToListAsync(cancellation);

    /// <summary>Booked calls that time off would affect, in order, each with its lead.</summary>
    public async Task<IReadOnlyList<(Consultation Call, Lead Lead)>> AffectedAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var pairs = await db.Set<Consultation>().AsNoTracking()
            .Where(call => call.Status == ConsultationStatus.Booked && call.EndsAt > now && call.StartsAt < to && call.EndsAt > from)
            .Join(db.Set<Lead>().AsNoTracking(), call => call.LeadId, lead => lead.Id, (call, lead) => new { call, lead })
            .OrderBy(pair => pair.call.StartsAt).ToListAsync(cancellation);
        return [.. pairs.Select(pair => (pair.call, pair.lead))];
    }

    public async Task AddAsync(DateTimeOffset from, DateTimeOffset to, string? reason, StaffStamp by, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        db.Add(new TimeOff(from, to, reason, clock.GetUtcNow()));
        await db.SaveChangesAsync(cancellation);
        await audit.WriteAsync(by.Name, "time-off-added", subject: null, Words(from, to), cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Removes time off. Returns false if it was already removed.</summary>
    public async Task<bool> RemoveAsync(Guid id, StaffStamp by, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (await db.Set<TimeOff>().AsNoTracking().FirstOrDefaultAsync(off => off.Id == id, cancellation) is not { } off) return false;
        if (await db.Set<TimeOff>().Where(one => one.Id == id).ExecuteDeleteAsync(cancellation) == 0) return false;
        await audit.WriteAsync(by.Name, "time-off-removed", subject: null, Words(off.StartsAt, off.EndsAt), cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private string Words(DateTimeOffset from, DateTimeOffset to) => $"{Local(from)} to {Local(to)}";

    private string Local(DateTimeOffset instant) =>
        instant.InZone(content.Current.Clinic.TimeZone).LocalDateTime.ToString("uuuu-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
