using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ketamine.Web.Web;

/// <summary>
/// Background work that begins once the site is prepared and the first page has been rendered. A site that has just started has nothing more urgent than
/// its first visitor, and the first look of a dozen workers takes a second of CPU.
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
    private volatile TaskCompletionSource? _preparation;

    /// <summary>Completes when the content has been read and the database opened.</summary>
    public Task Prepared => _preparation?.Task ?? Task.CompletedTask;

    /// <summary>Completes when the first page has been rendered, or at once if no pages are rendered ahead.</summary>
    public Task Rendered => _isExpected ? _rendered.Task : Task.CompletedTask;

    /// <summary>The site listens before it is prepared: workers wait until <see cref="EndPreparation"/>.</summary>
    public void BeginPreparation() => _preparation = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The content has been read, and the database opened.</summary>
    public void EndPreparation() => _preparation?.TrySetResult();

    /// <summary>Whatever starts from now on waits until <see cref="Complete"/>.</summary>
    public void Expect() => _isExpected = true;

    /// <summary>The first page is there, or can't be rendered.</summary>
    public void Complete() => _rendered.TrySetResult();
}

/// <summary>Makes and runs a worker from the first page on; stops it, and fails, as if it had been hosted itself.</summary>
internal sealed class AfterFirstPage<T>(IServiceProvider services, FirstPage page, TimeProvider clock) : BackgroundService
    where T : BackgroundService
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private volatile T? _worker;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_worker is { } worker) await worker.StopAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await page.Prepared.WaitAsync(stoppingToken);
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

        var worker = _worker = services.GetRequiredService<T>();
        await worker.StartAsync(stoppingToken);
        await worker.ExecuteTask!;
    }
}
