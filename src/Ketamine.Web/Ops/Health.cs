using System.Reflection;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Ketamine.Web.Ops;

/// <summary>What a machine asks before it sends visitors here, and what a person looks at when a mail is late. Holds nothing about people.</summary>
public static class Health
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// /health/live: the process answers. /health/ready: 200 when it can take a lead, 503 when the database can't be written. Content with
    /// errors and late mail are told, and are no reason to send visitors away.
    /// </summary>
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/health/live", Reads, () => Results.Json(new { status = "live" }));
        routes.MapMethods("/health/ready", Reads, async (ContentStore content, ClinicDb db, IOptions<DataOptions> data, TimeProvider clock, CancellationToken cancellation) =>
        {
            var errors = content.Health.Errors.Count(error => error.Severity == DiagnosticSeverity.Error);
            var writable = await IsWritableAsync(db, data.Value.Path, cancellation);
            var mail = writable ? await OutboxHealth.ReadAsync(db, clock.GetUtcNow(), cancellation) : null;
            return Results.Json(
                new
                {
                    status = !writable ? "unready" : errors > 0 || mail!.Failed > 0 ? "degraded" : "ready",
                    database = writable ? "writable" : "failing",
                    content = new { status = errors > 0 ? "degraded" : "good", errors, version = content.Current.Content.Version },
                    mail = mail is null ? null : new { mail.Unsent, oldestUnsentSeconds = (long?)mail.OldestUnsent?.TotalSeconds, mail.Failed },
                    versions = new
                    {
                        site = typeof(Health).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
                        runtime = Environment.Version.ToString(),
                        sqlite = db.Database.IsSqlite() ? ClinicDatabase.SqliteVersion : null,
                        tzdb = DateTimeZoneProviders.Tzdb.VersionId,
                    },
                },
                statusCode: writable ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
        return routes;
    }

    /// <summary>Finds room for a lead with its mails on the disk, takes the write lock and gives it back (SQLite), or asks whether this is a server that takes writes (PostgreSQL).</summary>
    private static async Task<bool> IsWritableAsync(ClinicDb db, string folder, CancellationToken cancellation)
    {
        try
        {
            if (!db.Database.IsSqlite())
                return !(await db.Database.SqlQueryRaw<bool>("SELECT pg_is_in_recovery() AS \"Value\"").ToListAsync(cancellation)).Single();
            // The lock alone writes nothing. Several may ask at once, and a file that a kill leaves behind is taken away by the next.
            await using (var room = new FileStream(Path.Combine(folder, "room"), new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.DeleteOnClose,
                BufferSize = 0,
            }))
                await room.WriteAsync(new byte[256 * 1024], cancellation);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return false;
        }
    }
}
