namespace Ketamine.Web.Web;

/// <summary>Background work that runs at startup and then at a regular interval. A failed run doesn't stop the host; the next one tries again.</summary>
public abstract class PeriodicWorker(TimeSpan every, TimeProvider clock) : BackgroundService
{
    protected TimeProvider Clock { get; } = clock;

    protected abstract Task RunAsync(CancellationToken cancellation);

    /// <summary>Logs why a run failed, without personal data.</summary>
    protected abstract void LogFailed(Exception failure);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, Clock);
        do
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
