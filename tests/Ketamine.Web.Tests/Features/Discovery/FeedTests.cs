using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Ketamine.Web.Tests.Features.Discovery;

/// <summary>Three formats of the same articles, read with general XML, JSON, and HTML parsers.</summary>
public sealed class FeedTests(FeedTests.Site site) : IClassFixture<FeedTests.Site>
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";
    private static readonly XNamespace Content = "http://purl.org/rss/1.0/modules/content/";
    private static readonly XNamespace DublinCore = "http://purl.org/dc/elements/1.1/";

    private static readonly string[] Formats = ["/feed.xml", "/rss.xml", "/feed.json"];
    public static TheoryData<string> Paths => [.. Formats];

    [Fact]
    public async Task atom_has_all_that_rfc_4287_requires()
    {
        var feed = XDocument.Parse(await site.Http.GetStringAsync("/feed.xml")).Root!;
        feed.Name.ShouldBe(Atom + "feed");
        new Uri(feed.Element(Atom + "id")!.Value).IsAbsoluteUri.ShouldBeTrue();
        feed.Element(Atom + "title")!.Value.ShouldBe("Juniper House");
        feed.Elements(Atom + "link")
            .Single(link => link.Attribute("rel")!.Value == "self")
            .Attribute("href")!
            .Value.ShouldBe("https://juniper.example/feed.xml");
        var entries = feed.Elements(Atom + "entry").ToList();
        entries.Count.ShouldBe(2);
        entries.Select(entry => entry.Element(Atom + "id")!.Value).ShouldBeUnique();
        foreach (var entry in entries)
        {
            foreach (var once in new[] { "id", "title", "updated", "published", "summary", "content" }) entry.Elements(Atom + once).Count().ShouldBe(1, once);
            entry.Elements(Atom + "author").ShouldNotBeEmpty();
            entry.Elements(Atom + "author").ShouldAllBe(author => author.Element(Atom + "name")!.Value.Length > 0);
            Instant(entry.Element(Atom + "updated")!.Value).ShouldBeGreaterThanOrEqualTo(Instant(entry.Element(Atom + "published")!.Value));
        }

        Instant(feed.Element(Atom + "updated")!.Value).ShouldBe(entries.Max(entry => Instant(entry.Element(Atom + "updated")!.Value)));
    }

    [Fact]
    public async Task rss_has_all_that_its_profile_requires()
    {
        var rss = XDocument.Parse(await site.Http.GetStringAsync("/rss.xml")).Root!;
        rss.Name.ShouldBe((XName)"rss");
        rss.Attribute("version")!.Value.ShouldBe("2.0");
        var channel = rss.Elements().Single();
        foreach (var once in new[] { "title", "link", "description", "language", "lastBuildDate" }) channel.Elements(once).Count().ShouldBe(1, once);
        channel.Element(Atom + "link")!.Attribute("href")!.Value.ShouldBe("https://juniper.example/rss.xml");
        foreach (var item in channel.Elements("item"))
        {
            item.Element("guid")!.Attribute("isPermaLink")!.Value.ShouldBe("true");
            item.Element("guid")!.Value.ShouldBe(item.Element("link")!.Value);
            DateTimeOffset.ParseExact(item.Element("pubDate")!.Value, "r", CultureInfo.InvariantCulture);
            item.Elements(DublinCore + "creator").ShouldNotBeEmpty();
            item.Element(Content + "encoded")!.Value.ShouldStartWith("<");
        }
    }

    [Fact]
    public async Task json_feed_has_all_that_its_version_requires()
    {
        using var feed = JsonDocument.Parse(await site.Http.GetStringAsync("/feed.json"));
        var root = feed.RootElement;
        root.GetProperty("version").GetString().ShouldBe("https://jsonfeed.org/version/1.1");
        root.GetProperty("feed_url").GetString().ShouldBe("https://juniper.example/feed.json");
        foreach (var item in root.GetProperty("items").EnumerateArray())
        {
            item.GetProperty("id").GetString().ShouldBe(item.GetProperty("url").GetString());
            item.GetProperty("date_published").GetDateTimeOffset().ShouldBeLessThanOrEqualTo(item.GetProperty("date_modified").GetDateTimeOffset());
            item.GetProperty("authors")[0].GetProperty("name").GetString().ShouldBe("The team");
        }
    }

    [Fact]
    public async Task the_three_say_the_same()
    {
        var all = new List<IReadOnlyList<Entry>>();
        foreach (var path in Formats) all.Add(await ReadAsync(path));
        all[0].Select(entry => entry.Title).ShouldBe(["Cost & <care>", "The first"]);
        all[1].ShouldBe(all[0]);
        all[2].ShouldBe(all[0]);
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task an_article_in_the_feed_is_self_contained(string path)
    {
        var first = (await ReadAsync(path)).Single(entry => entry.Title == "The first");
        first.Address.ShouldBe("https://juniper.example/blog/the-first");
        var html = new HtmlParser().ParseDocument(first.Html).Body!;
        foreach (var element in html.QuerySelectorAll("[href], [src], [srcset]"))
            new Uri(element.GetAttribute("href") ?? element.GetAttribute("src")!).Scheme.ShouldBeOneOf("https", "mailto", "tel");
        html.QuerySelectorAll("[class], [id], [aria-hidden], [hidden], [style], [tabindex], script, style, [srcset]").ShouldBeEmpty();

        html.QuerySelectorAll("a").Select(link => link.GetAttribute("href")).ShouldContain("https://juniper.example/blog/cost");
        html.QuerySelectorAll("a").Select(link => link.GetAttribute("href")).ShouldContain("https://juniper.example/blog/the-first#ref-1");
        html.QuerySelectorAll("img").Select(img => img.GetAttribute("src")!.Split('?')[0]).ShouldBe(["https://juniper.example/images/dot.svg"]);
        var words = html.Words();
        words.ShouldContain("Few people took part[1], and a note[a] says more");
        words.ShouldContain("Berman RM. A trial. Biological Psychiatry");
        words.ShouldEndWith("No advice.");
        words.ShouldNotContain("opens another site");
        words.ShouldNotContain("↩");
        // Once in the list, and not also next to the mark, because feed readers lack the style sheet that hides it.
        words.Split("Berman RM").Length.ShouldBe(2);
    }

    [Fact]
    public async Task every_page_names_the_feeds_and_a_site_without_articles_has_none()
    {
        var page = await site.GetPageAsync("/contact");
        page.QuerySelectorAll("link[rel=alternate]").Select(link => link.GetAttribute("href")).ShouldBe(Formats);
        await using var empty = ClinicApp.With(_ => { });
        (await empty.GetPageAsync("/")).QuerySelectorAll("link[rel=alternate]").ShouldBeEmpty();
        foreach (var path in Formats) (await empty.Http.GetAsync(path)).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    private sealed record Entry(
        string Address,
        string Title,
        string Summary,
        DateTimeOffset Published,
        DateTimeOffset Updated,
        string Author,
        string Topics,
        string Html
    );

    private async Task<IReadOnlyList<Entry>> ReadAsync(string path)
    {
        var text = await site.Http.GetStringAsync(path);
        switch (path)
        {
            case "/feed.xml":
                return
                [
                    .. XDocument
                        .Parse(text)
                        .Root!.Elements(Atom + "entry")
                        .Select(entry => new Entry(
                            entry.Element(Atom + "id")!.Value,
                            entry.Element(Atom + "title")!.Value,
                            entry.Element(Atom + "summary")!.Value,
                            Instant(entry.Element(Atom + "published")!.Value),
                            Instant(entry.Element(Atom + "updated")!.Value),
                            entry.Element(Atom + "author")!.Element(Atom + "name")!.Value,
                            string.Join('|', entry.Elements(Atom + "category").Select(category => category.Attribute("label")!.Value)),
                            entry.Element(Atom + "content")!.Value
                        )),
                ];
            case "/rss.xml":
                return
                [
                    .. XDocument
                        .Parse(text)
                        .Descendants("item")
                        .Select(item => new Entry(
                            item.Element("guid")!.Value,
                            item.Element("title")!.Value,
                            item.Element("description")!.Value,
                            DateTimeOffset.ParseExact(item.Element("pubDate")!.Value, "r", CultureInfo.InvariantCulture),
                            item.Element(Atom + "updated") is { } updated
                                ? Instant(updated.Value)
                                : DateTimeOffset.ParseExact(item.Element("pubDate")!.Value, "r", CultureInfo.InvariantCulture),
                            item.Element(DublinCore + "creator")!.Value,
                            string.Join('|', item.Elements("category").Select(category => category.Value)),
                            item.Element(Content + "encoded")!.Value
                        )),
                ];
            default:
                using (var json = JsonDocument.Parse(text))
                {
                    return
                    [
                        .. json
                            .RootElement.GetProperty("items")
                            .EnumerateArray()
                            .Select(item => new Entry(
                                Text(item, "id"),
                                Text(item, "title"),
                                Text(item, "summary"),
                                item.GetProperty("date_published").GetDateTimeOffset(),
                                item.GetProperty("date_modified").GetDateTimeOffset(),
                                Text(item.GetProperty("authors")[0], "name"),
                                string.Join('|', item.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString())),
                                Text(item, "content_html")
                            )),
                    ];
                }
        }

        static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.ParseExact(text, "yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture);

    public sealed class Site : ClinicApp
    {
        public Site() =>
            Serve(folder =>
                folder
                    .Write("clinic.yml", ClinicFolder.SmallestClinic + "\ndisclaimer: No advice.\n")
                    .Write("people.yml", "team:\n  name: The team\n")
                    .Write(
                        "images/dot.svg",
                        """<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4"/></svg>"""
                    )
                    .Write(
                        "bibliography.yml",
                        "entries:\n  - key: berman-2000\n    authors: [Berman RM]\n    title: A trial\n    journal: Biological Psychiatry\n"
                            + "    year: 2000\n    doi: 10.1/x\n    kind: rct\n    finding: It helped some.\n    topics: [depression]\n"
                    )
                    .Write(
                        "articles/the-first.md",
                        """
                        ---
                        title: The first
                        summary: A summary.
                        published: 2026-12-01
                        updated: 2026-12-24
                        authors: [team]
                        topics: [safety, depression]
                        image: dot.svg
                        imageAlt: A dot
                        ---
                        ## A heading

                        Few people took part [@berman-2000], and a note[^1] says more. See [what it costs](article:cost) or [elsewhere](https://example.com/).

                        | One | Two |
                        |-----|-----|
                        | 1   | 2   |

                        [^1]: The note.
                        """
                    )
                    .Write(
                        "articles/cost.md",
                        "---\ntitle: Cost & <care>\nsummary: What it costs.\npublished: 2027-01-05T08:00:00-07:00\nauthors: [team]\n---\nIt depends."
                    )
                    .Write("articles/later.md", "---\ntitle: Later\nsummary: Not yet.\npublished: 2027-06-05\nauthors: [team]\n---\nNot yet.")
            );
    }
}
