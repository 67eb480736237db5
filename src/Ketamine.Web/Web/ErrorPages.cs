using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Ketamine.Web.Web;

/// <summary>Whatever goes wrong is answered with a page, and never with what went wrong.</summary>
/// <remarks>
/// In place of the framework's UseExceptionHandler and UseStatusCodePagesWithReExecute, which keep the method of the request that failed: a
/// refused POST would be refused its error page too, and answer 405 or 404 instead of what happened.
/// </remarks>
public sealed partial class ErrorPages(RequestDelegate next, string path, Func<int, string> lastResort, IHostEnvironment environment, ILogger<ErrorPages> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var response = context.Response;
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read a page; 499 is what the log shows.
            if (!response.HasStarted) response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return;
        }
        catch (BadHttpRequestException refused) when (!response.HasStarted)
        {
            // The server's own words for a request it can't read: too large, too slow, broken off.
            Restart(response, refused.StatusCode);
        }
        catch (Exception failure) when (!response.HasStarted)
        {
            LogFailure(failure);
            Restart(response, StatusCodes.Status500InternalServerError);
        }

        if (response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null }) await SendPreviewAsync(context);
    }

    /// <summary>Asks the site for its page about the status, as a GET, and falls back on the plain one.</summary>
    private async Task SendPreviewAsync(HttpContext context)
    {
        var (request, response, status) = (context.Request, context.Response, context.Response.StatusCode);
        var (askedMethod, askedPath, askedQuery, askedEndpoint) = (request.Method, request.Path, request.QueryString, context.GetEndpoint());
        try
        {
            if (!HttpMethods.IsHead(request.Method)) request.Method = HttpMethods.Get;
            request.Path = string.Format(CultureInfo.InvariantCulture, path, status);
            request.QueryString = QueryString.Empty;
            request.RouteValues.Clear();
            // What can't be bound in the form must not fail the page that says so.
            request.Headers.ContentType = default;
            context.Features.Set<IFormFeature>(new FormFeature(FormCollection.Empty));
            context.SetEndpoint(null);
            await next(context);
            if (!response.HasStarted) response.StatusCode = status;
        }
        catch (Exception failure) when (!response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            LogFallback(failure);
            Restart(response, status);
        }
        finally
        {
            (request.Method, request.Path, request.QueryString) = (askedMethod, askedPath, askedQuery);
            context.SetEndpoint(askedEndpoint);
        }

        if (response is not { HasStarted: false, ContentType: null }) return;
        response.ContentType = "text/html; charset=utf-8";
        var page = Encoding.UTF8.GetBytes(lastResort(status));
        response.ContentLength = page.Length;
        if (!HttpMethods.IsHead(askedMethod)) await response.Body.WriteAsync(page, context.RequestAborted);
    }

    /// <summary>Takes back what a failed answer had set, a cookie say, but not what every answer bears.</summary>
    private void Restart(HttpResponse response, int status)
    {
        response.Clear();
        response.StatusCode = status;
        SecurityHeaders.Set(response, environment.IsProduction());
    }

    [LoggerMessage(LogLevel.Error, "A request failed")]
    private partial void LogFailure(Exception failure);

    [LoggerMessage(LogLevel.Critical, "The error page itself failed; a plain one was shown")]
    private partial void LogFallback(Exception failure);
}

/// <summary>Puts the error pages into the pipeline.</summary>
public static class ErrorPagesSetup
{
    /// <summary>
    /// Shows the page at <paramref name="path"/> (with {0} for the status) for every answer of 400 and above that has no body of its own, an
    /// unforeseen exception's included; and <paramref name="lastResort"/> where that page itself fails.
    /// </summary>
    /// <param name="lastResort">HTML for a status, made without anything that could fail.</param>
    public static IApplicationBuilder UseErrorPages(this IApplicationBuilder app, string path, Func<int, string> lastResort) =>
        app.UseMiddleware<ErrorPages>(path, lastResort);
}
