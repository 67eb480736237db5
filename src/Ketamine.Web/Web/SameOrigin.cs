namespace Ketamine.Web.Web;

/// <summary>
/// Refuses requests from other sites that change something. It needs no token or cookie, so forms can be on cached pages. Uses the rule of Go's net/http
/// CrossOriginProtection.
/// </summary>
public static class SameOrigin
{
    /// <summary>
    /// Returns 403 for an unsafe method whose Sec-Fetch-Site is neither <c>same-origin</c> nor <c>none</c>, or, without that header, whose Origin isn't the
    /// requested host. A request with neither header isn't from a browser and has no visitor's authority.
    /// </summary>
    public static IApplicationBuilder UseSameOrigin(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (IsSafe(context.Request.Method) || Allows(context.Request)
            || context.GetEndpoint()?.Metadata.GetMetadata<AllowOtherOriginsAttribute>() is not null) return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    });

    /// <summary>GET, HEAD, and OPTIONS change nothing (RFC 9110, 9.2.1; TRACE isn't supported at all).</summary>
    public static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool Allows(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0) return site.Count == 1 && site[0] is "same-origin" or "none";
        var origin = request.Headers.Origin;
        return origin.Count == 0
            || (origin.Count == 1 && WebAddress.TryParse(origin[0], out var from)
                // The raw header: HttpRequest.Host throws on an unreadable name, which can't be anyone's origin.
                && WebAddress.TryParse($"{from.Scheme}://{request.Headers.Host}", out var here)
                && string.Equals(from.Authority, here.Authority, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>Allows requests from anywhere: only for the email program's one-click unsubscribe (RFC 8058), which is authorized by its token.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class AllowOtherOriginsAttribute : Attribute;
