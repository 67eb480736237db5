using Ketamine.Web.Data;

namespace Ketamine.Web.Features.Consultations;

/// <summary>Gives up the times that nobody confirmed, every few minutes. Whoever looks for a free time sees them as free at once.</summary>
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
                // An unhandled exception here would stop the host; the next turn tries again.
                Failed(ClinicDatabase.Cause(exception));
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Calls} unconfirmed calls gave their times up")]
    private partial void Freed(int calls);

    [LoggerMessage(Level = LogLevel.Error, Message = "Unconfirmed calls could not give their times up: {Cause}. The next try is in ten minutes")]
    private partial void Failed(string cause);
}
