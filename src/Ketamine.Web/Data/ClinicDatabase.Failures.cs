using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Ketamine.Web.Data;

/// <summary>What a failure of the database means, and what to do about it.</summary>
public static partial class ClinicDatabase
{
    /// <summary>The name of the constraint against overlapping calls on one seat: an exclusion constraint on PostgreSQL, two triggers on SQLite.</summary>
    public const string OverlapConstraint = "EX_Consultations_Overlap";

    /// <summary>Whether the database failed to save a change for any reason: a full disk, a lost connection, a violated constraint.</summary>
    public static bool IsFailure(Exception exception) => Chain(exception).Any(cause => cause is DbException or DbUpdateException or TimeoutException);

    /// <summary>Why the database failed, for the log. Unlike the database's own message, it contains no one's data.</summary>
    public static string Cause(Exception exception) => Chain(exception).Last() switch
    {
        SqliteException { SqliteErrorCode: 13 } or PostgresException { SqlState: "53100" } => "the disk with the database is full",
        SqliteException { SqliteErrorCode: 10 } sqlite => $"the disk with the database can't be read or written (SQLite {sqlite.SqliteExtendedErrorCode})",
        SqliteException sqlite => $"SQLite {sqlite.SqliteExtendedErrorCode}",
        PostgresException postgres => $"PostgreSQL {postgres.SqlState}",
        DatabaseBusyException busy => busy.Message,
        var other => $"{exception.GetType().Name}, {other.GetType().Name}",
    };

    /// <summary>
    /// Whether someone else was first: a unique index rejected the change (SQLITE_CONSTRAINT_UNIQUE or _PRIMARYKEY, PostgreSQL's 23505), or
    /// <see cref="OverlapConstraint"/> did (_TRIGGER, 23P01). Any other constraint means that the change itself is wrong; a full disk is neither.
    /// </summary>
    public static bool IsTaken(DbUpdateException exception) => exception.InnerException switch
    {
        SqliteException { SqliteExtendedErrorCode: 2067 or 1555 } => true,
        SqliteException { SqliteExtendedErrorCode: 1811 } trigger => trigger.Message.Contains(OverlapConstraint, StringComparison.Ordinal),
        PostgresException { SqlState: "23505" or "23P01" } => true,
        _ => false,
    };

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
            PostgresException postgres => $"PostgreSQL reports an error ({postgres.SqlState}): {postgres.MessageText}. See ConnectionStrings:Clinic",
            NpgsqlException or SocketException =>
                "PostgreSQL doesn't respond at ConnectionStrings:Clinic. Start it, or correct the setting",
            _ => Cause(failure),
        };
    }

    // Npgsql's execution strategy wraps transient errors in an InvalidOperationException, in addition to EF Core's wrapping.
    private static IEnumerable<Exception> Chain(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException) yield return cause;
    }
}
