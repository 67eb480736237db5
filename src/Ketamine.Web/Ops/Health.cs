using System.Reflection;
using Ketamine.Web.Data;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Ops;

/// <summary>Health checks for load balancers, and for people when an email is late. They contain no personal data.</summary>
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
                "Health:Key has fewer than 16 characters; use a long random key, e.g. from openssl rand -hex 16")
            .ValidateOnStart();
        return services.AddSingleton<Readiness>();
    }

    /// <summary>
    /// /health/live: the process responds. /health/ready: 200 if the site can save a lead, 503 if it can't write to the database, as one word. With
    /// <c>Authorization: Bearer</c> and <c>Health:Key</c>, as JSON, including content errors and late email, which don't make the site unready.
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
    /// The key that unlocks the details of /health/ready; at least 16 characters. If not set, only <c>ops health</c>, run on the server, shows the
    /// details.
    /// </summary>
    public string? Key { get; init; }
}

/// <summary>The result of the most recent check.</summary>
/// <param name="Writable">Whether a lead can be saved.</param>
/// <param name="Cause">Why not, without personal data; null if it can.</param>
/// <param name="ContentErrors">The number of errors that keep the current folder from being served.</param>
/// <param name="ContentVersion">The version being served.</param>
/// <param name="Mail">Null if the database can't be read.</param>
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

/// <summary>Checks whether the site can save a lead, at most every few seconds however many requests come, and logs each change with its reason.</summary>
public sealed partial class Readiness(
    IServiceScopeFactory scopes,
    ContentStore content,
    DatabaseWatch watch,
    IOptions<DataOptions> data,
    TimeProvider clock,
    ILogger<Readiness> log
) : IDisposable
{
    /// <summary>How long a result is reused.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(3);

    // Space for a lead with its emails.
    private const int RoomBytes = 256 * 1024;

    private readonly SemaphoreSlim _looking = new(1);
    private Task<HealthReport>? _look;
    private HealthReport? _last;
    private long _lookedAt;
    private bool _wasWritable = true;

    /// <summary>The last result, or a new one if that is too old.</summary>
    public async Task<HealthReport> ReadAsync()
    {
        if (Recent() is { } recent) return recent;
        await _looking.WaitAsync();
        try
        {
            if (Recent() is { } meanwhile) return meanwhile;
            var report = await LookInTimeAsync();
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

    public void Dispose() => _looking.Dispose();

    private HealthReport? Recent() => _last is { } last && clock.GetElapsedTime(_lookedAt) < Lasts ? last : null;

    // SQLite blocks the thread while another program has the database locked, up to ten seconds: longer than most load balancers wait. The next
    // request waits for the same look instead of blocking another thread.
    private async Task<HealthReport> LookInTimeAsync()
    {
        try
        {
            if (_look is not { IsCompleted: false }) _look = Task.Run(LookAsync);
            return await _look.WaitAsync(LongestLook);
        }
        catch (TimeoutException)
        {
            return Report($"the database has been locked for {LongestLook.TotalSeconds:0} s", mail: null);
        }
    }

    private HealthReport Report(string? cause, OutboxHealth? mail) => new(
        cause is null, cause, content.Health.Errors.Count(error => error.Severity == DiagnosticSeverity.Error), content.Current.Content.Version, mail);

    private async Task<HealthReport> LookAsync()
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClinicDb>();
        var cause = watch.Problem ?? await CauseAsync(db);
        return Report(cause, cause is null ? await OutboxHealth.ReadAsync(db, clock.GetUtcNow(), CancellationToken.None) : null);
    }

    /// <summary>Why a lead can't be saved now; null if it can.</summary>
    private async Task<string?> CauseAsync(ClinicDb db)
    {
        try
        {
            if (!db.Database.IsSqlite())
            {
                var standby = (await db.Database.SqlQueryRaw<bool>("SELECT pg_is_in_recovery() AS \"Value\"").ToListAsync()).Single();
                return standby ? "this PostgreSQL server is a read-only standby" : null;
            }

            // Reserve the space without writing, which fails on a full disk. Then take the write lock, which writes nothing.
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
            return $"the disk with {data.Value.Path} doesn't have {RoomBytes / 1024} kB free";
        }
        catch (UnauthorizedAccessException)
        {
            return $"{data.Value.Path} isn't writable";
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
