namespace Ketamine.Web.Web;

/// <summary>One address per page: lower case, single slashes, no trailing slash. Other forms redirect there with their query.</summary>
public static partial class CanonicalAddress
{
    /// <summary>Returns 301, or 308 for methods that must not change (such as POST), if an address isn't in canonical form.</summary>
    /// <remarks>Goes after routing: in an address with a token or file name, only slashes are fixed, never the case of letters.</remarks>
    public static IApplicationBuilder UseCanonicalAddress(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var path = context.Request.Path.Value ?? "/";
        var canonical = Of(path, LettersMatter(context.GetEndpoint()));
        if (canonical == path) return next(context);
        MovedTo(context, new PathString(canonical).ToUriComponent() + context.Request.QueryString.ToUriComponent());
        return Task.CompletedTask;
    });

    /// <summary>The canonical form of <paramref name="path"/>. It begins with exactly one slash, so it can never name another host.</summary>
    public static string Of(string path, bool keepsCase = false)
    {
        var single = Slashes().Replace("/" + path, "/");
        var trimmed = single.Length > 1 ? single.TrimEnd('/') : single;
        if (trimmed.Length == 0) return "/";
        return keepsCase ? trimmed : trimmed.ToLowerInvariant();
    }

    /// <summary>Responds that the page has moved permanently, preserving the method of anything but GET and HEAD.</summary>
    public static void MovedTo(HttpContext context, string address)
    {
        context.Response.StatusCode = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            ? StatusCodes.Status301MovedPermanently
            : StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = address;
        // Without a limit, browsers cache a 301 forever, and an editor could never undo it.
        context.Response.Headers.CacheControl = "max-age=3600";
    }

    private static bool LettersMatter(Endpoint? endpoint) =>
        endpoint is RouteEndpoint { RoutePattern.Parameters: { Count: > 0 } parameters }
        && (parameters.Any(parameter => parameter.IsCatchAll) || endpoint.Metadata.GetMetadata<PublicPageAttribute>() is null);

    // A backslash is a slash to browsers: "/\evil.example" in a Location would leave the site.
    [GeneratedRegex(@"[/\\]+")]
    private static partial Regex Slashes();
}
