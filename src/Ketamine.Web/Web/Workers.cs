namespace Ketamine.Web.Web;

/// <summary>
/// Background work that begins once the first page has been rendered. A site that has just started has nothing more urgent than its first visitor, and the
/// first look of a dozen workers takes a second of CPU.
/// </summary>
public static class Workers
{
    /// <summary>Adds a worker as a service that others can ask for, and runs it from the first page on.</summary>
    public static IServiceCollection AddWorker<T>(this IServiceCollection services) where T : BackgroundService =>
        services.AddSingleton<T>().AddHostedService<AfterFirstPage<T>>();
}

/// <summary>Runs a worker from the first page on; stops it, and fails, as if it had been hosted itself.</summary>
internal sealed class AfterFirstPage<T>(T worker, PageCacheWarmer pages) : BackgroundService
    where T : BackgroundService
{
    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await worker.StopAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await pages.FirstPage.WaitAsync(stoppingToken);
        await worker.StartAsync(stoppingToken);
        await worker.ExecuteTask!;
    }
}
