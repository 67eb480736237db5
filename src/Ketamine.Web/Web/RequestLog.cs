using System.Diagnostics;

namespace Ketamine.Web.Web;

/// <summary>
/// One line a request: method, path or route, status, milliseconds. Never a query, an address of a person or machine, a browser's name, or
/// a token: an address that carries one is logged as its route, <c>/consultation/manage/{token}</c>.
/// </summary>
public sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> log)
{
    private static readonly object Route = new();

    public async Task InvokeAsync(HttpContext context)
    {
        var (start, method, path) = (Stopwatch.GetTimestamp(), context.Request.Method, context.Request.Path.Value);
        try
        {
            await next(context);
        }
        finally
        {
            var (status, elapsed) = (context.Response.StatusCode, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            var level = status >= 500 ? LogLevel.Error : path?.StartsWith("/health/", StringComparison.Ordinal) is true ? LogLevel.Debug : LogLevel.Information;
            if (log.IsEnabled(level))
                Request(level, Known(method), context.Items.TryGetValue(Route, out var route) && route is string known ? known : Shown(path), status, elapsed);
        }
    }

    /// <summary>Remembers the route before an error page takes its place; after routing.</summary>
    public static Task RememberRoute(HttpContext context, RequestDelegate next)
    {
        var secret = context.GetEndpoint() is RouteEndpoint { RoutePattern.Parameters.Count: > 0 } endpoint
            && endpoint.Metadata.GetMetadata<PublicPageAttribute>() is null
            ? "/" + endpoint.RoutePattern.RawText?.TrimStart('/')
            : null;
        context.Items.TryAdd(Route, secret);
        return next(context);
    }

    /// <summary>
    /// A path as it may stand in a log: what could be a token, an address or somebody's text is left out, segment by segment.
    /// </summary>
    public static string Shown(string? path)
    {
        if (path is null or "/") return "/";
        return path.Split('/').All(IsPlain) ? path : string.Join('/', path.Split('/').Select(segment => IsPlain(segment) ? segment : "…"));
    }

    // Words of a slug, or a file's name. Random letters have no hyphens in the right places, and digits among letters.
    private static bool IsPlain(string segment) =>
        segment.Length <= 100
        && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')
        && segment.Split('-', '.', '_').All(word => word.Length <= 20 && (word.Length < 12 || !word.Any(char.IsAsciiDigit)));

    private static string Known(string method) =>
        method is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" or "TRACE" or "CONNECT" ? method : "(other)";

    [LoggerMessage("{Method} {Path} {Status} in {Elapsed:0.0} ms")]
    private partial void Request(LogLevel level, string method, string path, int status, double elapsed);
}
