using Microsoft.Data.Sqlite;

namespace Ketamine.Web.Data;

/// <summary>
/// Notices when the SQLite database files are deleted or replaced while the site runs. The site would keep writing to files without a name and lose
/// everything when it stops. Instead, it copies everything out and then accepts nothing more.
/// </summary>
public sealed partial class DatabaseWatch(
    IOptions<DataOptions> data,
    IOptions<DatabaseOptions> database,
    DatabaseGate gate,
    TimeProvider clock,
    ILogger<DatabaseWatch> log
) : BackgroundService
{
    // Uses the machine's clock: files disappear in real time, even if the clinic's clock is fake.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>What is wrong, for the readiness check; null if nothing is.</summary>
    public string? Problem { get; private set; }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (database.Value.Provider is not DatabaseProvider.Sqlite || !OperatingSystem.IsLinux()) return;
        var file = Path.GetFullPath(Path.Combine(data.Value.Path, ClinicDatabase.FileName));
        // Stays open while the site runs, so SQLite itself never deletes the write-ahead log.
        await using var own = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        try
        {
            Execute(own, "SELECT count(*) FROM sqlite_master");
        }
        catch (SqliteException failure)
        {
            LogUnwatched(ClinicDatabase.Cause(failure));
            return;
        }

        using var timer = new PeriodicTimer(Look);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Deleted(file) is not { } gone) continue;
            Stop(own, gone);
            return;
        }
    }

    /// <summary>A database file that this process has open but that has been deleted; null if there is none.</summary>
    private static string? Deleted(string file) => Directory.EnumerateFiles("/proc/self/fd")
        .Select(descriptor =>
        {
            try
            {
                return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName;
            }
            catch (IOException)
            {
                return null; // closed in the meantime
            }
        })
        .Where(target => target is not null && target.StartsWith(file, StringComparison.Ordinal) && target.EndsWith(" (deleted)", StringComparison.Ordinal))
        .Select(target => target![..^" (deleted)".Length]).FirstOrDefault();

    private void Stop(SqliteConnection own, string gone)
    {
        Problem = $"{gone} was deleted while the site was running";
        gate.Close(Problem);
        var rescued = Path.Combine(
            data.Value.Path,
            string.Create(CultureInfo.InvariantCulture, $"clinic-rescued-{clock.GetUtcNow().UtcDateTime:yyyyMMdd'T'HHmmss}.db")
        );
        try
        {
            new FileStream(rescued, PrivateFiles.ForWriting(FileMode.Create)).Dispose();
            using var copy = own.CreateCommand();
            copy.CommandText = "VACUUM INTO $file";
            copy.Parameters.AddWithValue("$file", rescued);
            copy.ExecuteNonQuery();
            LogRescued(gone, rescued);
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            LogLost(gone, failure is SqliteException ? ClinicDatabase.Cause(failure) : failure.Message);
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteScalar();
    }

    [LoggerMessage(
        LogLevel.Critical,
        "{File} was deleted or replaced while the site was running. Everything so far was copied to {Rescued}. "
            + "The site accepts no forms until you stop it, replace "
            + "clinic.db with that copy, delete clinic.db-wal and clinic.db-shm, and start it again"
    )]
    private partial void LogRescued(string file, string rescued);

    [LoggerMessage(
        LogLevel.Critical,
        "{File} was deleted or replaced while the site was running, and the database can't be copied: {Cause}. "
            + "The site accepts no forms. Before you stop it, copy what "
            + "/proc/PID/fd still has; then restore a backup"
    )]
    private partial void LogLost(string file, string cause);

    [LoggerMessage(LogLevel.Error, "Can't watch the database files: {Cause}")]
    private partial void LogUnwatched(string cause);
}
