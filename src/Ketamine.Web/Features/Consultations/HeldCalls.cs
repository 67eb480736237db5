using Ketamine.Web.Data;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Consultations;

/// <summary>Releases unconfirmed calls whose hold has expired, every ten minutes. Their times show as free the moment the hold expires.</summary>
public sealed partial class HeldCalls(IServiceScopeFactory scopes, TimeProvider clock, ILogger<HeldCalls> logger)
    : PeriodicWorker(TimeSpan.FromMinutes(10), clock)
{
    protected override async Task RunAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var freed = await scope.ServiceProvider.GetRequiredService<BookingService>().LapseDueAsync(cancellation);
        if (freed > 0) Freed(freed);
    }

    protected override void LogFailed(Exception failure) => Failed(ClinicDatabase.Cause(failure));

    [LoggerMessage(Level = LogLevel.Information, Message = "Released {Calls} unconfirmed calls")]
    private partial void Freed(int calls);

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not release unconfirmed calls: {Cause}. Will try again in ten minutes")]
    private partial void Failed(string cause);
}
