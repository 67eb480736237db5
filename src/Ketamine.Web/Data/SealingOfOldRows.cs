using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Data;

/// <summary>
/// Seals what a database from before sealing holds: a migration has put it into the table Unsealed, a row each, and this moves it from there into its
/// sealed columns, a few hundred rows a transaction. Stopped at any moment, it goes on where it was at the next start.
/// </summary>
public sealed partial class SealingOfOldRows(IServiceScopeFactory scopes, IEnumerable<UnsealedKind> kinds, ILogger<SealingOfOldRows> logger)
{
    private const int Batch = 200;

    /// <summary>Moves everything that waits; does nothing on any other start.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var (done, total) = (0, await LeftAsync(cancellation));
        if (total == 0) return;
        Begins(total);
        while (await MoveAsync(cancellation) is > 0 and var moved)
        {
            done += moved;
            Moved(done, total);
        }

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClinicDb>();
        if (db.Database.IsSqlite())
        {
            // What was deleted is still in free pages and in the log until both are rewritten.
            await db.Database.ExecuteSqlRawAsync("VACUUM", cancellation);
            await db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)", cancellation);
        }

        Ends(done);
    }

    private async Task<int> LeftAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ClinicDb>().Set<UnsealedRow>().CountAsync(cancellation);
    }

    private async Task<int> MoveAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClinicDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var rows = await db.Set<UnsealedRow>().AsNoTracking().OrderBy(row => row.Id).Take(Batch).ToListAsync(cancellation);
        foreach (var row in rows)
        {
            // Two instances that start at once: whoever deletes the row moves it.
            if (await db.Set<UnsealedRow>().Where(one => one.Id == row.Id && one.Kind == row.Kind).ExecuteDeleteAsync(cancellation) == 0) continue;
            await kinds.Single(kind => kind.Name == row.Kind).TakeIn(db, row.Id, row.Words, scope.ServiceProvider, cancellation);
        }

        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return rows.Count;
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Sealing {Total} rows that were kept unsealed. If the site is stopped meanwhile, it continues at the next start")]
    private partial void Begins(int total);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sealed {Done} of {Total} rows")]
    private partial void Moved(int done, int total);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Sealed all {Done} rows. Backups from before today still hold them unsealed: delete those when a new one has been made")]
    private partial void Ends(int done);

    internal sealed class UnsealedRow
    {
        public Guid Id { get; init; }

        /// <summary>The table that it belongs to.</summary>
        public required string Kind { get; init; }

        /// <summary>JSON, as it is sealed.</summary>
        public required string Words { get; init; }

        private sealed class Mapping : IEntityTypeConfiguration<UnsealedRow>
        {
            public void Configure(EntityTypeBuilder<UnsealedRow> row)
            {
                row.ToTable("Unsealed");
                row.HasKey(r => new { r.Kind, r.Id });
                row.Property(r => r.Kind).HasMaxLength(20);
            }
        }
    }
}

/// <summary>How the rows of a table take in what was kept unsealed.</summary>
/// <param name="Name">The table.</param>
/// <param name="TakeIn">Gives the row with this id its words, from their JSON; saving is the caller's.</param>
public sealed record UnsealedKind(string Name, Func<ClinicDb, Guid, string, IServiceProvider, CancellationToken, Task> TakeIn);
