using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Articles;

/// <summary>Serves the page of a draft or scheduled text, as it will look, at <c>/preview/{token}</c>.</summary>
public static class Previews
{
    /// <summary>Goes before routing. The request continues as one for the text's own address, marked as not cacheable, even for the page cache.</summary>
    public static IApplicationBuilder UsePreviews(this IApplicationBuilder app) =>
        app.Use(next => context => context.Request.Path.StartsWithSegments("/preview", out var token) ? ShowPreviewAsync(context, token, next) : next(context));

    private static Task ShowPreviewAsync(HttpContext context, PathString token, RequestDelegate next)
    {
        var services = context.RequestServices;
        var (store, now) = (services.GetRequiredService<ContentStore>(), services.GetRequiredService<TimeProvider>().GetUtcNow());
        if (!services.GetRequiredService<PreviewLinks>().TryFind(token.Value?.TrimStart('/') ?? "", store.Current.Content, now, out var text, out var ends))
        {
            if (!token.HasValue || token == "/") return next(context);
            // Don't continue the pipeline, which would redirect to the token in lowercase.
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Items[PageCache.DoNotCache] = true;
        context.Items[Preview.Item] = new Preview(text, text is Article { Draft: false, Published: var appears } && appears > now ? appears : null, ends);
        context.Response.Headers.CacheControl = "private, no-store";
        context.Response.Headers["X-Robots-Tag"] = "noindex, nofollow";
        store.UseInThisRequest(Edition.Previewing(store.Current.Content, text, now));
        context.Request.Path = text.Path;
        return next(context);
    }
}
