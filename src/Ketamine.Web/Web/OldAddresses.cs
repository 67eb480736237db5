namespace Ketamine.Web.Web;

/// <summary>Where an old page went.</summary>
/// <param name="To">An address on this site; null means that the page is gone.</param>
public readonly record struct OldAddress(string? To);

/// <summary>Handles addresses that the site, or a previous site, once had.</summary>
public static class OldAddresses
{
    /// <summary>
    /// Returns 301 (308 for methods other than GET and HEAD) or 410 if <paramref name="find"/> knows the address. An old path keeps the query; an old
    /// address with its own query (WordPress's /?p=12) is found even among added parameters, /?utm_source=x&amp;p=12, and after /index.php.
    /// </summary>
    /// <param name="find">Called with a path without a trailing slash, with and without a query: first as typed, then in lowercase.</param>
    public static IApplicationBuilder UseOldAddresses(this IApplicationBuilder app, Func<string, OldAddress?> find) => app.Use((context, next) =>
    {
        var request = context.Request;
        // The same letters can be encoded in two ways: é, or e and an accent.
        var typed = TypedText.Normalized(CanonicalAddress.Of(request.Path.Value ?? "/", keepsCase: true));
        if (FindByQuery(request, typed, find) is { } named) return Redirect(context, named, "");
        return (find(typed) ?? find(typed.ToLowerInvariant())) is { } old ? Redirect(context, old, request.QueryString.ToUriComponent()) : next(context);
    });

    private static OldAddress? FindByQuery(HttpRequest request, string path, Func<string, OldAddress?> find)
    {
        if (!request.QueryString.HasValue) return null;
        if (path.Equals("/index.php", StringComparison.OrdinalIgnoreCase)) path = "/"; // what WordPress answers short links with
        if (find(path + request.QueryString.Value) is { } whole) return whole;
        foreach (var (key, values) in request.Query)
            foreach (var value in values)
                if (value is { Length: < 30 } && find($"{path}?{key}={value.Trim()}") is { } old) return old;

        return null;
    }

    private static Task Redirect(HttpContext context, OldAddress old, string query)
    {
        if (old.To is { } to)
            CanonicalAddress.MovedTo(context, to.Contains('?', StringComparison.Ordinal) || to.Contains('#', StringComparison.Ordinal) ? to : to + query);
        else context.Response.StatusCode = StatusCodes.Status410Gone;
        return Task.CompletedTask;
    }
}
