using Ketamine.Web.Data;

namespace Ketamine.Web.Features.Consultations;

/// <summary>Releases unconfirmed calls whose hold has expired, every ten minutes. Their times show as free the moment the hold expires.</summary>
public sealed partial class HeldCalls(IServiceScopeFactory scopes, TimeProvider clock, ILogger<HeldCalls> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var freed = await scope.ServiceProvider.GetRequiredService<BookingService>().LapseDueAsync(stoppingToken);
                if (freed > 0) Freed(freed);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // An unhandled exception here would stop the host. The next run tries again.
                Failed(ClinicDatabase.Cause(exception));
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Released {Calls} unconfirmed calls")]
    private partial void Freed(int calls);

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not release unconfirmed calls: {Cause}. Will try again in ten minutes")]
    private partial void Failed(string cause);
}
