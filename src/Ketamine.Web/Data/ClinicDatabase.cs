using System.Data.Common;
using Ketamine.Web.Web;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Ketamine.Web.Data;

/// <summary>Registers the database, and opens its connections.</summary>
public static partial class ClinicDatabase
{
    /// <summary>The SQLite file's name in Data:Path.</summary>
    public const string FileName = "clinic.db";

    private const int BusySeconds = 10;

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
            options.AddInterceptors(provider.GetRequiredService<DatabaseGate>(), Sealing.Instance);
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

    private sealed class DurableConnection : DbConnectionInterceptor
    {
        public static DurableConnection Instance { get; } = new();

        // These apply to a connection, not to the file, so set them on each.
        private static readonly string Pragmas = string.Create(
            CultureInfo.InvariantCulture, $"PRAGMA synchronous=FULL; PRAGMA busy_timeout={BusySeconds * 1000}; PRAGMA secure_delete=ON;");

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
