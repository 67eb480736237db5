using System.Xml;

namespace Ketamine.Web.Features.Discovery;

/// <summary>Writes a feed as Atom (RFC 4287).</summary>
public static class AtomFeed
{
    private const string Atom = "http://www.w3.org/2005/Atom";

    /// <param name="self">The feed's own address.</param>
    /// <returns>UTF-8.</returns>
    public static byte[] Write(Feed feed, string self)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false) }))
        {
            xml.WriteStartElement("feed", Atom);
            xml.WriteAttributeString("xml", "lang", null, feed.Language);
            Text("id", feed.Home);
            Text("title", feed.Title);
            Text("subtitle", feed.Description);
            Text("updated", Date(feed.Updated));
            if (feed.Icon is { } icon) Text("icon", icon);
            Link("self", self, "application/atom+xml");
            Link("alternate", feed.Blog, "text/html");
            foreach (var entry in feed.Entries)
            {
                xml.WriteStartElement("entry", Atom);
                Text("id", entry.Address);
                Text("title", entry.Title);
                Link("alternate", entry.Address, "text/html");
                Text("published", Date(entry.Published));
                Text("updated", Date(entry.Updated));
                foreach (var author in entry.Authors)
                {
                    xml.WriteStartElement("author", Atom);
                    Text("name", author.Name);
                    if (author.Href is { } href) Text("uri", href);
                    xml.WriteEndElement();
                }

                foreach (var (key, name) in entry.Topics)
                {
                    xml.WriteStartElement("category", Atom);
                    xml.WriteAttributeString("term", key);
                    xml.WriteAttributeString("label", name);
                    xml.WriteEndElement();
                }

                Text("summary", entry.Summary);
                xml.WriteStartElement("content", Atom);
                xml.WriteAttributeString("type", "html");
                xml.WriteString(entry.Html);
                xml.WriteEndElement();
                xml.WriteEndElement();
            }

            xml.WriteEndElement();

            void Text(string element, string text) => xml.WriteElementString(element, Atom, text);
            void Link(string relation, string href, string type)
            {
                xml.WriteStartElement("link", Atom);
                xml.WriteAttributeString("rel", relation);
                xml.WriteAttributeString("type", type);
                xml.WriteAttributeString("href", href);
                xml.WriteEndElement();
            }
        }

        return bytes.ToArray();
    }

    private static string Date(DateTimeOffset instant) => instant.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture);
}
