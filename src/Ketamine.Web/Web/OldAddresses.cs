namespace Ketamine.Web.Web;

/// <summary>Where a page that stood here went.</summary>
/// <param name="To">An address on this site; null says that it is gone.</param>
public readonly record struct OldAddress(string? To);

/// <summary>Answers for addresses that the site, or the one before it, once had.</summary>
public static class OldAddresses
{
    /// <summary>Answers 301 (308 to other methods than GET and HEAD) or 410 where <paramref name="find"/> knows the path; the query goes along.</summary>
    /// <param name="find">Asked with a path without trailing slash: as it was typed first, then in lower case.</param>
    public static IApplicationBuilder UseOldAddresses(this IApplicationBuilder app, Func<string, OldAddress?> find) => app.Use((context, next) =>
    {
        var typed = CanonicalAddress.Of(context.Request.Path.Value ?? "/", keepsCase: true);
        return (find(typed) ?? find(typed.ToLowerInvariant())) is { } old ? Answer(context, old, context.Request.QueryString.ToUriComponent()) : next(context);
    });

    /// <summary>Answers likewise for the short links that WordPress makes of its home page, /?p=12. Before finished pages, to which that query says nothing.</summary>
    public static IApplicationBuilder UseOldShortLinks(this IApplicationBuilder app, Func<string, OldAddress?> find) => app.Use((context, next) =>
        context.Request is { Path.Value: "/", QueryString.Value: { Length: > 0 and < 30 } query } && find("/" + query) is { } old ? Answer(context, old, "") : next(context));

    private static Task Answer(HttpContext context, OldAddress old, string query)
    {
        if (old.To is { } to) CanonicalAddress.MovedTo(context, to.Contains('?', StringComparison.Ordinal) || to.Contains('#', StringComparison.Ordinal) ? to : to + query);
        else context.Response.StatusCode = StatusCodes.Status410Gone;
        return Task.CompletedTask;
    }
}
