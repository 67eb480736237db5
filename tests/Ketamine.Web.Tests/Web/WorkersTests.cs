using Ketamine.Web.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ketamine.Web.Tests.Web;

public sealed class WorkersTests : IDisposable
{
    private readonly FakeClock _clock = new();
    private readonly ServiceProvider _services;

    public WorkersTests() => _services = new ServiceCollection().AddSingleton<TimeProvider>(_clock).AddWorker<Probe>().BuildServiceProvider();

    private FirstPage Page => _services.GetRequiredService<FirstPage>();

    private Task Started => _services.GetRequiredService<Probe>().Started;

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task a_worker_starts_once_the_first_page_is_rendered()
    {
        Page.Expect();
        await StartAsync();
        await Task.Delay(50);
        Started.IsCompleted.ShouldBeFalse();
        Page.Complete();
        await Started.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task a_worker_does_not_wait_forever_for_a_page_that_never_comes()
    {
        Page.Expect();
        var host = await StartAsync();
        for (var seconds = 0; seconds < 20 && !Started.IsCompleted; seconds++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }

        await Started.WaitAsync(TimeSpan.FromSeconds(10));
        await host.StopAsync(CancellationToken.None);
        _services.GetRequiredService<Probe>().ExecuteTask!.IsCompleted.ShouldBeTrue("stopping the host stops the worker");
    }

    [Fact]
    public async Task a_worker_starts_at_once_where_no_page_is_rendered_ahead()
    {
        await StartAsync();
        await Started.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private async Task<IHostedService> StartAsync()
    {
        var host = _services.GetServices<IHostedService>().ShouldHaveSingleItem();
        await host.StartAsync(CancellationToken.None);
        return host;
    }

    private sealed class Probe : BackgroundService
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Started => _started.Task;

        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            _started.SetResult();
            return Task.Delay(Timeout.Infinite, stoppingToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
