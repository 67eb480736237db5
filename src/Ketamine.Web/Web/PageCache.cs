using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Primitives;

namespace Ketamine.Web.Web;

/// <summary>What public pages are currently rendered from.</summary>
/// <param name="Key">Pages rendered with a different key are no longer served. Compared by reference.</param>
/// <param name="Until">When this expires by the clock; no response may be fresh beyond it.</param>
/// <param name="Version">The same for the same pages, in any process.</param>
public readonly record struct PageGeneration(object Key, DateTimeOffset Until, string Version);

/// <summary>How the page cache learns the current key; set at startup.</summary>
public sealed class PageCacheOptions
{
    /// <summary>Called for every request; cheap.</summary>
    public Func<PageGeneration> Generation { get; set; } = static () => new PageGeneration(Forever, DateTimeOffset.MaxValue, "");

    /// <summary>Paths of the pages to render in the background after a change, most important first.</summary>
    public Func<IEnumerable<string>> WarmUp { get; set; } = static () => [];

    /// <summary>
    /// Maps a query value that a page varies by to one of a finite set, given the path, key, and value; null drops the key. Without this, a visitor could
    /// fill the cache with one page under made-up values.
    /// </summary>
    public Func<string, string, string, string?> QueryValue { get; set; } = static (_, _, value) => value;

    /// <summary>Whether <see cref="PreparedResponses"/> may respond; not if something is added to cached pages on their way out.</summary>
    public bool OnConnections { get; set; } = true;

    /// <summary>The cache's limit in bytes; above it, the least recently used pages are evicted first.</summary>
    public long MaxBytes { get; set; } = 64 * 1024 * 1024;

    private static readonly object Forever = new();
}

/// <summary>
/// Caches the rendered bytes of public pages (<see cref="PublicPageAttribute"/>) and serves them. A change of content invalidates every page at once.
/// Concurrent requests for a page that isn't cached wait for the first to render it.
/// </summary>
public sealed class PageCache(IOptions<PageCacheOptions> options, PageRenderer renderer, SavedPages saved, TimeProvider clock)
{
    /// <summary>How long a browser or CDN may use a page without revalidating; short, so that corrections appear soon.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    /// <summary>How much longer it may serve its copy while revalidating (RFC 5861).</summary>
    public static readonly TimeSpan WhileRevalidating = TimeSpan.FromMinutes(5);

    /// <summary>The least time between two saves.</summary>
    public static readonly TimeSpan BetweenSaves = TimeSpan.FromMinutes(1);

    /// <summary>A key of <see cref="HttpContext.Items"/>; if set before routing, this response isn't cached.</summary>
    public static readonly object DoNotCache = new();

    private static readonly StringValues Fresh = CacheControlFor(MaxAge + WhileRevalidating);
    private readonly Channel<CachedPage> _pendingCompression = Channel.CreateBounded<CachedPage>(
        new BoundedChannelOptions(20_000) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly ConcurrentQueue<CachedPage> _retired = new();
    private volatile Generation _kept = new(new object());
    private volatile PageSet? _restored;
    private long _changes;
    private long _savedChanges;
    private DateTimeOffset _nextSave;

    /// <summary>Pages waiting for Brotli compression.</summary>
    public ChannelReader<CachedPage> PendingCompression => _pendingCompression.Reader;

    /// <summary>The current size of the cached pages, in bytes.</summary>
    public long Size => _kept.Size;

    /// <summary>
    /// Serves the last run's pages, and nothing else, until <see cref="Open"/>: while the site reads its content, it has yet to learn what pages are
    /// rendered from.
    /// </summary>
    /// <returns>Whether there are any.</returns>
    public bool TryRestore()
    {
        if (saved.Load() is not { Pages.Count: > 0 } last) return false;
        var kept = new Generation(last);
        foreach (var (path, query, page) in last.Pages) kept.Keep(path, query, page, options.Value.MaxBytes);
        (_kept, _restored) = (kept, last);
        return true;
    }

    /// <summary>From now on, pages are rendered. Those of the last run stay if they are what would be rendered.</summary>
    public void Open()
    {
        if (_restored is not { } last) return;
        var now = options.Value.Generation();
        if (now.Version == last.Version && now.Until == last.Until) _kept = new Generation(now.Key, _kept);
        _restored = null;
    }

    /// <summary>Saves the pages for the next start, if there are new ones, and at most once a minute.</summary>
    public void Save()
    {
        var (changes, now) = (Interlocked.Read(ref _changes), clock.GetUtcNow());
        if (changes == _savedChanges || now < _nextSave) return;
        (_savedChanges, _nextSave) = (changes, now + BetweenSaves);
        var generation = options.Value.Generation();
        var kept = Now(out _);
        if (ReferenceEquals(kept.Key, generation.Key)) saved.Save(new PageSet(generation.Version, generation.Until, kept.ByAddress));
    }

    /// <summary>Compresses a page as well as Brotli can: tens of milliseconds of work, never within a request.</summary>
    public void Compress(CachedPage page)
    {
        page.CompressBrotli();
        Interlocked.Increment(ref _changes);
    }

    /// <summary>
    /// Serves a GET or HEAD whose path and query match a cached page, without routing or the rest of the pipeline. Everything else goes to
    /// <paramref name="next"/>.
    /// </summary>
    public Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (!IsRead(request)) return next(context);
        var kept = Now(out var until);
        if (kept.Find(request.Path.Value, request.QueryString.Value) is not { } page) return next(context);
        var sent = page.ServeAsync(context, CacheControl(until));
        page.Count(context.Response.StatusCode);
        return sent;
    }

    /// <summary>The cached page for a path and query, as received; null if there is none.</summary>
    /// <param name="query">With its question mark; empty for none.</param>
    public CachedPage? Find(ReadOnlySpan<char> path, ReadOnlySpan<char> query) => Now(out _).Find(path, query);

    /// <summary>A cached page's response, ready to send; null if it must be built for this moment.</summary>
    public PreparedResponse? Prepare(CachedPage page, AcceptEncoding accepts)
    {
        var until = _restored?.Until ?? options.Value.Generation().Until;
        return page.Prepare(accepts, until - clock.GetUtcNow() >= MaxAge + WhileRevalidating ? Fresh.ToString() : null);
    }

    /// <summary>Serves a public page from the cache, or renders it once for all current requests and caches it. Goes after routing.</summary>
    public Task MakeAsync(HttpContext context, RequestDelegate next) =>
        // A preview is marked before routing and isn't cached here either.
        IsRead(context.Request) && !context.Items.ContainsKey(DoNotCache) && context.GetEndpoint()?.Metadata.GetMetadata<PublicPageAttribute>() is { } page
            ? MakeAsync(context, next, page.VaryBy)
            : next(context);

    /// <summary>
    /// Responses served from the cache since the last call, by path. Includes pages evicted in the meantime.
    /// </summary>
    public IReadOnlyDictionary<string, (int Full, int NotModified)> TakeCounts()
    {
        var counts = new Dictionary<string, (int Full, int NotModified)>(StringComparer.Ordinal);
        foreach (var page in _kept.Pages) Add(page);
        while (_retired.TryDequeue(out var page)) Add(page);
        return counts;

        void Add(CachedPage page)
        {
            var (full, notModified) = page.TakeCounts();
            if (full + notModified == 0) return;
            var before = counts.GetValueOrDefault(page.Path);
            counts[page.Path] = (before.Full + full, before.NotModified + notModified);
        }
    }

    private async Task MakeAsync(HttpContext context, RequestDelegate next, string[] varyBy)
    {
        var kept = Now(out var until);
        var (path, query) = (context.Request.Path.Value!, CanonicalQuery(context.Request, varyBy));
        if (kept.Find(path, query.Value) is { } ready)
        {
            await ready.ServeAsync(context, CacheControl(until));
            return;
        }

        var done = new TaskCompletionSource<RenderedPage?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var making = kept.InFlight.GetOrAdd(path + query, done.Task);
        var rendered = making == done.Task
            // Rendered for the cache, not for this visitor: it finishes even if the visitor leaves.
            ? await RenderAsync(kept, context, next, path, query, done).WaitAsync(context.RequestAborted)
            : await making.WaitAsync(context.RequestAborted);
        // The first request failed, or got a response that can't be shared: render separately.
        if (making != done.Task && rendered?.Page is null) rendered = await renderer.RenderAsync(context, next, path, query);
        if (rendered!.Page is { } page) await page.ServeAsync(context, CacheControl(until));
        else await rendered.PassOnAsync(context);
    }

    private async Task<RenderedPage> RenderAsync(
        Generation kept,
        HttpContext context,
        RequestDelegate next,
        string path,
        QueryString query,
        TaskCompletionSource<RenderedPage?> done
    )
    {
        RenderedPage? rendered = null;
        try
        {
            rendered = await renderer.RenderAsync(context, next, path, query);
            if (rendered.Page is { } page)
            {
                foreach (var dropped in kept.Keep(path, query.Value ?? "", page, options.Value.MaxBytes)) _retired.Enqueue(dropped);
                Interlocked.Increment(ref _changes);
                if (page.CanCompress) _pendingCompression.Writer.TryWrite(page);
            }

            return rendered;
        }
        finally
        {
            kept.InFlight.TryRemove(path + query, out _);
            done.SetResult(rendered);
        }
    }

    private Generation Now(out DateTimeOffset until)
    {
        if (_restored is { } last)
        {
            until = last.Until;
            return _kept;
        }

        (var key, until, _) = options.Value.Generation();
        var kept = _kept;
        if (ReferenceEquals(kept.Key, key)) return kept;
        var next = new Generation(key);
        var found = Interlocked.CompareExchange(ref _kept, next, kept);
        // A faster thread has seen the same change or a later one.
        if (!ReferenceEquals(found, kept)) return found;
        foreach (var page in kept.Pages) _retired.Enqueue(page);
        return next;
    }

    private StringValues CacheControl(DateTimeOffset until)
    {
        var left = until - clock.GetUtcNow();
        return left >= MaxAge + WhileRevalidating ? Fresh : CacheControlFor(left);
    }

    /// <summary>The Cache-Control of a page that is valid for the given time: no cache shows it beyond its end, not even while revalidating.</summary>
    private static StringValues CacheControlFor(TimeSpan left)
    {
        var seconds = Math.Max(0, (int)left.TotalSeconds);
        var fresh = Math.Min(seconds, (int)MaxAge.TotalSeconds);
        var stale = Math.Min(seconds - fresh, (int)WhileRevalidating.TotalSeconds);
        return string.Create(CultureInfo.InvariantCulture, $"public, max-age={fresh}{(stale > 0 ? $", stale-while-revalidate={stale}" : "")}");
    }

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private QueryString CanonicalQuery(HttpRequest request, string[] varyBy)
    {
        if (varyBy.Length == 0 || !request.QueryString.HasValue) return QueryString.Empty;
        var query = new QueryBuilder();
        foreach (var key in varyBy)
        {
            if (
                request.Query.TryGetValue(key, out var values)
                && values is [{ } value, ..]
                && options.Value.QueryValue(request.Path.Value!, key, value) is { } known
            )
                query.Add(key, known);
        }

        return query.ToQueryString();
    }

    /// <summary>The cached pages of one generation.</summary>
    private sealed class Generation(object generation)
    {
        // By path, then by query with its question mark, so a lookup doesn't allocate a string.
        private readonly ConcurrentDictionary<string, Address> _addresses = new(StringComparer.Ordinal);
        private readonly Queue<(string Path, string Query, CachedPage Page)> _byAge = new();
        private readonly Lock _gate = new();
        private long _size;

        /// <param name="generation">What the pages are rendered from.</param>
        /// <param name="same">Another with the same pages, which is no longer used.</param>
        public Generation(object generation, Generation same)
            : this(generation) => (_addresses, _byAge, _size) = (same._addresses, same._byAge, same._size);

        public object Key { get; } = generation;

        public ConcurrentDictionary<string, Task<RenderedPage?>> InFlight { get; } = new(StringComparer.Ordinal);

        public long Size => Interlocked.Read(ref _size);

        public IEnumerable<CachedPage> Pages => _addresses.SelectMany(address => address.Value.All);

        public IReadOnlyList<(string Path, string Query, CachedPage Page)> ByAddress =>
            [.. _addresses.SelectMany(address => address.Value.ByQuery.Select(page => (address.Key, page.Query, page.Page)))];

        public CachedPage? Find(string? path, string? query) =>
            _addresses.TryGetValue(path ?? "", out var address) ? address.Find(query) : null;

        public CachedPage? Find(ReadOnlySpan<char> path, ReadOnlySpan<char> query) =>
            _addresses.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path, out var address) ? address.Find(query) : null;

        /// <summary>Caches a page and returns those evicted for it.</summary>
        public List<CachedPage> Keep(string path, string query, CachedPage page, long maxBytes)
        {
            var dropped = new List<CachedPage>();
            lock (_gate)
            {
                _addresses.GetOrAdd(path, static _ => new Address())[query] = page;
                _byAge.Enqueue((path, query, page));
                _size += page.Size;
                // A page used since the last pass gets another turn; the rest are evicted.
                while (_size > maxBytes && _byAge.TryDequeue(out var oldest))
                {
                    if (oldest.Page.Used && oldest.Page != page)
                    {
                        oldest.Page.Used = false;
                        _byAge.Enqueue(oldest);
                        continue;
                    }

                    _size -= oldest.Page.Size;
                    _addresses[oldest.Path].Remove(oldest.Query, oldest.Page);
                    dropped.Add(oldest.Page);
                }
            }

            return dropped;
        }
    }

    /// <summary>One path's pages: usually one, without a query.</summary>
    private sealed class Address
    {
        private readonly ConcurrentDictionary<string, CachedPage> _byQuery = new(StringComparer.Ordinal);
        private volatile CachedPage? _plain;

        public IEnumerable<(string Query, CachedPage Page)> ByQuery =>
            _byQuery.Select(page => (page.Key, page.Value)).Concat(_plain is { } plain ? [("", plain)] : []);

        public IEnumerable<CachedPage> All => ByQuery.Select(page => page.Page);

        public CachedPage this[string query]
        {
            set
            {
                if (query.Length == 0) _plain = value;
                else _byQuery[query] = value;
            }
        }

        public CachedPage? Find(string? query) => string.IsNullOrEmpty(query) ? _plain : _byQuery.GetValueOrDefault(query);

        public CachedPage? Find(ReadOnlySpan<char> query) =>
            query.IsEmpty ? _plain : _byQuery.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(query, out var page) ? page : null;

        public void Remove(string query, CachedPage page)
        {
            if (query.Length > 0) _byQuery.TryRemove(KeyValuePair.Create(query, page));
            else if (_plain == page) _plain = null;
        }
    }
}
