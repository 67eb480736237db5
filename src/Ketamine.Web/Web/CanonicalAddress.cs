using System.Text.RegularExpressions;

namespace Ketamine.Web.Web;

/// <summary>One address a page: lower case, single slashes, none at the end. Others are sent there with their query.</summary>
public static partial class CanonicalAddress
{
    /// <summary>Answers 301, or 308 to methods that must stay what they are (a POST), for an address that is not in its one form.</summary>
    /// <remarks>After routing: where an address carries a token or a file's name, only its shape is mended, never its letters.</remarks>
    public static IApplicationBuilder UseCanonicalAddress(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var path = context.Request.Path.Value ?? "/";
        var canonical = Of(path, LettersMatter(context.GetEndpoint()));
        if (canonical == path) return next(context);
        MovedTo(context, new PathString(canonical).ToUriComponent() + context.Request.QueryString.ToUriComponent());
        return Task.CompletedTask;
    });

    /// <summary>The one form of <paramref name="path"/>: it begins with exactly one slash, so that it can never name another host.</summary>
    public static string Of(string path, bool keepsCase = false)
    {
        var single = Slashes().Replace("/" + path, "/");
        var trimmed = single.Length > 1 ? single.TrimEnd('/') : single;
        if (trimmed.Length == 0) return "/";
        return keepsCase ? trimmed : trimmed.ToLowerInvariant();
    }

    /// <summary>Answers that the page has moved for good, keeping the method of what is not a read.</summary>
    public static void MovedTo(HttpContext context, string address)
    {
        context.Response.StatusCode = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            ? StatusCodes.Status301MovedPermanently
            : StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = address;
        // Without a limit browsers keep a 301 for good, and an editor could never take it back.
        context.Response.Headers.CacheControl = "max-age=3600";
    }

    private static bool LettersMatter(Endpoint? endpoint) =>
        endpoint is RouteEndpoint { RoutePattern.Parameters: { Count: > 0 } parameters }
        && (parameters.Any(parameter => parameter.IsCatchAll) || endpoint.Metadata.GetMetadata<PublicPageAttribute>() is null);

    // A backslash is a slash to browsers: "/\evil.example" in a Location would leave the site.
    [GeneratedRegex(@"[/\\]+")]
    private static partial Regex Slashes();
}
