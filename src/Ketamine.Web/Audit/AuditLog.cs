using Ketamine.Web.Data;

namespace Ketamine.Web.Audit;

/// <summary>Writes the audit log and verifies that no one has tampered with it.</summary>
public sealed class AuditLog(ClinicDb db, KeyedHash hash, TimeProvider clock)
{
    /// <summary>The actor for a command run on the server.</summary>
    public const string Ops = "ops";

    /// <summary>The actor for what the site does automatically, such as retention or handling a bounced email.</summary>
    public const string Site = "site";

    /// <summary>The actor for someone who used the link in an email to staff.</summary>
    public const string Link = "link in email";

    /// <summary>The actor for someone who isn't signed in.</summary>
    public const string Visitor = "visitor";

    /// <summary>
    /// Writes an entry. Within a transaction, call this last before the commit, because it locks the end of the chain until then. Outside a transaction,
    /// commits the entry.
    /// </summary>
    /// <param name="who">A staff member's name, or one of the constants above.</param>
    /// <param name="what">The action; a-z and hyphens.</param>
    /// <param name="subject">A lead's reference or similar; nothing that a prospect typed.</param>
    /// <param name="detail">Details, without text that a person typed.</param>
    public async Task WriteAsync(string who, string what, string? subject, string? detail, CancellationToken cancellation)
    {
        var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellation) : null;
        await using (transaction)
        {
            // Updates the row before reading it: that locks the row on PostgreSQL and the whole database on SQLite.
            await db.Set<AuditTail>().ExecuteUpdateAsync(set => set.SetProperty(tail => tail.Number, tail => tail.Number + 1), cancellation);
            var end = await db.Set<AuditTail>().AsNoTracking().SingleAsync(cancellation);
            var entry = AuditEntry.After(end.Number - 1, end.Hash, clock.GetUtcNow(), who, what, subject, detail, hash);
            db.Add(entry);
            await db.SaveChangesAsync(cancellation);
            db.Entry(entry).State = EntityState.Detached;
            await db.Set<AuditTail>().ExecuteUpdateAsync(set => set.SetProperty(tail => tail.Hash, entry.Hash), cancellation);
            if (transaction is not null) await transaction.CommitAsync(cancellation);
        }
    }

    /// <summary>Reads the chain and reports where it is broken, if anywhere.</summary>
    /// <param name="since">A verified end from which to continue; null to read the whole chain.</param>
    public async Task<AuditVerdict> VerifyAsync(CancellationToken cancellation, AuditEnd? since = null)
    {
        var faults = new List<string>();
        var number = since?.Number ?? 0;
        var previous = since?.Hash ?? [];
        // Reads the end first, so entries written during the check are left out of it.
        var end = await db.Set<AuditTail>().AsNoTracking().SingleOrDefaultAsync(cancellation);
        var last = end?.Number ?? 0;
        var entries = db.Set<AuditEntry>().AsNoTracking().Where(entry => entry.Number > number && entry.Number <= last).OrderBy(entry => entry.Number);
        await foreach (var entry in entries.AsAsyncEnumerable().WithCancellation(cancellation))
        {
            if (entry.Number == number + 2) faults.Add($"Entry {number + 1} is missing.");
            else if (entry.Number != number + 1) faults.Add($"Entries {number + 1} to {entry.Number - 1} are missing.");
            // Only checked without a gap before it: the hash depends on the previous entry.
            else if (!entry.Compute(previous, hash).AsSpan().SequenceEqual(entry.Hash)) faults.Add($"Entry {entry.Number} was changed or replaced.");
            number = entry.Number;
            previous = entry.Hash;
        }

        if (number + 1 == last) faults.Add($"Entry {last}, the last one, is missing.");
        else if (number < last) faults.Add($"Entries {number + 1} to {last}, the last ones, are missing.");
        else if (end is null) faults.Add("The row that marks the end of the audit log is missing.");
        else if (!end.Hash.AsSpan().SequenceEqual(previous)) faults.Add($"The end of the audit log was changed: it doesn't match entry {number}.");
        return new AuditVerdict(last, faults) { End = new AuditEnd(number, previous) };
    }
}

/// <summary>The result of verifying the audit log.</summary>
/// <param name="Entries">How many entries there should be.</param>
/// <param name="Faults">One sentence per problem, in the order of the log; empty if the chain is intact.</param>
public sealed record AuditVerdict(long Entries, IReadOnlyList<string> Faults)
{
    public bool IsIntact => Faults.Count == 0;

    /// <summary>The end of the verified part, where the next check can continue.</summary>
    public AuditEnd End { get; init; } = new(0, []);
}

/// <summary>An entry that was read when the chain was verified.</summary>
public sealed record AuditEnd(long Number, byte[] Hash);
