using System.Xml;

namespace Ketamine.Web.Features.Discovery;

/// <summary>All addresses of the site for search engines (sitemaps.org, protocol 0.9).</summary>
public static class Sitemap
{
    private const string Namespace = "http://www.sitemaps.org/schemas/sitemap/0.9";

    /// <summary>
    /// The canonical addresses of everything visible now. Only articles and lists of articles have modification dates, because the folder has only those:
    /// a single wrong date makes search engines distrust all of them.
    /// </summary>
    /// <returns>Paths with their query.</returns>
    public static IEnumerable<(string Path, DateTimeOffset? Changed)> Of(Edition site)
    {
        foreach (var section in SitePath.For(site.Parts).Where(section => section.InSitemap && section.Path != "/blog")) yield return (section.Path, null);
        foreach (var service in site.Services) yield return (service.Path, null);
        foreach (var person in site.Content.People.Values.OrderBy(person => person.Key, StringComparer.Ordinal)) yield return (person.Path, null);
        foreach (var place in site.Clinic.Locations) yield return (place.Path, null);
        foreach (var page in site.Pages.Where(page => !SitePath.IsListed(page.Path))) yield return (page.Path, null);
        foreach (var list in List("/blog", site.Articles)) yield return list;
        foreach (var article in site.Articles) yield return (article.Path, article.Updated ?? article.Published);
        var byTopic = site.Articles.SelectMany(article => article.Topics.Select(topic => (topic, article))).ToLookup(pair => pair.topic, pair => pair.article);
        foreach (var topic in site.Topics.SelectMany(topic => List($"/blog/topics/{topic}", [.. byTopic[topic]]))) yield return topic;

        // A new article moves others to the next page, so all of a list's pages change with any of its articles.
        IEnumerable<(string Path, DateTimeOffset? Changed)> List(string path, IReadOnlyCollection<Article> articles)
        {
            DateTimeOffset? changed = articles.Count == 0 ? null : articles.Max(article => article.Updated ?? article.Published);
            for (var first = 0; first < articles.Count; first += site.Clinic.Articles.PageSize)
                yield return (first == 0 ? path : $"{path}?page={first / site.Clinic.Articles.PageSize + 1}", changed);
        }
    }

    /// <summary>UTF-8.</summary>
    public static byte[] Write(Edition site)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, IndentChars = "" }))
        {
            xml.WriteStartElement("urlset", Namespace);
            foreach (var (path, changed) in Of(site))
            {
                xml.WriteStartElement("url", Namespace);
                xml.WriteElementString("loc", Namespace, site.Clinic.Absolute(path));
                if (changed is { } instant)
                    xml.WriteElementString("lastmod", Namespace, instant.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture));
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }
}
