using System.Data.Common;
using System.Globalization;
using Ketamine.Web.Web;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Ketamine.Web.Data;

/// <summary>Registers the database and brings its schema up to date.</summary>
public static class ClinicDatabase
{
    /// <summary>The SQLite file's name in Data:Path.</summary>
    public const string FileName = "clinic.db";

    /// <summary>Adds <see cref="ClinicDb"/>, scoped and as a factory for background work, on the engine that the configuration names.</summary>
    public static IServiceCollection AddData(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DataOptions>().Bind(configuration.GetSection("Data"))
            .Validate(options => !string.IsNullOrWhiteSpace(options.Path), "Data:Path is empty; set it to a folder, e.g. data")
            .ValidateOnStart();
        services
            .AddOptions<DatabaseOptions>()
            .Bind(configuration.GetSection("Database"))
            .Validate(
                options => options.Provider is DatabaseProvider.Sqlite || configuration.GetConnectionString("Clinic") is { Length: > 0 },
                "Database:Provider is Postgres, but ConnectionStrings:Clinic isn't set; set it to a PostgreSQL connection string"
            )
            .Validate(
                options => options.Provider is DatabaseProvider.Sqlite || IsConnectionString(configuration.GetConnectionString("Clinic")),
                "ConnectionStrings:Clinic can't be read; write it like Host=db.example.com;Database=clinic;Username=clinic;Password=…"
            )
            .Validate(
                options => options.Connections is >= 4 and <= 1000,
                $"Database:Connections is {configuration["Database:Connections"]}; use a number from 4 to 1000"
            )
            .Validate(
                options => options.Queue is >= 0 and <= 100_000,
                $"Database:Queue is {configuration["Database:Queue"]}; use a number from 0 to 100000"
            )
            .ValidateOnStart();
        services.AddDataProtection(); // encrypts rows; the host configures where its keys are
        services.AddSingleton(provider => new DatabaseGate(provider.GetRequiredService<IOptions<DatabaseOptions>>().Value));
        services.AddWorker<DatabaseWatch>();
        services.AddSingleton<KeyedHash>();
        services.AddSingleton<Sealer>();
        services.AddSingleton<SealingOfOldRows>();
        services.AddPooledDbContextFactory<ClinicDb>((provider, options) =>
        {
            var database = provider.GetRequiredService<IOptions<DatabaseOptions>>().Value;
            if (database.Provider is DatabaseProvider.Postgres)
                options.UseNpgsql(
                    new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("Clinic")) { MaxPoolSize = database.Connections }.ToString()
                );
            else
                options.UseClinicSqlite(provider.GetRequiredService<IOptions<DataOptions>>().Value.Path)
                    .ReplaceService<IRelationalTransactionFactory, DatabaseGate.Transactions>();
            options.AddInterceptors(provider.GetRequiredService<DatabaseGate>());

            options.AddInterceptors(Sealing.Instance);

            // Losing a race for a time slot is normal; the code that catches the exception decides whether to log it.
            options.ConfigureWarnings(warnings =>
                warnings.Log((CoreEventId.SaveChangesFailed, LogLevel.Debug), (RelationalEventId.CommandError, LogLevel.Debug))
            );
        });
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<ClinicDb>>().CreateDbContext());
        return services;
    }

    // The message of the exception can quote the password.
    private static bool IsConnectionString(string? text)
    {
        try
        {
            _ = new NpgsqlConnectionStringBuilder(text);
            return true;
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or KeyNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Uses the SQLite file in <paramref name="folder"/>, durable: what is committed survives a power cut.</summary>
    public static DbContextOptionsBuilder UseClinicSqlite(this DbContextOptionsBuilder options, string folder) => options
        .UseSqlite(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(folder, FileName),
            ForeignKeys = true,
            DefaultTimeout = BusySeconds,
        }.ToString())
        .AddInterceptors(DurableConnection.Instance);

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

    /// <summary>
    /// Erases deleted data from the write-ahead log too, where it would otherwise stay readable until the log is reused. In the database file, deleting
    /// already overwrites it (<c>secure_delete</c>). Backups contain it for as long as they are kept.
    /// </summary>
    public static async Task EraseLogAsync(ClinicDb db, CancellationToken cancellation)
    {
        if (!db.Database.IsSqlite()) return;
        // The result says whether a reader kept the log from being emptied.
        for (var tries = 0; tries < 20 && db.ReadValue("PRAGMA wal_checkpoint(TRUNCATE)") is not 0L; tries++) await Task.Delay(100, cancellation);
    }

    /// <summary>What to do about a database that can't be opened.</summary>
    private static string Remedy(Exception failure, IServiceProvider services)
    {
        var file = Path.Combine(services.GetRequiredService<IOptions<DataOptions>>().Value.Path, FileName);
        return Chain(failure).Last() switch
        {
            SqliteException { SqliteErrorCode: 11 or 26 } => $"{file} is damaged. Move it and {file}-wal elsewhere, and restore a backup (ops backup)",
            SqliteException { SqliteErrorCode: 8 or 14 } => $"{file} isn't writable for this user. Make it and its folder writable",
            SqliteException { SqliteErrorCode: 5 or 6 } => $"{file} is locked by another program. Close that program",
            SqliteException { SqliteErrorCode: 13 } => $"the disk of {file} is full. Free up space",
            Npgsql.PostgresException postgres => $"PostgreSQL reports an error ({postgres.SqlState}): {postgres.MessageText}. See ConnectionStrings:Clinic",
            Npgsql.NpgsqlException or System.Net.Sockets.SocketException =>
                "PostgreSQL doesn't respond at ConnectionStrings:Clinic. Start it, or correct the setting",
            _ => Cause(failure),
        };
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

    /// <summary>The first column of the first row that a command returns; null if there is none.</summary>
    /// <remarks>
    /// For pragmas, and for the start: EF Core would build its model for a query, which takes half a second of CPU while the first visitor waits.
    /// </remarks>
    internal static object? ReadValue(this ClinicDb db, string sql)
    {
        db.Database.OpenConnection();
        try
        {
            using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar();
        }
        finally
        {
            db.Database.CloseConnection();
        }
    }

    /// <summary>Whether the database failed to save a change for any reason: a full disk, a lost connection, a violated constraint.</summary>
    public static bool IsFailure(Exception exception) => Chain(exception).Any(cause => cause is DbException or DbUpdateException or TimeoutException);

    /// <summary>Why the database failed, for the log. Unlike the database's own message, it contains no one's data.</summary>
    public static string Cause(Exception exception) => Chain(exception).Last() switch
    {
        SqliteException { SqliteErrorCode: 13 } or Npgsql.PostgresException { SqlState: "53100" } => "the disk with the database is full",
        SqliteException { SqliteErrorCode: 10 } sqlite => $"the disk with the database can't be read or written (SQLite {sqlite.SqliteExtendedErrorCode})",
        SqliteException sqlite => $"SQLite {sqlite.SqliteExtendedErrorCode}",
        Npgsql.PostgresException postgres => $"PostgreSQL {postgres.SqlState}",
        DatabaseBusyException busy => busy.Message,
        var other => $"{exception.GetType().Name}, {other.GetType().Name}",
    };

    /// <summary>The name of the constraint against overlapping calls on one seat: an exclusion constraint on PostgreSQL, two triggers on SQLite.</summary>
    public const string OverlapConstraint = "EX_Consultations_Overlap";

    /// <summary>
    /// Whether someone else was first: a unique index rejected the change (SQLITE_CONSTRAINT_UNIQUE or _PRIMARYKEY, PostgreSQL's 23505), or
    /// <see cref="OverlapConstraint"/> did (_TRIGGER, 23P01). Any other constraint means that the change itself is wrong; a full disk is neither.
    /// </summary>
    public static bool IsTaken(DbUpdateException exception) => exception.InnerException switch
    {
        SqliteException { SqliteExtendedErrorCode: 2067 or 1555 } => true,
        SqliteException { SqliteExtendedErrorCode: 1811 } trigger => trigger.Message.Contains(OverlapConstraint, StringComparison.Ordinal),
        Npgsql.PostgresException { SqlState: "23505" or "23P01" } => true,
        _ => false,
    };

    // Npgsql's execution strategy wraps transient errors in an InvalidOperationException, in addition to EF Core's wrapping.
    private static IEnumerable<Exception> Chain(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException) yield return cause;
    }

    /// <summary>The last file in Data/Migrations; a test compares them.</summary>
    internal const string NewestMigration = "20261129_0100_ContactStops";

    private const int BusySeconds = 10;
    private const int MostCheckedBytes = 64 * 1024 * 1024;

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

    private sealed class DurableConnection : DbConnectionInterceptor
    {
        public static DurableConnection Instance { get; } = new();

        // These apply to a connection, not to the file, so set them on each.
        private const string Pragmas = "PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000; PRAGMA secure_delete=ON;";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(
            DbConnection connection,
            ConnectionEndEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
