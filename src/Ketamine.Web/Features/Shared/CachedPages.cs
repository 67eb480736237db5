using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Shared;

/// <summary>Connects the page cache to the content: it keeps the site's pages for one edition.</summary>
public static class CachedPages
{
    /// <summary>Adds the page cache. The end of an edition invalidates every page, and the most important pages are rendered ahead.</summary>
    public static IServiceCollection AddCachedPages(this IServiceCollection services)
    {
        // The editor's bar is added to each page on the way out.
        services.AddOptions<PageCacheOptions>().Configure<IOptions<ContentOptions>>((cache, content) => cache.OnConnections = !content.Value.Editing);
        services.AddOptions<SavedPagesOptions>().Configure<ContentFolder, IOptions<ContentOptions>, IConfiguration, IHostEnvironment>(
            (saved, folder, content, configuration, host) =>
            {
                if (!content.Value.Editing) saved.File = Path.Combine(ContentServices.DataPath(configuration), "cache", "pages.bin");
                saved.Stamp = () => Stamp(folder, configuration, host);
            });
        return services.AddSingleton<Source>().AddPageCache<Source>(
            site => Generation(site.Content.Current),
            site => ["/", .. site.StylesheetHrefs, .. PagesAhead(site.Content.Current)],
            QueryValue);
    }

    private static PageGeneration Generation(Edition edition) => new(edition, edition.Until, edition.Version);

    // Everything that a page shows is from the content, the clock, the settings, the style sheets and scripts, or the code.
    private static string Stamp(ContentFolder folder, IConfiguration configuration, IHostEnvironment host)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add($"{Environment.Version} {host.EnvironmentName} {folder.Stamp()}");
        foreach (var assembly in new[] { typeof(CachedPages), typeof(ContentFolder), typeof(Diagnostics) }) Add($"{assembly.Module.ModuleVersionId}");
        // Settings are in sections; the rest are environment variables of other programs.
        var settings = configuration.AsEnumerable().Where(setting => setting.Key.Contains(':')).OrderBy(setting => setting.Key, StringComparer.Ordinal);
        foreach (var (key, value) in settings) Add($"{key}={value}");
        foreach (var file in new DirectoryInfo(Path.Combine(host.ContentRootPath, "wwwroot")).EnumerateFiles("*", SearchOption.AllDirectories)
            .OrderBy(file => file.FullName, StringComparer.Ordinal))
            Add($"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}");
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(string line) => hash.AppendData(Encoding.UTF8.GetBytes($"{line}\n"));
    }

    /// <summary>The cache key's value, only if it exists, so that made-up values can't fill the cache.</summary>
    private static string? QueryValue(Source site, string path, string key, string value) => key switch
    {
        // No list has more pages than there are articles; page 0 doesn't exist and returns 404.
        "page" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= site.Content.Current.Articles.Length
            ? number.ToString(CultureInfo.InvariantCulture)
            : "0",
        "article" => site.Content.Current.FindArticle(value) is null ? null : value,
        "service" => site.Content.Current.FindService(value) is null ? null : value,
        "v" => site.StylesheetHrefs.Contains($"{path}?v={value}") || site.Content.Current.FindFile(path)?.Hash == value ? value : null,
        _ => null,
    };

    // Only those that the folder has: other addresses return 404, which isn't worth rendering ahead.
    private static IEnumerable<string> PagesAhead(Edition edition) =>
    [
        .. SitePath.For(edition.Parts).Where(section => section.Ahead).Select(section => section.Path),
        .. edition.Pages.Select(page => page.Path).Where(path => !SitePath.IsListed(path)),
        .. edition.Services.Select(service => service.Path),
        .. edition.Articles.Select(article => article.Path),
    ];

    private sealed record Source(ContentStore Content, SiteAssets Assets)
    {
        public IEnumerable<string> StylesheetHrefs => SiteAssets.SheetNames.Select(name => Assets.SheetFor(Content.Current.Clinic.Theme, name).Href);
    }
}
