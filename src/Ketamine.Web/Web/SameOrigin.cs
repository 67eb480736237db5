namespace Ketamine.Web.Web;

/// <summary>
/// Refuses what changes something and comes from another site, without a token or a cookie, so that forms can stand on cached pages.
/// The rule is that of Go's net/http CrossOriginProtection.
/// </summary>
public static class SameOrigin
{
    /// <summary>
    /// Answers 403 to an unsafe method whose Sec-Fetch-Site is neither <c>same-origin</c> nor <c>none</c>, or, without that header,
    /// whose Origin is not the host asked. A request with neither is no browser's and carries no visitor's authority.
    /// </summary>
    public static IApplicationBuilder UseSameOrigin(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (IsSafe(context.Request.Method) || Allows(context.Request)
            || context.GetEndpoint()?.Metadata.GetMetadata<AllowOtherOriginsAttribute>() is not null) return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    });

    /// <summary>GET, HEAD and OPTIONS change nothing (RFC 9110, 9.2.1; TRACE is not served at all).</summary>
    public static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool Allows(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0) return site.Count == 1 && site[0] is "same-origin" or "none";
        var origin = request.Headers.Origin;
        return origin.Count == 0
            || (origin.Count == 1 && Uri.TryCreate(origin[0], UriKind.Absolute, out var from)
                // The header as it came: HttpRequest.Host throws at a name that it can't read, and such a name is nobody's origin.
                && Uri.TryCreate($"{from.Scheme}://{request.Headers.Host}", UriKind.Absolute, out var here)
                && string.Equals(from.Authority, here.Authority, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>
/// The address takes requests from anywhere: for the mail client's one-click unsubscribe (RFC 8058) alone, whose token is its authority.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class AllowOtherOriginsAttribute : Attribute;
