using System.Globalization;
using System.Xml.Linq;
using Ketamine.Content;
using Ketamine.Web.Features.Discovery;
using NodaTime;

namespace Ketamine.Web.Tests.Features.Discovery;

public sealed class SitemapTests
{
    private static readonly XNamespace Map = "http://www.sitemaps.org/schemas/sitemap/0.9";
    private const string Origin = "https://cedar-and-sage.example";

    [Fact]
    public async Task every_address_in_it_answers_and_calls_itself_by_that_name()
    {
        await using var app = Open();
        var addresses = await ReadAsync(app);
        addresses.Count.ShouldBeGreaterThan(30);
        foreach (var address in addresses.Keys)
        {
            var page = await app.GetPageAsync(address);
            page.One("link[rel=canonical]").GetAttribute("href").ShouldBe(Origin + address);
            page.QuerySelector("meta[name=robots]").ShouldBeNull(address);
        }
    }

    [Fact]
    public async Task every_page_that_a_visitor_can_reach_is_in_it()
    {
        await using var app = Open();
        var addresses = await ReadAsync(app);
        var (seen, next) = (new HashSet<string> { "/" }, new Queue<string>(["/"]));
        var canonical = new HashSet<string>();
        while (next.TryDequeue(out var path))
        {
            using var response = await app.Http.GetAsync(path);
            if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "text/html") continue;
            var page = await response.ReadPageAsync();
            if (page.QuerySelector("meta[name=robots]") is null && page.QuerySelector("link[rel=canonical]")?.GetAttribute("href") is { } own)
                canonical.Add(own);
            foreach (var href in page.QuerySelectorAll("a[href]").Select(link => link.GetAttribute("href")!.Split('#')[0]))
                if (href.StartsWith('/') && seen.Add(href)) next.Enqueue(href);
        }

        canonical.Count.ShouldBeGreaterThan(30);
        canonical.Except(addresses.Keys.Select(address => Origin + address)).ShouldBeEmpty();
    }

    [Fact]
    public async Task it_says_when_an_article_last_changed_and_lists_no_scheduled_article()
    {
        await using var app = ClinicApp.With(folder =>
            folder
                .Write("people.yml", "team:\n  name: The team\n")
                .Write(
                    "articles/first.md",
                    "---\ntitle: First\nsummary: One.\n"
                        + "published: 2026-12-01\nupdated: 2027-01-02T09:30:00-07:00\nauthors: [team]\ntopics: [safety]\n---\nWords."
                )
                .Write("articles/later.md", "---\ntitle: Later\nsummary: Two.\npublished: 2027-01-13T18:00:00Z\nauthors: [team]\n---\nWords.")
                .Write("articles/draft.md", "---\ntitle: Draft\nsummary: Three.\npublished: 2026-12-01\nauthors: [team]\ndraft: true\n---\nWords.")
        );
        var before = await ReadAsync(app);
        before["/blog/first"].ShouldBe(new DateTimeOffset(2027, 1, 2, 16, 30, 0, TimeSpan.Zero));
        before["/blog/topics/safety"].ShouldBe(before["/blog/first"]);
        before["/contact"].ShouldBeNull();
        before.Keys.ShouldBe(
            ["/", "/contact", "/privacy", "/consumer-health-data", "/team", "/team/team", "/blog", "/blog/first", "/blog/topics/safety"],
            ignoreOrder: true
        );

        app.Clock.Advance(TimeSpan.FromHours(1));
        var after = await ReadAsync(app);
        after.Keys.Except(before.Keys).ShouldBe(["/blog/later"]);
        after["/blog"].ShouldBe(new DateTimeOffset(2027, 1, 13, 18, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void ten_thousand_articles_stay_within_what_one_sitemap_may_hold()
    {
        var clinic = new Clinic
        {
            Name = "A clinic", LegalName = "A clinic", Url = new Uri("https://a.example"), TimeZone = DateTimeZone.Utc,
            Crisis = new CrisisLine("988", "Call", "988", "988", new Uri("https://988lifeline.org")),
        };
        var now = new DateTimeOffset(2027, 1, 13, 17, 0, 0, TimeSpan.Zero);
        var words = new Prose(() => new ProseDocument("", new MarkdownStrings("en"), [], []), _ => "") { PlainText = "", Words = 0 };
        var articles = Enumerable.Range(0, 10_000).Select(number => new Article
        {
            Slug = Slug.Parse($"an-article-with-a-name-of-usual-length-{number}"), File = "", Title = "", Body = words, Authors = [], Published = now,
            Topics = [Slug.Parse($"topic-{number % 20}"), Slug.Parse($"topic-{number % 7}")],
        });
        var site = new Edition(new SiteContent { Clinic = clinic, Articles = [.. articles], Version = "" }, now);

        var xml = Sitemap.Write(site);
        xml.Length.ShouldBeLessThan(50 * 1024 * 1024);
        var addresses = XDocument.Load(new MemoryStream(xml)).Descendants(Map + "loc").Select(loc => loc.Value).ToList();
        addresses.Count.ShouldBeInRange(10_000, 50_000);
        addresses.ShouldBeUnique();
    }

    private static ClinicApp Open() =>
        ClinicApp.With(folder => folder.Sample().Replace("clinic.yml", "sample: true", "sample: false").Replace("clinic.yml", "pageSize: 8", "pageSize: 2"));

    /// <summary>Paths, and when each changed.</summary>
    private static async Task<Dictionary<string, DateTimeOffset?>> ReadAsync(ClinicApp app)
    {
        var xml = XDocument.Parse(await app.Http.GetStringAsync("/sitemap.xml"));
        xml.Root!.Name.ShouldBe(Map + "urlset");
        return xml.Root.Elements(Map + "url").ToDictionary(
            url => new Uri(url.Element(Map + "loc")!.Value).PathAndQuery,
            url => url.Element(Map + "lastmod") is { } changed ? DateTimeOffset.Parse(changed.Value, CultureInfo.InvariantCulture) : (DateTimeOffset?)null);
    }
}
