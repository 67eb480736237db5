using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Search;

/// <summary>Keeps the search index up to date. When the content changes, it builds a new index in the background; the old one answers until then.</summary>
public sealed partial class SiteSearch(ContentStore store, TimeProvider clock, ILogger<SiteSearch> log) : BackgroundService
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);
    private readonly TaskCompletionSource<SearchIndex> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SearchIndex? _index;

    /// <summary>Finds what visitors of <paramref name="edition"/> may see. Right after the start, waits for the first index.</summary>
    public async ValueTask<SearchResults> FindAsync(SearchQuery query, Edition edition, CancellationToken cancellation)
    {
        var index = _index ?? await _first.Task.WaitAsync(cancellation);
        return index.Find(query, edition);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(CheckInterval, clock);
        SiteContent? tried = null;
        do
        {
            var content = store.Current.Content;
            if (ReferenceEquals(tried, content)) continue;
            tried = content;
            try
            {
                _index = await Task.Run(() => SearchIndex.Of(content), stoppingToken);
                _first.TrySetResult(_index);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
                _first.TrySetException(failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Error, "The content could not be indexed; search keeps using the previous index")]
    private partial void LogFailed(Exception failure);
}

/// <summary>Registers search.</summary>
public static class SearchServices
{
    public static IServiceCollection AddSearch(this IServiceCollection services) =>
        services.AddWorker<SiteSearch>();
}
