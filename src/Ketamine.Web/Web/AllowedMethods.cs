using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Web;

/// <summary>
/// Returns 405 with Allow for a method that an address doesn't accept (RFC 9110, 15.5.6), and 404 for a form whose <c>?handler=</c> the page doesn't have.
/// Razor Pages alone would render a page whose handler never ran, with status 200.
/// </summary>
public static class AllowedMethods
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>After routing.</summary>
    public static IApplicationBuilder UseAllowedMethods(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var method = context.Request.Method;
        if (context.GetEndpoint()?.Metadata.GetMetadata<CompiledPageActionDescriptor>() is { } page)
        {
            var allowed = Of(page);
            if (!allowed.Contains(method, StringComparer.Ordinal)) return Refuse(context, allowed);
            if (!HttpMethods.IsPost(method) || HasHandler(page, context.Request)) return next(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        // Other endpoints name their methods, and routing handles them. Old addresses and files are read-only.
        return context.GetEndpoint() is not null || HttpMethods.IsPost(method) || Reads.Contains(method, StringComparer.Ordinal)
            ? next(context)
            : Refuse(context, Reads);
    });

    // A handler without a name takes what no other takes.
    private static bool HasHandler(CompiledPageActionDescriptor page, HttpRequest request) => page.HandlerMethods.Any(handler =>
        handler.HttpMethod.Equals(request.Method, StringComparison.OrdinalIgnoreCase)
        && (handler.Name is null
            || handler.Name.Equals(request.RouteValues["handler"]?.ToString() ?? request.Query["handler"], StringComparison.OrdinalIgnoreCase)));

    private static string[] Of(CompiledPageActionDescriptor page)
    {
        var named = page.HandlerMethods.Select(handler => handler.HttpMethod.ToUpperInvariant()).Distinct(StringComparer.Ordinal).ToArray();
        return named.Contains(HttpMethods.Get, StringComparer.Ordinal) ? [.. Reads, .. named.Where(method => method != HttpMethods.Get)] : named;
    }

    private static Task Refuse(HttpContext context, string[] allowed)
    {
        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        context.Response.Headers.Allow = string.Join(", ", allowed);
        return Task.CompletedTask;
    }
}
