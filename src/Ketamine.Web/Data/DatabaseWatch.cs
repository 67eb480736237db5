using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Data;

/// <summary>
/// Notices when the files of the SQLite database are deleted or replaced under the running site. The site would go on writing into files that no longer
/// have a name, and lose all of it when it stops. Everything is copied out first, then nothing more is taken.
/// </summary>
public sealed partial class DatabaseWatch(
    IOptions<DataOptions> data,
    IOptions<DatabaseOptions> database,
    DatabaseGate gate,
    TimeProvider clock,
    ILogger<DatabaseWatch> log
) : BackgroundService
{
    // By the machine's own clock: files are deleted whatever time the clinic's clock shows.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>What is wrong, for whoever asks for readiness; null while all is well.</summary>
    public string? Problem { get; private set; }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (database.Value.Provider is not DatabaseProvider.Sqlite || !OperatingSystem.IsLinux()) return;
        var file = Path.GetFullPath(Path.Combine(data.Value.Path, ClinicDatabase.FileName));
        // Open for as long as the site runs: with it, the write-ahead log has a name that is never taken away in good order.
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

    /// <summary>The file of the database that is open in this process and has no name any more; null when all have theirs.</summary>
    private static string? Deleted(string file) => Directory.EnumerateFiles("/proc/self/fd")
        .Select(descriptor =>
        {
            try
            {
                return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName;
            }
            catch (IOException)
            {
                return null; // closed meanwhile
            }
        })
        .Where(target => target is not null && target.StartsWith(file, StringComparison.Ordinal) && target.EndsWith(" (deleted)", StringComparison.Ordinal))
        .Select(target => target![..^" (deleted)".Length]).FirstOrDefault();

    private void Stop(SqliteConnection own, string gone)
    {
        Problem = $"{gone} was deleted under the running site";
        gate.Close(Problem);
        var rescued = Path.Combine(
            data.Value.Path,
            string.Create(CultureInfo.InvariantCulture, $"clinic-rescued-{clock.GetUtcNow().UtcDateTime:yyyyMMdd'T'HHmmss}.db")
        );
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnFile;
            new FileStream(rescued, options).Dispose();
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

    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static void Execute(SqliteConnection connection, string sql)
    {
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteScalar();
    }

    [LoggerMessage(
        LogLevel.Critical,
        "{File} was deleted or replaced while the site ran. Everything up to now was copied to {Rescued}. "
            + "No form is taken until you stop the site, put that copy in the place of "
            + "clinic.db, delete clinic.db-wal and clinic.db-shm, and start it again"
    )]
    private partial void LogRescued(string file, string rescued);

    [LoggerMessage(
        LogLevel.Critical,
        "{File} was deleted or replaced while the site ran, and the database can't be copied: {Cause}. "
            + "No form is taken. Do not stop the site before you have copied what "
            + "/proc/PID/fd still holds; then restore a backup"
    )]
    private partial void LogLost(string file, string cause);

    [LoggerMessage(LogLevel.Error, "The database's files are not watched: {Cause}")]
    private partial void LogUnwatched(string cause);
}
