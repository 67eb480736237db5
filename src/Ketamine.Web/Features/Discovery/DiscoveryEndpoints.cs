using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Discovery;

/// <summary>Files for machines: search engines, feed readers, browsers, and security researchers' tools. Each is cached like a page.</summary>
public static class DiscoveryEndpoints
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    public static IEndpointRouteBuilder MapDiscovery(this IEndpointRouteBuilder routes)
    {
        routes.MapDocument("/sitemap.xml", "application/xml; charset=utf-8", Sitemap.Write);
        routes.MapDocument("/robots.txt", "text/plain; charset=utf-8", edition => Encoding.UTF8.GetBytes(TextFiles.Robots(edition)));
        routes.MapDocument("/.well-known/security.txt", "text/plain; charset=utf-8", edition => Encoding.UTF8.GetBytes(TextFiles.Security(edition)));
        routes.MapDocument("/site.webmanifest", "application/manifest+json; charset=utf-8", WebManifest.Write);
        routes.MapIcon("/favicon.ico", "image/x-icon", SiteIcon.Ico);
        routes.MapIcon("/apple-touch-icon.png", "image/png", SiteIcon.Png);
        routes.MapIcon("/apple-touch-icon-precomposed.png", "image/png", SiteIcon.Png);
        routes.MapFeed("/feed.xml", "application/atom+xml; charset=utf-8", AtomFeed.Write);
        routes.MapFeed("/rss.xml", "application/rss+xml; charset=utf-8", RssFeed.Write);
        routes.MapFeed("/feed.json", "application/feed+json; charset=utf-8", JsonFeed.Write);
        return routes;
    }

    private static void MapDocument(this IEndpointRouteBuilder routes, string path, string contentType, Func<Edition, byte[]> write) =>
        routes.MapMethods(path, Reads, (ContentStore content) => Results.Bytes(write(content.Current), contentType)).WithMetadata(new PublicPageAttribute());

    private static void MapIcon(this IEndpointRouteBuilder routes, string path, string contentType, Func<Edition, IWebHostEnvironment, byte[]> draw) =>
        routes.MapMethods(path, Reads, (ContentStore content, IWebHostEnvironment files) => Results.Bytes(draw(content.Current, files), contentType))
            .WithMetadata(new PublicPageAttribute());

    private static void MapFeed(this IEndpointRouteBuilder routes, string path, string contentType, Func<Feed, string, byte[]> write) =>
        routes.MapMethods(path, Reads, (ContentStore content, IStringLocalizer<SiteStrings> words) =>
        {
            var site = content.Current;
            return Feed.Of(site, words) is { } feed ? Results.Bytes(write(feed, site.Clinic.Absolute(path)), contentType) : Results.NotFound();
        }).WithMetadata(new PublicPageAttribute());
}
