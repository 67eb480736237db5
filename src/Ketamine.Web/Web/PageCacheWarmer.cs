namespace Ketamine.Web.Web;

/// <summary>The page cache's background work: renders the most important pages after a change, and compresses all pages.</summary>
public sealed partial class PageCacheWarmer(PageCache cache, FirstPage firstPage, IOptions<PageCacheOptions> options, TimeProvider clock,
    IServiceScopeFactory scopes, ILogger<PageCacheWarmer> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Bytes. The sample (35 MB) is collected in 22 ms; much more would hold up visitors noticeably.</summary>
    private const long LargestTrimmed = 128L << 20;

    private readonly TaskCompletionSource<RequestDelegate> _site = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Hands over the pipeline from <see cref="PageCacheSetup.UsePagesAhead"/> on, once it is built.</summary>
    public void Use(RequestDelegate site) => _site.TrySetResult(site);

    /// <inheritdoc />
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        firstPage.Expect();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(CompressAsync(stoppingToken), WarmUpAsync(stoppingToken));

    private async Task CompressAsync(CancellationToken stopping)
    {
        await foreach (var page in cache.PendingCompression.ReadAllAsync(stopping))
            await Task.Run(() => cache.Compress(page), stopping);
    }

    private async Task WarmUpAsync(CancellationToken stopping)
    {
        var site = await _site.Task.WaitAsync(stopping);
        object? warm = null;
        object? trimmed = null;
        using var timer = new PeriodicTimer(Look, clock);
        do
        {
            var now = options.Value.Generation().Key;
            if (ReferenceEquals(now, warm))
            {
                if (cache.PendingCompression.Count > 0) continue;
                cache.Save();
                if (!ReferenceEquals(trimmed, warm)) Trim();
                trimmed = warm;
                continue;
            }

            warm = now;
            var saveAt = clock.GetUtcNow() + PageCache.BetweenSaves;
            foreach (var path in options.Value.WarmUp())
            {
                await MakeAsync(site, path, stopping);
                firstPage.Complete();
                // The rest of the cache is for pages that visitors read. Beyond its limit, the first pages, the most important, would be evicted.
                if (!ReferenceEquals(options.Value.Generation().Key, now) || cache.Size > options.Value.MaxBytes / 2) break;
                // A large site doesn't have to be complete.
                if (clock.GetUtcNow() >= saveAt) cache.Save();
            }

            firstPage.Complete();
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    // Reading content and rendering it leave as much garbage as pages, and a site with few visitors would keep it for hours.
    private static void Trim()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) <= LargestTrimmed)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>Requests a page like a visitor and discards the response; the cache keeps it.</summary>
    private async Task MakeAsync(RequestDelegate site, string path, CancellationToken stopping)
    {
        var query = path.IndexOf('?', StringComparison.Ordinal) is var mark and > 0 ? new QueryString(path[mark..]) : QueryString.Empty;
        var plain = path[..^(query.Value?.Length ?? 0)];
        if (cache.Find(plain, query.Value) is not null) return;
        await using var scope = scopes.CreateAsyncScope();
        var context = PageRenderer.NewRequest(scope.ServiceProvider, plain, query);
        context.RequestAborted = stopping;
        context.Response.Body = Stream.Null;
        try
        {
            await site(context);
            if (context.Response.StatusCode != StatusCodes.Status200OK) LogCold(path, context.Response.StatusCode);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            LogFailed(failure, path);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Can't render the page {Path} ahead: its status is {Status}")]
    private partial void LogCold(string path, int status);

    [LoggerMessage(LogLevel.Error, "Can't render the page {Path} ahead")]
    private partial void LogFailed(Exception failure, string path);
}
