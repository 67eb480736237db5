using Serilog;
using Serilog.Events;

namespace Ketamine.Web.Web;

/// <summary>
/// One line per request: method, path, status, milliseconds. Never a query, a person's or machine's address, a browser's name, a token, or anything that a
/// visitor typed into the address bar: the path is logged as received only if the site has that page or file. Otherwise the line has the route,
/// <c>/consultation/manage/{token}</c>, or <c>/…</c> if no route matched.
/// </summary>
/// <remarks>Requests handled before this middleware, such as cached pages, get no line and cost nothing here.</remarks>
public static class RequestLog
{
    private const string Unknown = "/…";

    /// <summary>Logs each request after its response. Goes before the error pages, whose status is the one to log.</summary>
    public static IApplicationBuilder UseRequestLog(this IApplicationBuilder app) => app.UseSerilogRequestLogging(log =>
    {
        // Not the static logger, because several sites may run in one process (in tests).
        log.Logger = app.ApplicationServices.GetRequiredService<Serilog.ILogger>();
        log.MessageTemplate = "{Method:l} {Path:l} {Status} in {Elapsed:0.0} ms";
        log.GetLevel = Level;
        // Replaces the defaults, which contain the raw path.
        log.GetMessageTemplateProperties = static (context, _, elapsed, status) =>
        [
            new LogEventProperty("Method", new ScalarValue(Known(context.Request.Method))),
            new LogEventProperty("Path", new ScalarValue(Address(context, status))),
            new LogEventProperty("Status", new ScalarValue(status)),
            new LogEventProperty("Elapsed", new ScalarValue(elapsed)),
        ];
    });

    private static string Address(HttpContext context, int status)
    {
        var (request, endpoint) = (context.Request, context.GetEndpoint());
        // Razor Pages answers OPTIONS with 200 for any path.
        var found = (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && status is >= 200 and < 300 or StatusCodes.Status304NotModified;
        // No endpoint: a file of wwwroot.
        if (endpoint is not RouteEndpoint route) return endpoint is null && found ? Masked(request.Path.Value) : Unknown;
        var namesContent = route.RoutePattern.Parameters.Count > 0 && route.Metadata.GetMetadata<PublicPageAttribute>() is not null;
        return namesContent && found ? Masked(request.Path.Value) : "/" + route.RoutePattern.RawText?.TrimStart('/');
    }

    /// <summary>A path with segments removed that could be a token, an email address, or someone's text.</summary>
    public static string Masked(string? path)
    {
        if (path is null or "/") return "/";
        return path.Split('/').All(IsPlain) ? path : string.Join('/', path.Split('/').Select(segment => IsPlain(segment) ? segment : "…"));
    }

    private static LogEventLevel Level(HttpContext context, double elapsed, Exception? failure)
    {
        if (failure is not null || context.Response.StatusCode >= 500) return LogEventLevel.Error;
        return context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) ? LogEventLevel.Debug : LogEventLevel.Information;
    }

    // The words of a slug, or a file name. Random tokens lack regular hyphens and mix digits with letters.
    private static bool IsPlain(string segment) =>
        segment.Length <= 100
        && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')
        && segment.Split('-', '.', '_').All(word => word.Length <= 20 && (word.Length < 12 || !word.Any(char.IsAsciiDigit)));

    private static string Known(string method) =>
        method is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" or "TRACE" or "CONNECT" ? method : "(other)";
}
