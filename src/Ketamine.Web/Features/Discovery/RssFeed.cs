using System.Xml;

namespace Ketamine.Web.Features.Discovery;

/// <summary>Writes a feed as RSS 2.0, with articles in content:encoded as in the RSS Advisory Board's profile.</summary>
public static class RssFeed
{
    private const string Atom = "http://www.w3.org/2005/Atom";
    private const string Content = "http://purl.org/rss/1.0/modules/content/";
    private const string DublinCore = "http://purl.org/dc/elements/1.1/";

    /// <param name="self">The feed's own address.</param>
    /// <returns>UTF-8.</returns>
    public static byte[] Write(Feed feed, string self)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false) }))
        {
            xml.WriteStartElement("rss");
            xml.WriteAttributeString("version", "2.0");
            xml.WriteAttributeString("xmlns", "atom", null, Atom);
            xml.WriteAttributeString("xmlns", "content", null, Content);
            xml.WriteAttributeString("xmlns", "dc", null, DublinCore);
            xml.WriteStartElement("channel");
            xml.WriteElementString("title", feed.Title);
            xml.WriteElementString("link", feed.Blog);
            xml.WriteElementString("description", feed.Description);
            xml.WriteElementString("language", feed.Language);
            xml.WriteElementString("lastBuildDate", Date(feed.Updated));
            xml.WriteStartElement("atom", "link", Atom);
            xml.WriteAttributeString("rel", "self");
            xml.WriteAttributeString("type", "application/rss+xml");
            xml.WriteAttributeString("href", self);
            xml.WriteEndElement();
            foreach (var entry in feed.Entries)
            {
                xml.WriteStartElement("item");
                xml.WriteElementString("title", entry.Title);
                xml.WriteElementString("link", entry.Address);
                xml.WriteStartElement("guid");
                xml.WriteAttributeString("isPermaLink", "true");
                xml.WriteString(entry.Address);
                xml.WriteEndElement();
                xml.WriteElementString("pubDate", Date(entry.Published));
                if (entry.Updated != entry.Published)
                    xml.WriteElementString("atom", "updated", Atom, entry.Updated.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture));
                // RSS's own author element is an email address, which we don't publish.
                foreach (var author in entry.Authors) xml.WriteElementString("dc", "creator", DublinCore, author.Name);
                foreach (var (_, name) in entry.Topics) xml.WriteElementString("category", name);
                xml.WriteElementString("description", entry.Summary);
                xml.WriteElementString("content", "encoded", Content, entry.Html);
                xml.WriteEndElement();
            }
        }

        return bytes.ToArray();
    }

    // RFC 822 with a four-digit year, as RSS requires.
    private static string Date(DateTimeOffset instant) => instant.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss 'GMT'", CultureInfo.InvariantCulture);
}
