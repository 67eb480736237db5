using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Ketamine.Web.Web;

/// <summary>What the public pages are made from now.</summary>
/// <param name="Key">Pages made under another object are no longer served; compared by reference.</param>
/// <param name="Until">When this ends by the clock alone; nothing is promised to be fresh beyond it.</param>
public readonly record struct PageGeneration(object Key, DateTimeOffset Until);

/// <summary>How the page cache asks what it keeps pages for; set by the program.</summary>
public sealed class PageCacheOptions
{
    /// <summary>Asked on every request; cheap.</summary>
    public Func<PageGeneration> Generation { get; set; } = static () => new PageGeneration(Forever, DateTimeOffset.MaxValue);

    /// <summary>Paths of the pages that are made in the background after a change, the most important first.</summary>
    public Func<IEnumerable<string>> WarmUp { get; set; } = static () => [];

    /// <summary>Bytes of pages kept; beyond it, those go first that nobody has read for the longest.</summary>
    public long MaxBytes { get; set; } = 64 * 1024 * 1024;

    private static readonly object Forever = new();
}

/// <summary>
/// Keeps the finished bytes of public pages (<see cref="PublicPageAttribute"/>) and answers from them. A change of content makes every page
/// new at once. Requests for the same page that nobody has made yet wait for the one that makes it.
/// </summary>
public sealed class PageCache(Microsoft.Extensions.Options.IOptions<PageCacheOptions> options, TimeProvider clock)
{
    /// <summary>How long a browser or CDN may go without asking; short, because a clinic that mends a sentence wants it seen.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    /// <summary>How much longer it may show what it has while it asks (RFC 5861).</summary>
    public static readonly TimeSpan WhileRevalidating = TimeSpan.FromMinutes(5);

    /// <summary>A key of <see cref="HttpContext.Items"/>: whoever sets it before routing keeps this answer out of the cache.</summary>
    public static readonly object NotKept = new();

    private static readonly StringValues Fresh = Promise(MaxAge + WhileRevalidating);
    private readonly Channel<FinishedPage> _squeezing = Channel.CreateBounded<FinishedPage>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile Kept _kept = new(new object());

    /// <summary>Pages that wait for their Brotli form.</summary>
    public ChannelReader<FinishedPage> Squeezing => _squeezing.Reader;

    /// <summary>Bytes of pages kept now.</summary>
    public long Size => _kept.Size;

    /// <summary>Answers from what is kept; needs no routing. What is not kept goes on to <paramref name="next"/>.</summary>
    public Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsRead(context.Request)) return next(context);
        var kept = Now(out var until);
        return kept.Find(context.Request) is { } page ? page.AnswerAsync(context, CacheControl(until)) : next(context);
    }

    /// <summary>Runs a public page's endpoint, once for all who ask for it now, and keeps what it answered. After routing.</summary>
    public Task MakeAsync(HttpContext context, RequestDelegate next) =>
        // What has been marked as nobody's to keep before it is made (a preview) is not kept here either.
        IsRead(context.Request) && !context.Items.ContainsKey(NotKept) && context.GetEndpoint()?.Metadata.GetMetadata<PublicPageAttribute>() is { } page
            ? MakeAsync(context, next, page.VaryBy)
            : next(context);

    private async Task MakeAsync(HttpContext context, RequestDelegate next, string[] varyBy)
    {
        var kept = Now(out var until);
        var query = CanonicalQuery(context.Request, varyBy);
        var key = context.Request.Path.Value + query;
        var mine = new TaskCompletionSource<FinishedPage?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var making = kept.Making.GetOrAdd(key, mine.Task);
        if (making != mine.Task)
        {
            // The other's failure (its client went away, say) is not ours: then this request makes the page for itself.
            var others = await making.WaitAsync(context.RequestAborted) ?? await RenderAsync(context, next, query);
            if (others is not null) await others.AnswerAsync(context, CacheControl(until));
            return;
        }

        FinishedPage? page = null;
        try
        {
            page = await RenderAsync(context, next, query);
            if (page is null) return;
            kept.Keep(context.Request.Path.Value!, query, page, varyBy, options.Value.MaxBytes);
            if (page.CanBeSqueezed) _squeezing.Writer.TryWrite(page);
        }
        finally
        {
            mine.SetResult(page);
            kept.Making.TryRemove(key, out _);
        }

        await page.AnswerAsync(context, CacheControl(until));
    }

    /// <summary>Runs the endpoint with the answer held back. A page that can be kept is returned, any other answer is passed on, and null returned.</summary>
    private static async Task<FinishedPage?> RenderAsync(HttpContext context, RequestDelegate next, QueryString query)
    {
        var (request, response) = (context.Request, context.Response);
        var asked = request.QueryString;
        var client = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var caching = response.Headers.CacheControl;
        // So that what the endpoint says of it can be told from what every answer says.
        response.Headers.CacheControl = default;
        var before = response.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase);
        using var body = new MemoryStream();
        var held = new StreamResponseBodyFeature(body);
        context.Features.Set<IHttpResponseBodyFeature>(held);
        request.QueryString = query;
        try
        {
            await next(context);
            await held.CompleteAsync();
        }
        finally
        {
            request.QueryString = asked;
            context.Features.Set(client);
        }

        var headers = response.Headers;
        if (response.StatusCode == StatusCodes.Status200OK && headers.SetCookie.Count == 0 && !response.HasStarted && !IsPrivate(headers.CacheControl))
        {
            var own = headers.Where(header => !OfEachAnswer.Contains(header.Key) && !(before.TryGetValue(header.Key, out var old) && old == header.Value));
            return new FinishedPage(body.ToArray(), response.ContentType, headers.CacheControl, [.. own]);
        }

        if (!response.HasStarted && headers.CacheControl.Count == 0) headers.CacheControl = caching;
        if (body.Length > 0) await response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
        return null;
    }

    private Kept Now(out DateTimeOffset until)
    {
        (var key, until) = options.Value.Generation();
        var kept = _kept;
        if (ReferenceEquals(kept.Generation, key)) return kept;
        var next = new Kept(key);
        var found = Interlocked.CompareExchange(ref _kept, next, kept);
        // Whoever was faster has seen the same change, or a later one.
        return ReferenceEquals(found, kept) ? next : found;
    }

    private StringValues CacheControl(DateTimeOffset until)
    {
        var left = until - clock.GetUtcNow();
        return left >= MaxAge + WhileRevalidating ? Fresh : Promise(left);
    }

    /// <summary>What a cache may do with a page that is right for so long yet: it never shows one beyond its end, not even while it asks.</summary>
    private static StringValues Promise(TimeSpan left)
    {
        var seconds = Math.Max(0, (int)left.TotalSeconds);
        var fresh = Math.Min(seconds, (int)MaxAge.TotalSeconds);
        var stale = Math.Min(seconds - fresh, (int)WhileRevalidating.TotalSeconds);
        return string.Create(CultureInfo.InvariantCulture, $"public, max-age={fresh}{(stale > 0 ? $", stale-while-revalidate={stale}" : "")}");
    }

    private static bool IsPrivate(StringValues caching) =>
        caching.ToString() is var said && (said.Contains("no-store", StringComparison.OrdinalIgnoreCase) || said.Contains("private", StringComparison.OrdinalIgnoreCase));

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    // These are each answer's own, or the cache's to say.
    private static readonly FrozenSet<string> OfEachAnswer = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "Content-Type", "Content-Length", "Cache-Control", "ETag", "Vary", "Date", "Transfer-Encoding");

    private static QueryString CanonicalQuery(HttpRequest request, string[] varyBy)
    {
        if (varyBy.Length == 0 || !request.QueryString.HasValue) return QueryString.Empty;
        var query = new QueryBuilder();
        foreach (var key in varyBy)
        {
            if (request.Query.TryGetValue(key, out var values)) query.Add(key, (IEnumerable<string>)values.ToArray()!);
        }

        return query.ToQueryString();
    }

    /// <summary>The pages of one generation.</summary>
    private sealed class Kept(object generation)
    {
        private readonly ConcurrentDictionary<string, Address> _addresses = new(StringComparer.Ordinal);
        private readonly Queue<(string Path, string Query, FinishedPage Page)> _byAge = new();
        private readonly Lock _gate = new();

        public object Generation { get; } = generation;

        public ConcurrentDictionary<string, Task<FinishedPage?>> Making { get; } = new(StringComparer.Ordinal);

        public long Size
        {
            get
            {
                lock (_gate) return _byAge.Sum(kept => kept.Page.Size);
            }
        }

        public FinishedPage? Find(HttpRequest request)
        {
            if (!_addresses.TryGetValue(request.Path.Value ?? "", out var address)) return null;
            var query = CanonicalQuery(request, address.VaryBy);
            return address.Pages.GetValueOrDefault(query.Value ?? "");
        }

        public void Keep(string path, QueryString query, FinishedPage page, string[] varyBy, long maxBytes)
        {
            var name = query.Value ?? "";
            lock (_gate)
            {
                _addresses.GetOrAdd(path, _ => new Address(varyBy)).Pages[name] = page;
                _byAge.Enqueue((path, name, page));
                // Each page that has been read since the last look gets another turn; the rest go.
                for (var size = _byAge.Sum(kept => kept.Page.Size); size > maxBytes && _byAge.TryDequeue(out var oldest);)
                {
                    if (oldest.Page.Used && oldest.Page != page)
                    {
                        oldest.Page.Used = false;
                        _byAge.Enqueue(oldest);
                        continue;
                    }

                    size -= oldest.Page.Size;
                    _addresses[oldest.Path].Pages.TryRemove(KeyValuePair.Create(oldest.Query, oldest.Page));
                }
            }
        }
    }

    private sealed record Address(string[] VaryBy)
    {
        public ConcurrentDictionary<string, FinishedPage> Pages { get; } = new(StringComparer.Ordinal);
    }
}
