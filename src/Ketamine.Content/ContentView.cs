namespace Ketamine.Content;

/// <summary>
/// What of a reading is served: to the public a whole one; to an editor at work as much as could be read, drafts and scheduled texts included.
/// </summary>
/// <param name="forEditor">The site is served to one person, on this machine.</param>
public sealed class ContentView(bool forEditor, TimeProvider clock)
{
    /// <summary>The content to serve; null keeps what was served before.</summary>
    public SiteContent? Of(ContentReading reading) => !forEditor ? reading.Content : reading.Partial is { } content ? Revealed(content) : null;

    private SiteContent Revealed(SiteContent content)
    {
        var now = clock.GetUtcNow();
        return content with
        {
            Pages = [.. content.Pages.Where(page => page.Slug != default).Select(page => page with { Draft = false })],
            Services = [.. content.Services.Where(service => service.Slug != default).Select(service => service with { Draft = false })],
            Articles =
            [
                .. content.Articles.Where(article => article.Slug != default).DistinctBy(article => article.Slug).Select(article => article with
                {
                    Draft = false,
                    Published = article.Published > now ? now : article.Published,
                    Updated = article.Updated > now ? null : article.Updated,
                }),
            ],
        };
    }
}
