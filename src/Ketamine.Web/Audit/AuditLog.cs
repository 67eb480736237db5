using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Audit;

/// <summary>Writes the audit and proves that nothing in it was changed.</summary>
public sealed class AuditLog(ClinicDb db, KeyedHash hash, TimeProvider clock)
{
    /// <summary>Who acts when a command on the server does.</summary>
    public const string Ops = "ops";

    /// <summary>Who acts when the site does so by itself: retention, a mail that came back.</summary>
    public const string Site = "site";

    /// <summary>Who acts when nobody is signed in.</summary>
    public const string Visitor = "visitor";

    /// <summary>
    /// Writes a line. Within a transaction it is the last thing before the commit, because it holds the chain's end until then; outside one, the line is
    /// committed by itself.
    /// </summary>
    /// <param name="who">A staff member's name, or one of the constants above.</param>
    /// <param name="what">Of a-z and hyphens.</param>
    /// <param name="subject">A lead's reference or the like; nothing that a prospect typed.</param>
    /// <param name="detail">In words of the site's own.</param>
    public async Task WriteAsync(string who, string what, string? subject, string? detail, CancellationToken cancellation)
    {
        var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellation) : null;
        await using (own)
        {
            // A write to the one row locks it on PostgreSQL, and the whole database on SQLite, before it is read.
            await db.Set<AuditTail>().ExecuteUpdateAsync(set => set.SetProperty(tail => tail.Number, tail => tail.Number + 1), cancellation);
            var end = await db.Set<AuditTail>().AsNoTracking().SingleAsync(cancellation);
            var entry = AuditEntry.After(end.Number - 1, end.Hash, clock.GetUtcNow(), who, what, subject, detail, hash);
            db.Add(entry);
            await db.SaveChangesAsync(cancellation);
            db.Entry(entry).State = EntityState.Detached;
            await db.Set<AuditTail>().ExecuteUpdateAsync(set => set.SetProperty(tail => tail.Hash, entry.Hash), cancellation);
            if (own is not null) await own.CommitAsync(cancellation);
        }
    }

    /// <summary>Reads the whole chain and says where it is broken, if anywhere.</summary>
    public async Task<AuditVerdict> VerifyAsync(CancellationToken cancellation)
    {
        var faults = new List<string>();
        var (number, previous) = (0L, Array.Empty<byte>());
        // The end first: lines that are written meanwhile only lie behind it.
        var end = await db.Set<AuditTail>().AsNoTracking().SingleOrDefaultAsync(cancellation);
        var last = end?.Number ?? 0;
        await foreach (var entry in db.Set<AuditEntry>().AsNoTracking().Where(entry => entry.Number <= last).OrderBy(entry => entry.Number).AsAsyncEnumerable()
            .WithCancellation(cancellation))
        {
            if (entry.Number == number + 2) faults.Add($"Entry {number + 1} is missing.");
            else if (entry.Number != number + 1) faults.Add($"Entries {number + 1} to {entry.Number - 1} are missing.");
            // Behind a gap, whether this line is whole can't be told: its hash rests on one that isn't there.
            else if (!entry.Compute(previous, hash).AsSpan()
                .SequenceEqual(entry.Hash)) faults.Add($"Entry {entry.Number} was changed, or stands where another one stood.");
            (number, previous) = (entry.Number, entry.Hash);
        }

        if (number < last) faults.Add(number + 1 == last ? $"Entry {last}, the last one, is missing."
            : $"Entries {number + 1} to {last}, the last ones, are missing.");
        else if (end is null) faults.Add("The row that says where the audit ends is missing.");
        else if (!end.Hash.AsSpan().SequenceEqual(previous)) faults.Add($"The end of the audit was changed: it does not fit entry {number}.");
        return new AuditVerdict(last, faults);
    }
}

/// <summary>What a check of the audit found.</summary>
/// <param name="Entries">Lines that there should be.</param>
/// <param name="Faults">A sentence each, in the audit's order; empty when the chain holds.</param>
public sealed record AuditVerdict(long Entries, IReadOnlyList<string> Faults)
{
    public bool Holds => Faults.Count == 0;
}
