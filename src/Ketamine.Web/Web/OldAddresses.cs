namespace Ketamine.Web.Web;

/// <summary>Where a page that stood here went.</summary>
/// <param name="To">An address on this site; null says that it is gone.</param>
public readonly record struct OldAddress(string? To);

/// <summary>Answers for addresses that the site, or the one before it, once had.</summary>
public static class OldAddresses
{
    /// <summary>
    /// Answers 301 (308 to other methods than GET and HEAD) or 410 where <paramref name="find"/> knows the address. An old path takes the query along;
    /// an old address with a query of its own (WordPress's /?p=12) is found among whatever else a link has picked up, /?utm_source=x&amp;p=12.
    /// </summary>
    /// <param name="find">Called with a path without trailing slash, with and without a query: as it was typed first, then in lower case.</param>
    public static IApplicationBuilder UseOldAddresses(this IApplicationBuilder app, Func<string, OldAddress?> find) => app.Use((context, next) =>
    {
        var request = context.Request;
        var typed = CanonicalAddress.Of(request.Path.Value ?? "/", keepsCase: true);
        if (FindByQuery(request, typed, find) is { } named) return Answer(context, named, "");
        return (find(typed) ?? find(typed.ToLowerInvariant())) is { } old ? Answer(context, old, request.QueryString.ToUriComponent()) : next(context);
    });

    private static OldAddress? FindByQuery(HttpRequest request, string path, Func<string, OldAddress?> find)
    {
        if (!request.QueryString.HasValue) return null;
        if (find(path + request.QueryString.Value) is { } whole) return whole;
        foreach (var (key, values) in request.Query)
        {
            if (values is [{ Length: < 30 } value, ..] && find($"{path}?{key}={value}") is { } old) return old;
        }

        return null;
    }

    private static Task Answer(HttpContext context, OldAddress old, string query)
    {
        if (old.To is { } to)
            CanonicalAddress.MovedTo(context, to.Contains('?', StringComparison.Ordinal) || to.Contains('#', StringComparison.Ordinal) ? to : to + query);
        else context.Response.StatusCode = StatusCodes.Status410Gone;
        return Task.CompletedTask;
    }
}
