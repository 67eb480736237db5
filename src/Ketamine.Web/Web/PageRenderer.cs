using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Ketamine.Web.Web;

/// <summary>
/// Runs a public page's endpoint in a separate request: always a GET, with the page's path and declared query keys, and nothing from the visitor. So a
/// HEAD, a condition, a range, a cookie, or a forged host can't affect what everyone is served.
/// </summary>
public sealed class PageRenderer(IServiceScopeFactory scopes, IHostEnvironment environment)
{
    // Set for each response, or by the cache.
    private static readonly FrozenSet<string> OfEachResponse = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "Content-Type", "Content-Length", "Cache-Control", "ETag", "Vary", "Date", "Transfer-Encoding");

    /// <summary>Renders the endpoint that routing found for <paramref name="visitor"/>'s request.</summary>
    /// <exception cref="Exception">Whatever the endpoint threw.</exception>
    public async Task<RenderedPage> RenderAsync(HttpContext visitor, RequestDelegate next, string path, QueryString query)
    {
        // Read now: the visitor may leave before the page is rendered.
        var (endpoint, values) = (visitor.GetEndpoint(), new RouteValueDictionary(visitor.Request.RouteValues));
        var failed = visitor.Response.StatusCode;
        await using var scope = scopes.CreateAsyncScope();
        var context = NewRequest(scope.ServiceProvider, path, query);
        context.SetEndpoint(endpoint);
        context.Request.RouteValues = values;
        using var body = new MemoryStream();
        var held = new StreamResponseBodyFeature(body);
        context.Features.Set<IHttpResponseBodyFeature>(held);
        // An error page is rendered for a response that has failed.
        context.Response.StatusCode = failed;
        SecurityHeaders.Set(context.Response, environment.IsProduction());
        // Empty, to see the endpoint's own caching header.
        context.Response.Headers.CacheControl = default;
        await next(context);
        await held.CompleteAsync();

        var (response, bytes) = (context.Response, body.ToArray());
        var isForEveryone = IsForEveryone(response, bytes, isMissing: failed == StatusCodes.Status404NotFound);
        return new RenderedPage(response.StatusCode, bytes, response.Headers, isForEveryone
            ? new CachedPage(path, response.StatusCode, bytes, response.ContentType, response.Headers.CacheControl,
                [.. response.Headers.Where(header => !OfEachResponse.Contains(header.Key))])
            : null);
    }

    /// <summary>A GET that doesn't come from a visitor.</summary>
    public static DefaultHttpContext NewRequest(IServiceProvider services, string path, QueryString query)
    {
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.Method = HttpMethods.Get;
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("localhost");
        context.Request.Path = path;
        context.Request.QueryString = query;
        return context;
    }

    // Complete, and not private or specific to anyone. What can't be found is said alike to everyone, but no browser may keep it.
    private static bool IsForEveryone(HttpResponse response, byte[] body, bool isMissing) =>
        response.StatusCode == (isMissing ? StatusCodes.Status404NotFound : StatusCodes.Status200OK)
        && body.Length > 0 && (response.ContentLength ?? body.Length) == body.Length
        && response.Headers.SetCookie.Count == 0
        && (isMissing || !IsPrivate(response.Headers.CacheControl));

    private static bool IsPrivate(StringValues caching) =>
        caching.ToString() is var said
        && (said.Contains("no-store", StringComparison.OrdinalIgnoreCase) || said.Contains("private", StringComparison.OrdinalIgnoreCase));
}

/// <summary>An endpoint's response.</summary>
/// <param name="Page">The page for everyone; null if the response must not be cached.</param>
public sealed record RenderedPage(int Status, byte[] Body, IHeaderDictionary Headers, CachedPage? Page)
{
    /// <summary>Sends an uncacheable response to the visitor who requested it.</summary>
    public Task PassOnAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        // The error pages fill in an error without a body.
        foreach (var (name, value) in Headers) response.Headers[name] = value;
        if (Headers.CacheControl.Count == 0) response.Headers.CacheControl = "no-store";
        if (Body.Length == 0) return Task.CompletedTask;
        response.ContentLength = Body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(Body, context.RequestAborted).AsTask();
    }
}
