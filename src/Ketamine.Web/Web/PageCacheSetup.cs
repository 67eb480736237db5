using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ketamine.Web.Web;

/// <summary>Puts the page cache into the program.</summary>
public static class PageCacheSetup
{
    /// <param name="generation">What pages are made from now; called for every request.</param>
    /// <param name="warmUp">Paths of the pages to be made ahead, the most important first.</param>
    /// <param name="queryValue">See <see cref="PageCacheOptions.QueryValue"/>; null keeps every value.</param>
    public static IServiceCollection AddPageCache<TSource>(this IServiceCollection services,
        Func<TSource, PageGeneration> generation, Func<TSource, IEnumerable<string>> warmUp, Func<TSource, string, string, string, string?>? queryValue = null)
        where TSource : class
    {
        services.AddOptions<PageCacheOptions>().Configure<TSource>((cache, source) =>
        {
            cache.Generation = () => generation(source);
            cache.WarmUp = () => warmUp(source);
            if (queryValue is not null) cache.QueryValue = (path, key, value) => queryValue(source, path, key, value);
        });
        services.AddOptions<KestrelServerOptions>().Configure<IConfiguration, IServiceProvider>((kestrel, configuration, provider) =>
        {
            // A list of hosts is Kestrel's middleware to hold.
            if (configuration["AllowedHosts"] is not (null or "*")) return;
            kestrel.ConfigureEndpointDefaults(endpoint =>
                endpoint.Use(next => connection => provider.GetRequiredService<PreparedAnswers>().ServeAsync(connection, next)));
        });
        return services.AddSingleton<PreparedAnswers>().AddSingleton<PageRenderer>().AddSingleton<PageCache>().AddSingleton<PageCacheWarmer>()
            .AddHostedService(provider => provider.GetRequiredService<PageCacheWarmer>())
            .AddHostedService<PageCacheLog>();
    }

    /// <summary>Answers from finished pages; before everything else.</summary>
    public static IApplicationBuilder UseCachedPages(this IApplicationBuilder app)
    {
        var cache = app.ApplicationServices.GetRequiredService<PageCache>();
        return app.Use(next => context => cache.AnswerAsync(context, next));
    }

    /// <summary>Where the requests that make pages ahead enter: below the log and the error pages, above routing and the culture.</summary>
    public static IApplicationBuilder UsePagesAhead(this IApplicationBuilder app)
    {
        var workshop = app.ApplicationServices.GetRequiredService<PageCacheWarmer>();
        return app.Use(next => workshop.Site = next);
    }

    /// <summary>Makes and keeps public pages; after routing.</summary>
    public static IApplicationBuilder UsePageCache(this IApplicationBuilder app)
    {
        var cache = app.ApplicationServices.GetRequiredService<PageCache>();
        return app.Use(next => context => cache.MakeAsync(context, next));
    }
}
