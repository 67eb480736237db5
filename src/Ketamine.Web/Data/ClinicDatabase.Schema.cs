using Ketamine.Web.Web;
using Microsoft.Data.Sqlite;

namespace Ketamine.Web.Data;

/// <summary>Brings the schema up to date at startup.</summary>
public static partial class ClinicDatabase
{
    /// <summary>The last file in Data/Migrations; a test compares them.</summary>
    internal const string NewestMigration = "20261130_0100_OutboxKinds";

    private const int MostCheckedBytes = 64 * 1024 * 1024;

    /// <summary>The oldest SQLite version that the site accepts: the first with the fix for CVE-2025-6965, in which a query could corrupt memory.</summary>
    public static Version OldestSqlite { get; } = new(3, 50, 2);

    /// <summary>The version of the SQLite library that this process has loaded, e.g. <c>3.53.3</c>.</summary>
    public static string SqliteVersion
    {
        get
        {
            using var connection = new SqliteConnection();
            return connection.ServerVersion;
        }
    }

    /// <summary>What is wrong with SQLite <paramref name="version"/>; null if the site can run on it.</summary>
    public static string? SqliteProblem(string version) => Version.TryParse(version, out var running) && running >= OldestSqlite
        ? null
        : $"SQLite {version} is loaded, but the site needs {OldestSqlite} or later, which fixes CVE-2025-6965. "
            + "Update the package Microsoft.EntityFrameworkCore.Sqlite, or remove the e_sqlite3 library that replaces the one it brings.";

    /// <summary>
    /// Migrates like <see cref="MigrateAsync"/>. If the database can't be used, writes the reasons to <paramref name="error"/>, one per line and
    /// without a stack trace.
    /// </summary>
    /// <returns>Whether the database is ready.</returns>
    public static async Task<bool> TryMigrateAsync(IServiceProvider services, TextWriter error, CancellationToken cancellation)
    {
        try
        {
            await MigrateAsync(services, cancellation);
            if (!TryCreateKeys(SiteKeys.Folder(services.GetRequiredService<IConfiguration>()), error)) return false;
            services.GetRequiredService<KeyedHash>().Open();
            await services.GetRequiredService<SealingOfOldRows>().RunAsync(cancellation);
            return true;
        }
        catch (KeysLostException lost)
        {
            await error.WriteLineAsync(lost.Message);
        }
        catch (OptionsValidationException wrong)
        {
            foreach (var failure in wrong.Failures) await error.WriteLineAsync(failure);
        }
        catch (NotSupportedException old)
        {
            await error.WriteLineAsync(old.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(
                $"Data:Path is {services.GetRequiredService<IOptions<DataOptions>>().Value.Path}, which can't be created or written: {failure.Message}"
            );
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            await error.WriteLineAsync($"The database can't be used: {Remedy(failure, services)}");
        }

        return false;
    }

    private static bool TryCreateKeys(DirectoryInfo folder, TextWriter error)
    {
        try
        {
            PrivateFiles.CreateFolder(folder.FullName);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"Keys:Path is {folder.FullName}, which can't be created: {failure.Message}");
            return false;
        }
    }

    /// <summary>
    /// Applies missing migrations, one instance at a time. On SQLite it takes a file lock, which the operating system releases if the process is
    /// killed. EF Core's own lock is a row, which would outlive a killed process and block forever, so any such row found under the file lock is
    /// stale and is deleted.
    /// </summary>
    /// <exception cref="IOException">Data:Path can't be created or written.</exception>
    /// <exception cref="NotSupportedException">The loaded SQLite is older than <see cref="OldestSqlite"/>.</exception>
    public static async Task MigrateAsync(IServiceProvider services, CancellationToken cancellation)
    {
        await using var scope = services.CreateAsyncScope();
        var folder = scope.ServiceProvider.GetRequiredService<IOptions<DataOptions>>().Value.Path;
        foreach (var open in DataFolder.Secure(folder))
            scope.ServiceProvider.GetRequiredService<ILogger<ClinicDb>>().LogWarning("{Problem}", open);
        var db = scope.ServiceProvider.GetRequiredService<ClinicDb>();
        if (!db.Database.IsSqlite())
        {
            await db.Database.MigrateAsync(cancellation);
            return;
        }

        if (SqliteProblem(SqliteVersion) is { } problem) throw new NotSupportedException(problem);
        await using var turn = await TakeTurnAsync(Path.Combine(folder, "migrate.lock"), cancellation);
        await db.Database.OpenConnectionAsync(cancellation);
        try
        {
            db.ReadValue("PRAGMA journal_mode=WAL");
            Check(db, Path.Combine(folder, FileName));
            if (IsCurrent(db)) return;
            await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellation);
            await db.Database.MigrateAsync(cancellation);
        }
        finally
        {
            // A context goes back to the pool as it is, with its connection and that one's place at the gate.
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>Checks a database of ordinary size for damage at startup, before it accepts anything from anyone.</summary>
    private static void Check(ClinicDb db, string file)
    {
        if (new FileInfo(file).Length > MostCheckedBytes) return;
        if (db.ReadValue("PRAGMA quick_check(1)") is not "ok") throw new SqliteException("the database is damaged", 11);
    }

    /// <summary>Whether the newest migration has been applied already, as at most starts.</summary>
    private static bool IsCurrent(ClinicDb db) =>
        db.ReadValue("SELECT 1 FROM sqlite_master WHERE name = '__EFMigrationsHistory'") is not null
        && db.ReadValue("SELECT max(MigrationId) FROM __EFMigrationsHistory") is NewestMigration;

    private static async Task<FileStream> TakeTurnAsync(string file, CancellationToken cancellation)
    {
        for (var waited = 0; ; waited++)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited < 600 && File.Exists(file))
            {
                await Task.Delay(100, cancellation);
            }
        }
    }
}
