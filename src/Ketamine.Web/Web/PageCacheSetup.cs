namespace Ketamine.Web.Web;

/// <summary>Puts the page cache into the program.</summary>
public static class PageCacheSetup
{
    /// <param name="generation">What pages are made from now; asked on every request.</param>
    /// <param name="warmUp">Paths of the pages to be made ahead, the most important first.</param>
    public static IServiceCollection AddPageCache<TSource>(this IServiceCollection services,
        Func<TSource, PageGeneration> generation, Func<TSource, IEnumerable<string>> warmUp) where TSource : class
    {
        services.AddOptions<PageCacheOptions>().Configure<TSource>((cache, source) =>
        {
            cache.Generation = () => generation(source);
            cache.WarmUp = () => warmUp(source);
        });
        return services.AddSingleton<PageCache>().AddSingleton<PageWorkshop>()
            .AddHostedService(provider => provider.GetRequiredService<PageWorkshop>());
    }

    /// <summary>Answers from finished pages; before routing and before whatever a page's making needs.</summary>
    public static IApplicationBuilder UseFinishedPages(this IApplicationBuilder app)
    {
        var (cache, workshop) = (app.ApplicationServices.GetRequiredService<PageCache>(), app.ApplicationServices.GetRequiredService<PageWorkshop>());
        return app.Use(next =>
        {
            workshop.Site = next;
            return context => cache.AnswerAsync(context, next);
        });
    }

    /// <summary>Makes and keeps public pages; after routing.</summary>
    public static IApplicationBuilder UsePageCache(this IApplicationBuilder app)
    {
        var cache = app.ApplicationServices.GetRequiredService<PageCache>();
        return app.Use(next => context => cache.MakeAsync(context, next));
    }
}
