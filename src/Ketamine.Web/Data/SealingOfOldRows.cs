using System.Text.Json;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Data;

/// <summary>
/// Seals the data of a database from before sealing: a migration has put it into the table Unsealed, and this moves it to the sealed columns, a few
/// hundred rows per transaction. If stopped, it continues at the next start.
/// </summary>
public sealed partial class SealingOfOldRows(IServiceScopeFactory scopes, IEnumerable<UnsealedKind> kinds, ILogger<SealingOfOldRows> logger)
{
    private const int Batch = 200;

    /// <summary>Moves all waiting rows; does nothing if there are none.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var (done, total) = (0, Left());
        if (total == 0) return;
        Begins(total);
        while (await MoveAsync(cancellation) is > 0 and var moved)
        {
            done += moved;
            Moved(done, total);
        }

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClinicDb>();
        // Deleted data stays in free pages and in the log until both are rewritten.
        if (db.Database.IsSqlite()) await db.Database.ExecuteSqlRawAsync("VACUUM", cancellation);
        await ClinicDatabase.EraseLogAsync(db, cancellation);
        Ends(done);
    }

    private int Left()
    {
        using var scope = scopes.CreateScope();
        var left = scope.ServiceProvider.GetRequiredService<ClinicDb>().ReadValue("SELECT count(*) FROM \"Unsealed\"");
        return Convert.ToInt32(left, CultureInfo.InvariantCulture);
    }

    private async Task<int> MoveAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClinicDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var rows = await db.Set<UnsealedRow>().AsNoTracking().OrderBy(row => row.Id).Take(Batch).ToListAsync(cancellation);
        foreach (var row in rows)
        {
            // If two instances start at once, the one that deletes the row moves it.
            if (await db.Set<UnsealedRow>().Where(one => one.Id == row.Id && one.Kind == row.Kind).ExecuteDeleteAsync(cancellation) == 0) continue;
            await kinds.Single(kind => kind.Name == row.Kind).TakeIn(db, row.Id, row.Words, scope.ServiceProvider, cancellation);
        }

        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return rows.Count;
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Sealing {Total} rows that were stored unsealed. If the site stops before this is done, it continues at the next start")]
    private partial void Begins(int total);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sealed {Done} of {Total} rows")]
    private partial void Moved(int done, int total);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Sealed all {Done} rows. Backups from before today still contain them unsealed: make a new backup, then delete those")]
    private partial void Ends(int done);

    internal sealed class UnsealedRow
    {
        public Guid Id { get; init; }

        /// <summary>The table that it belongs to.</summary>
        public required string Kind { get; init; }

        /// <summary>The JSON to seal.</summary>
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

/// <summary>How a table's rows take in their unsealed data.</summary>
/// <param name="Name">The table.</param>
/// <param name="TakeIn">Gives the row with this id its text, from JSON; the caller saves. Does nothing if the row is gone.</param>
public sealed record UnsealedKind(string Name, Func<ClinicDb, Guid, string, IServiceProvider, CancellationToken, Task> TakeIn)
{
    /// <summary>The rows of <typeparamref name="TRow"/>.</summary>
    public static UnsealedKind Of<TRow, TWords>(string name, Action<TRow, TWords, IServiceProvider> takeIn)
        where TRow : SealedRow<TWords> where TWords : class =>
        new(name, async (db, id, words, services, cancellation) =>
        {
            if (await db.Set<TRow>().FirstOrDefaultAsync(row => row.Id == id, cancellation) is { } row)
                takeIn(row, JsonSerializer.Deserialize<TWords>(words)!, services);
        });
}
