using Microsoft.AspNetCore.Http.Features;

namespace Ketamine.Web.Web;

/// <summary>Responds to every error with a page, never with error details.</summary>
/// <remarks>
/// Replaces the framework's UseExceptionHandler and UseStatusCodePagesWithReExecute, which keep the failed request's method: for a refused POST, the
/// error page would be refused too, and the response would be 405 or 404 instead of the actual status.
/// </remarks>
public sealed partial class ErrorPages(RequestDelegate next, string path, Func<int, string>? fallback, IHostEnvironment environment, ILogger<ErrorPages> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await RespondAsync(context);
        }
        catch (OperationCanceledException gone) when (IsGone(context, gone))
        {
            // Log the request as 499.
            if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
    }

    /// <summary>Whether it failed only because the client is gone.</summary>
    private static bool IsGone(HttpContext context, Exception failure) =>
        failure is OperationCanceledException && context.RequestAborted.IsCancellationRequested;

    private async Task RespondAsync(HttpContext context)
    {
        var response = context.Response;
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException refused) when (!response.HasStarted)
        {
            // The server's own exception for a request that it can't read: too large, too slow, incomplete.
            Restart(response, refused.StatusCode);
        }
        catch (Exception failure) when (!response.HasStarted && !IsGone(context, failure))
        {
            LogFailure(failure);
            Restart(response, StatusCodes.Status500InternalServerError);
        }

        if (response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null }) await ShowErrorPageAsync(context);
    }

    /// <summary>Renders the site's page for the status, as a GET, and falls back to the plain one.</summary>
    private async Task ShowErrorPageAsync(HttpContext context)
    {
        var (request, response, status) = (context.Request, context.Response, context.Response.StatusCode);
        var (askedMethod, askedPath, askedQuery, askedEndpoint) = (request.Method, request.Path, request.QueryString, context.GetEndpoint());
        try
        {
            if (!HttpMethods.IsHead(request.Method)) request.Method = HttpMethods.Get;
            request.Path = string.Format(CultureInfo.InvariantCulture, path, status);
            request.QueryString = QueryString.Empty;
            request.RouteValues.Clear();
            // A form that can't be bound must not break the page that says so.
            request.Headers.ContentType = default;
            context.Features.Set(new FailedRequest(askedMethod, askedPath, context.Features.Get<IFormFeature>()?.Form));
            context.Features.Set<IFormFeature>(new FormFeature(FormCollection.Empty));
            context.SetEndpoint(null);
            await next(context);
            // A page may also send the visitor elsewhere.
            if (!response.HasStarted && response.StatusCode is < 300 or >= 400) response.StatusCode = status;
        }
        catch (Exception failure) when (!response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            if (fallback is null) LogFailure(failure);
            else LogFallback(failure);
            Restart(response, status);
        }
        finally
        {
            (request.Method, request.Path, request.QueryString) = (askedMethod, askedPath, askedQuery);
            context.SetEndpoint(askedEndpoint);
        }

        if (fallback is null || response is not { HasStarted: false, ContentType: null, StatusCode: >= 400 }) return;
        response.ContentType = "text/html; charset=utf-8";
        var page = Encoding.UTF8.GetBytes(fallback(status));
        response.ContentLength = page.Length;
        if (!HttpMethods.IsHead(askedMethod)) await response.Body.WriteAsync(page, context.RequestAborted);
    }

    /// <summary>Removes what the failed response had set, such as a cookie, but keeps the headers of every response.</summary>
    private void Restart(HttpResponse response, int status)
    {
        response.Clear();
        response.StatusCode = status;
        SecurityHeaders.Set(response, environment.IsProduction());
    }

    [LoggerMessage(LogLevel.Error, "A request failed")]
    private partial void LogFailure(Exception failure);

    [LoggerMessage(LogLevel.Critical, "The error page itself failed; showing a plain one")]
    private partial void LogFallback(Exception failure);
}

/// <summary>Adds the error pages to the pipeline.</summary>
public static class ErrorPagesSetup
{
    /// <summary>
    /// Shows the page at <paramref name="path"/> (with {0} for the status) for every response with status 400 or above and no body, including after an
    /// unhandled exception, and <paramref name="fallback"/> if that page itself fails.
    /// </summary>
    /// <param name="fallback">
    /// HTML for a status, built without anything that could fail; null to leave the response, still without a body, to the error pages in front.
    /// </param>
    public static IApplicationBuilder UseErrorPages(this IApplicationBuilder app, string path, Func<int, string>? fallback)
    {
        var services = app.ApplicationServices;
        var (environment, log) = (services.GetRequiredService<IHostEnvironment>(), services.GetRequiredService<ILogger<ErrorPages>>());
        return app.Use(next => new ErrorPages(next, path, fallback, environment, log).InvokeAsync);
    }
}

/// <summary>The request that an error page is about.</summary>
/// <param name="Form">The form that was sent; null if there was none or it was never read.</param>
public sealed record FailedRequest(string Method, PathString Path, IFormCollection? Form);
