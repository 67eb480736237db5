using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ketamine.Web.Web;

/// <summary>Adds the page cache to the application.</summary>
public static class PageCacheSetup
{
    /// <param name="generation">What pages are currently rendered from; called for every request.</param>
    /// <param name="warmUp">Paths of the pages to render ahead, most important first.</param>
    /// <param name="queryValue">See <see cref="PageCacheOptions.QueryValue"/>; null accepts every value.</param>
    public static IServiceCollection AddPageCache<TSource>(this IServiceCollection services,
        Func<TSource, PageGeneration> generation, Func<TSource, IEnumerable<string>> warmUp, Func<TSource, string, string, string, string?>? queryValue = null)
        where TSource : class
    {
        services.AddOptions<PageCacheOptions>().Configure<IServiceProvider>((cache, provider) =>
        {
            // Asked for when it is needed: the last run's pages are served without it.
            var source = new Lazy<TSource>(provider.GetRequiredService<TSource>);
            cache.Generation = () => generation(source.Value);
            cache.WarmUp = () => warmUp(source.Value);
            if (queryValue is not null) cache.QueryValue = (path, key, value) => queryValue(source.Value, path, key, value);
        });
        services.AddOptions<KestrelServerOptions>().Configure<IConfiguration, IServiceProvider>((kestrel, configuration, provider) =>
        {
            // A host list is enforced by middleware, which prepared responses would bypass.
            if (configuration["AllowedHosts"] is not (null or "*")) return;
            kestrel.ConfigureEndpointDefaults(endpoint =>
                endpoint.Use(next => connection => provider.GetRequiredService<PreparedResponses>().ServeAsync(connection, next)));
        });
        return services.AddFirstPage().AddSingleton<PreparedResponses>().AddSingleton<PageRenderer>().AddSingleton<SavedPages>().AddSingleton<PageCache>()
            .AddSingleton<PageCacheWarmer>()
            .AddHostedService(provider => provider.GetRequiredService<PageCacheWarmer>())
            .AddWorker<PageCacheLog>();
    }

    /// <summary>Serves cached pages; goes before everything else.</summary>
    public static IApplicationBuilder UseCachedPages(this IApplicationBuilder app)
    {
        var cache = app.ApplicationServices.GetRequiredService<PageCache>();
        return app.Use(next => context => cache.ServeAsync(context, next));
    }

    /// <summary>The entry point of requests that render pages ahead: after the log and error pages, before routing and the culture.</summary>
    public static IApplicationBuilder UsePagesAhead(this IApplicationBuilder app)
    {
        var warmer = app.ApplicationServices.GetRequiredService<PageCacheWarmer>();
        return app.Use(next =>
        {
            warmer.Use(next);
            return next;
        });
    }

    /// <summary>Renders and caches public pages; goes after routing.</summary>
    public static IApplicationBuilder UsePageCache(this IApplicationBuilder app)
    {
        var cache = app.ApplicationServices.GetRequiredService<PageCache>();
        return app.Use(next => context => cache.MakeAsync(context, next));
    }
}
