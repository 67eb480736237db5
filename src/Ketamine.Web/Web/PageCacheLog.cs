namespace Ketamine.Web.Web;

/// <summary>Logs one line per minute about responses from the page cache; a line for each response would cost more than the response.</summary>
public sealed partial class PageCacheLog(PageCache cache, TimeProvider clock, ILogger<PageCacheLog> log) : BackgroundService
{
    private const int MostPages = 20;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Write();
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Write();
    }

    private void Write()
    {
        var counts = cache.TakeCounts();
        if (counts.Count == 0) return;
        var pages = counts.OrderByDescending(count => count.Value.Full + count.Value.NotModified).ThenBy(count => count.Key, StringComparer.Ordinal)
            .Take(MostPages).Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Key} {count.Value.Full}/{count.Value.NotModified}"));
        LogCounts(counts.Values.Sum(count => count.Full), counts.Values.Sum(count => count.NotModified), string.Join(", ", pages));
    }

    [LoggerMessage(LogLevel.Information, "From the page cache: {Full} responses 200, {NotModified} responses 304. Most read, as 200/304: {Pages}")]
    private partial void LogCounts(int full, int notModified, string pages);
}
