using System.Reflection;
using System.Security.Cryptography;
using System.Text;
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

    public static IServiceCollection AddHealth(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<HealthOptions>()
            .Bind(configuration.GetSection("Health"))
            .Validate(
                options => options.Key is null or { Length: >= 16 },
                "Health:Key has fewer than 16 characters; a long random one is wanted, e.g. from openssl rand -hex 16"
            )
            .ValidateOnStart();
        return services.AddSingleton<Readiness>();
    }

    /// <summary>
    /// /health/live: the process answers. /health/ready: 200 when it can take a lead, 503 when the database can't be written, in a word. With
    /// <c>Authorization: Bearer</c> and the key of <c>Health:Key</c>, as JSON: content with errors and late mail, which are no reason to send visitors away.
    /// </summary>
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/health/live", Reads, () => Results.Text("live"));
        routes.MapMethods("/health/ready", Reads, async (HttpContext context, Readiness readiness, IOptions<HealthOptions> options) =>
        {
            var report = await readiness.ReadAsync();
            var status = report.Writable ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return HasKey(context.Request, options.Value.Key)
                ? Results.Json(report.ToJson(), statusCode: status)
                : Results.Text(report.Writable ? "ready" : "unready", statusCode: status);
        });
        return routes;
    }

    private static bool HasKey(HttpRequest request, string? key) =>
        key is not null && request.Headers.Authorization is [{ } authorization]
        && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(authorization["Bearer ".Length..].Trim()), Encoding.UTF8.GetBytes(key));
}

/// <summary>The configuration section <c>Health</c>.</summary>
public sealed record HealthOptions
{
    /// <summary>
    /// The key that opens the details of /health/ready; at least 16 characters. Without it nobody sees them there; <c>ops health</c> shows them on
    /// the server.
    /// </summary>
    public string? Key { get; init; }
}

/// <summary>How the site was when somebody last looked.</summary>
/// <param name="Writable">Whether a lead can be kept.</param>
/// <param name="Cause">Why not, in words that hold nothing about people; null when it can.</param>
/// <param name="ContentErrors">What keeps the folder from being what is served.</param>
/// <param name="ContentVersion">Of what is served.</param>
/// <param name="Mail">Null when the database can't say.</param>
public sealed record HealthReport(bool Writable, string? Cause, int ContentErrors, string ContentVersion, OutboxHealth? Mail)
{
    /// <summary>As <c>/health/ready</c> and <c>ops health</c> write it.</summary>
    public object ToJson() => new
    {
        status = !Writable ? "unready" : ContentErrors > 0 || Mail!.Failed > 0 ? "degraded" : "ready",
        database = Writable ? "writable" : "failing",
        cause = Cause,
        content = new { status = ContentErrors > 0 ? "degraded" : "good", errors = ContentErrors, version = ContentVersion },
        mail = Mail is null ? null : new { Mail.Unsent, oldestUnsentSeconds = (long?)Mail.OldestUnsent?.TotalSeconds, Mail.Failed },
        versions = new
        {
            site = typeof(Health).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            runtime = Environment.Version.ToString(),
            sqlite = ClinicDatabase.SqliteVersion,
            tzdb = DateTimeZoneProviders.Tzdb.VersionId,
        },
    };
}

/// <summary>
/// Looks whether the site can take a lead, at most every few seconds however many ask, and logs each change with its reason.
/// </summary>
public sealed partial class Readiness(
    IServiceScopeFactory scopes,
    ContentStore content,
    DatabaseWatch watch,
    IOptions<DataOptions> data,
    TimeProvider clock,
    ILogger<Readiness> log
) : IDisposable
{
    /// <summary>How old an answer may be.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromSeconds(2);

    // Room for a lead with its mails.
    private const int RoomBytes = 256 * 1024;

    private readonly SemaphoreSlim _looking = new(1);
    private HealthReport? _last;
    private long _lookedAt;
    private bool _wasWritable = true;

    /// <summary>The last look, or a new one when that is too old.</summary>
    public async Task<HealthReport> ReadAsync()
    {
        if (Recent() is { } recent) return recent;
        await _looking.WaitAsync();
        try
        {
            if (Recent() is { } meanwhile) return meanwhile;
            var report = await LookAsync();
            (_lookedAt, _last) = (clock.GetTimestamp(), report);
            if (report.Writable != _wasWritable)
            {
                if (report.Writable) LogReady();
                else LogUnready(report.Cause!);
            }

            _wasWritable = report.Writable;
            return report;
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _looking.Dispose();

    private HealthReport? Recent() => _last is { } last && clock.GetElapsedTime(_lookedAt) < Lasts ? last : null;

    private async Task<HealthReport> LookAsync()
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClinicDb>();
        var cause = watch.Problem ?? await CauseAsync(db);
        var errors = content.Health.Errors.Count(error => error.Severity == DiagnosticSeverity.Error);
        var mail = cause is null ? await OutboxHealth.ReadAsync(db, clock.GetUtcNow(), CancellationToken.None) : null;
        return new HealthReport(cause is null, cause, errors, content.Current.Content.Version, mail);
    }

    /// <summary>Why a lead could not be kept now; null when it could.</summary>
    private async Task<string?> CauseAsync(ClinicDb db)
    {
        try
        {
            if (!db.Database.IsSqlite())
            {
                var standby = (await db.Database.SqlQueryRaw<bool>("SELECT pg_is_in_recovery() AS \"Value\"").ToListAsync()).Single();
                return standby ? "this PostgreSQL server is a standby and takes no writes" : null;
            }

            // Reserved, not written: a full disk refuses it. Then the write lock, which writes nothing.
            await using (new FileStream(Path.Combine(data.Value.Path, "room"), new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.DeleteOnClose,
                PreallocationSize = RoomBytes,
                BufferSize = 0,
            }))
            {
            }

            await using var transaction = await db.Database.BeginTransactionAsync();
            return null;
        }
        catch (IOException)
        {
            return $"the disk of {data.Value.Path} has no room for {RoomBytes / 1024} kB";
        }
        catch (UnauthorizedAccessException)
        {
            return $"{data.Value.Path} can't be written";
        }
        catch (Exception failure) when (ClinicDatabase.IsFailure(failure))
        {
            return ClinicDatabase.Cause(failure);
        }
    }

    [LoggerMessage(LogLevel.Error, "The site is not ready to take leads: {Cause}")]
    private partial void LogUnready(string cause);

    [LoggerMessage(LogLevel.Information, "The site is ready to take leads again")]
    private partial void LogReady();
}
