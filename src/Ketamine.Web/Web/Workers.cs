using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ketamine.Web.Web;

/// <summary>
/// Background work that begins once the first page has been rendered. A site that has just started has nothing more urgent than its first visitor, and the
/// first look of a dozen workers takes a second of CPU.
/// </summary>
public static class Workers
{
    /// <summary>Adds a worker as a service that others can ask for, and runs it from the first page on.</summary>
    public static IServiceCollection AddWorker<T>(this IServiceCollection services) where T : BackgroundService =>
        services.AddFirstPage().AddSingleton<T>().AddHostedService<AfterFirstPage<T>>();

    internal static IServiceCollection AddFirstPage(this IServiceCollection services)
    {
        services.TryAddSingleton<FirstPage>();
        return services;
    }
}

/// <summary>When the first page has been rendered, which is what workers wait for.</summary>
public sealed class FirstPage
{
    private readonly TaskCompletionSource _rendered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isExpected;

    /// <summary>Completes when the first page has been rendered, or at once if no pages are rendered ahead.</summary>
    public Task Rendered => _isExpected ? _rendered.Task : Task.CompletedTask;

    /// <summary>Whatever starts from now on waits until <see cref="Complete"/>.</summary>
    public void Expect() => _isExpected = true;

    /// <summary>The first page is there, or can't be rendered.</summary>
    public void Complete() => _rendered.TrySetResult();
}

/// <summary>Runs a worker from the first page on; stops it, and fails, as if it had been hosted itself.</summary>
internal sealed class AfterFirstPage<T>(T worker, FirstPage page, TimeProvider clock) : BackgroundService
    where T : BackgroundService
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await worker.StopAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await page.Rendered.WaitAsync(LongestWait, clock, stoppingToken);
        }
        catch (TimeoutException)
        {
            // Emails matter more than pages.
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return; // stopped before it began
        }

        await worker.StartAsync(stoppingToken);
        await worker.ExecuteTask!;
    }
}
