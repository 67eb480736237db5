using Ketamine.Web.Data;
using Ketamine.Web.Web;

namespace Ketamine.Web.Audit;

/// <summary>
/// Verifies the whole audit log at startup and once a day. Pages show the result and read only newer entries, because the log grows with every view of a
/// lead.
/// </summary>
public sealed partial class AuditWatch(IServiceScopeFactory scopes, TimeProvider clock, ILogger<AuditWatch> logger)
    : PeriodicWorker(TimeSpan.FromDays(1), clock)
{
    private volatile AuditCheck? _last;

    /// <summary>The last check of the whole log; null until the first one has ended.</summary>
    public AuditCheck? Last => _last;

    /// <summary>Verifies the whole log now.</summary>
    public async Task<AuditCheck> CheckAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var verdict = await scope.ServiceProvider.GetRequiredService<AuditLog>().VerifyAsync(cancellation);
        var check = new AuditCheck(verdict, Clock.GetUtcNow());
        if (!verdict.IsIntact) Broken(verdict.Faults.Count, verdict.Faults[0]);
        return _last = check;
    }

    protected override Task RunAsync(CancellationToken cancellation) => CheckAsync(cancellation);

    protected override void LogFailed(Exception failure) => Failed(ClinicDatabase.Cause(failure));

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit log is broken in {Faults} places, first: {First} Run `ops audit verify`")]
    private partial void Broken(int faults, string first);

    [LoggerMessage(Level = LogLevel.Error, Message = "Can't verify the audit log: {Cause}. Trying again in a day")]
    private partial void Failed(string cause);
}

/// <summary>A check of the whole audit log.</summary>
public sealed record AuditCheck(AuditVerdict Verdict, DateTimeOffset At);
