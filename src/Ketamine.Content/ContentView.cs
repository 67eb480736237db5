namespace Ketamine.Content;

/// <summary>Chooses what to serve: to the public, only content without errors; to the editor, everything that could be read, including drafts.</summary>
/// <param name="forEditor">Whether the site serves one person, on this machine.</param>
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
