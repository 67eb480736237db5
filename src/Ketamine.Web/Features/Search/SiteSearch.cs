using Ketamine.Content;

namespace Ketamine.Web.Features.Search;

/// <summary>
/// Keeps the index of what is served now. After a change of content it is built anew in the background; until it stands, the old one answers.
/// </summary>
public sealed partial class SiteSearch(ContentStore store, TimeProvider clock, ILogger<SiteSearch> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly TaskCompletionSource<SearchIndex> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SearchIndex? _index;

    /// <summary>What the visitors of <paramref name="edition"/> find. Waits for the first index alone, in the moments after the start.</summary>
    public async ValueTask<SearchAnswer> FindAsync(SearchQuery query, Edition edition, CancellationToken cancellation)
    {
        var index = _index ?? await _first.Task.WaitAsync(cancellation);
        return index.Find(query, edition);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, clock);
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

    [LoggerMessage(LogLevel.Error, "The content could not be indexed; search goes on with what it has")]
    private partial void LogFailed(Exception failure);
}

/// <summary>Registers search.</summary>
public static class SearchServices
{
    public static IServiceCollection AddSearch(this IServiceCollection services) =>
        services.AddSingleton<SiteSearch>().AddHostedService(provider => provider.GetRequiredService<SiteSearch>());
}
