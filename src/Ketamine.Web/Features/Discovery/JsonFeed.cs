using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ketamine.Web.Features.Discovery;

/// <summary>Writes a feed as JSON Feed 1.1 (jsonfeed.org).</summary>
public static class JsonFeed
{
    // It is read as JSON, never as part of a page, so JSON's own escaping is enough.
    private static readonly JsonSerializerOptions Plain = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="self">The feed's own address.</param>
    /// <returns>UTF-8.</returns>
    public static byte[] Write(Feed feed, string self) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        version = "https://jsonfeed.org/version/1.1",
        title = feed.Title,
        home_page_url = feed.Blog,
        feed_url = self,
        description = feed.Description,
        icon = feed.Icon,
        language = feed.Language,
        items = feed.Entries.Select(entry => new
        {
            id = entry.Address,
            url = entry.Address,
            title = entry.Title,
            summary = entry.Summary,
            content_html = entry.Html,
            image = entry.Image,
            date_published = entry.Published,
            date_modified = entry.Updated,
            authors = entry.Authors.Select(author => new { name = author.Name, url = author.Href }),
            tags = entry.Topics.Select(topic => topic.Name),
        }),
    }, Plain);
}
