using System.Globalization;

namespace Ketamine.Web.Web;

/// <summary>Writes one line a minute about what was answered from the page cache; a line for each answer would cost more than the answer.</summary>
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

    [LoggerMessage(LogLevel.Information, "From the page cache: {Full} answers 200, {NotModified} answers 304. The most read, as 200/304: {Pages}")]
    private partial void LogCounts(int full, int notModified, string pages);
}
