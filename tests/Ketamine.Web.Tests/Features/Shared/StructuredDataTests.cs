using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Ketamine.Web.Tests.Features.Shared;

/// <summary>The structured data and the visible page are read separately and compared.</summary>
public sealed class StructuredDataTests(StructuredDataTests.Site site) : IClassFixture<StructuredDataTests.Site>
{
    private const string Origin = "https://cedar-and-sage.example";

    [Theory]
    [InlineData("/services/iv-ketamine")]
    [InlineData("/insurance-and-cost")]
    [InlineData("/team")]
    public async Task a_page_whose_picture_is_an_svg_offers_networks_the_clinics_card(string path)
    {
        var image = (await site.GetPageAsync(path)).One("meta[property='og:image']").GetAttribute("content");
        image.ShouldNotBeNull().ShouldContain("/images/cards/_home.png");
    }

    [Fact]
    public async Task every_articles_structured_data_agrees_with_its_page()
    {
        var articles = (await site.GetPageAsync("/sitemap.xml"))
            .QuerySelectorAll("loc")
            .Select(loc => new Uri(loc.TextContent).AbsolutePath)
            .Where(path => path.Count(letter => letter == '/') == 2 && path.StartsWith("/blog/", StringComparison.Ordinal))
            .ToList();
        articles.Count.ShouldBeGreaterThan(10);
        foreach (var path in articles)
        {
            var page = await site.GetPageAsync(path);
            var graph = Graph(page);
            var post = graph.One("BlogPosting");
            Text(post, "headline").ShouldBe(page.One("h1").Words(), path);
            Text(post, "description").ShouldBe(page.One("meta[name=description]").GetAttribute("content"), path);
            Text(post, "image").ShouldBe(page.One("meta[property='og:image']").GetAttribute("content"), path);
            Text(post.GetProperty("mainEntityOfPage"), "@id").ShouldBe(page.One("link[rel=canonical]").GetAttribute("href"), path);

            var byline = page.One(".byline");
            var days = Entry(byline, "Published").QuerySelectorAll("time").Select(time => time.GetAttribute("datetime")).ToList();
            Text(post, "datePublished")[..10].ShouldBe(days[0], path);
            Text(post, "dateModified")[..10].ShouldBe(days[^1], path);
            post.GetProperty("author").EnumerateArray().Select(author => Text(author, "name"))
                .ShouldBe(Entries(byline, "Written by").Select(Name), path);

            var references = page.QuerySelectorAll(".references__entry");
            var citations = post.TryGetProperty("citation", out var cited) ? cited.EnumerateArray().ToList() : [];
            citations.Count.ShouldBe(references.Length, path);
            foreach (var (citation, reference) in citations.Zip(references))
            {
                reference.Words().ShouldContain(Text(citation, "name"), Case.Sensitive, path);
                var shown = reference.QuerySelectorAll("a.external").Select(link => link.GetAttribute("href")!).ToList();
                if (citation.TryGetProperty("url", out var url)) shown.ShouldContain(url.GetString()!, path);
                else shown.ShouldBeEmpty(path);
            }

            CompareReview(page, graph, byline);
            CompareTrail(page, graph);
        }
    }

    [Theory]
    [InlineData("/services/iv-ketamine")]
    [InlineData("/services/esketamine")]
    public async Task a_services_data_name_its_reviewer_as_the_page_does(string path)
    {
        var page = await site.GetPageAsync(path);
        var graph = Graph(page);
        CompareReview(page, graph, page.One(".byline"));
        CompareTrail(page, graph);
    }

    [Fact]
    public async Task a_lapsed_or_outdated_signature_shows_no_name()
    {
        await using var app = ClinicApp.With(folder => folder.Sample());
        var signed = Directory.EnumerateFiles(Path.Combine(folder(app), "services"), "iv-ketamine.md").Single();
        File.AppendAllText(signed, "\nA sentence that nobody has signed.\n");
        var graph = Graph(await app.GetPageAsync("/services/iv-ketamine"));
        graph.One("MedicalWebPage").TryGetProperty("reviewedBy", out _).ShouldBeFalse();
        graph.One("MedicalWebPage").TryGetProperty("lastReviewed", out _).ShouldBeFalse();

        static string folder(ClinicApp app) => app.Folder.Root;
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/contact")]
    public async Task the_structured_data_of_the_clinic_matches_the_footer(string path)
    {
        var page = await site.GetPageAsync(path);
        var clinic = Graph(page).One("MedicalClinic");
        var foot = page.One(".footer");
        Text(clinic, "name").ShouldBe(page.One(".footer #clinic").Words());
        foot.QuerySelectorAll("a").Select(link => link.GetAttribute("href")).ShouldContain("tel:" + Text(clinic, "telephone"));
        foot.QuerySelectorAll("a").Select(link => link.GetAttribute("href")).ShouldContain("mailto:" + Text(clinic, "email"));
        foreach (var part in new[] { "streetAddress", "addressLocality", "addressRegion", "postalCode" })
            page.QuerySelector(".footer address")!.Words().ShouldContain(Text(clinic.GetProperty("address"), part));
        clinic
            .GetProperty("sameAs")
            .EnumerateArray()
            .Select(link => link.GetString())
            .ShouldBe(foot.QuerySelectorAll("a[rel~=me]").Select(link => link.GetAttribute("href")));
        var hours = clinic.GetProperty("openingHoursSpecification").EnumerateArray().ToList();
        hours.SelectMany(entry => entry.GetProperty("dayOfWeek").EnumerateArray()).Count().ShouldBe(5);
        (Text(hours[0], "opens"), Text(hours[0], "closes")).ShouldBe(("09:00", "17:00"));
        foot.QuerySelector(".hours dd")!.Words().ShouldBe("9 am – 5 pm");
        clinic.GetProperty("geo").GetProperty("latitude").GetDouble().ShouldBe(39.7581);
        clinic.TryGetProperty("aggregateRating", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task further_places_are_departments()
    {
        await using var app = ClinicApp.With(folder => folder.Write("clinic.yml", ClinicFolder.SmallestClinic + """

            locations:
              - name: Juniper House North
                phone: "+13035550143"
                address: {street: 1 North Road, city: Boulder}
                hours: [{days: [sat], opens: "10:00", closes: "14:00"}]
            """));
        var department = Graph(await app.GetPageAsync("/")).One("MedicalClinic").GetProperty("department")[0];
        Text(department, "name").ShouldBe("Juniper House North");
        Text(department, "telephone").ShouldBe("+13035550143");
        Text(department.GetProperty("openingHoursSpecification")[0].GetProperty("dayOfWeek")[0]).ShouldBe("Saturday");
    }

    [Fact]
    public async Task no_text_can_end_the_script_that_holds_it()
    {
        await using var app = ClinicApp.With(folder =>
            folder
                .Write("people.yml", "team:\n  name: The <b>team\n")
                .Write(
                    "articles/evil.md",
                    "---\ntitle: 'A </script><script>alert(1)</script> <!-- title'\n"
                        + "summary: '</SCRIPT ><img src=x onerror=alert(1)>'\npublished: 2026-12-01\nauthors: [team]\n---\nWords."
                )
        );
        var page = await app.GetPageAsync("/blog/evil");
        page.QuerySelectorAll("script:not([src])").Length.ShouldBe(1);
        Text(Graph(page).One("BlogPosting"), "headline").ShouldBe("A </script><script>alert(1)</script> <!-- title");
        page.QuerySelectorAll("img[src=x]").ShouldBeEmpty();
    }

    [Fact]
    public async Task no_page_rates_itself_or_calls_its_questions_a_faq_page()
    {
        foreach (var path in new[] { "/", "/faqs", "/reviews", "/blog", "/research", "/about", "/contact", "/services", "/privacy" })
        {
            var data = (await site.GetPageAsync(path)).One("script[type='application/ld+json']").TextContent;
            data.ShouldNotContain("Rating");
            data.ShouldNotContain("FAQPage");
            data.ShouldNotContain("\"Review\"");
        }

        (await site.GetPageAsync("/nowhere", System.Net.HttpStatusCode.NotFound)).QuerySelector("script[type='application/ld+json']").ShouldBeNull();
    }

    private static void CompareReview(IHtmlDocument page, Graphed graph, IElement byline)
    {
        var data = graph.One("MedicalWebPage");
        Text(data, "url").ShouldBe(page.One("link[rel=canonical]").GetAttribute("href"));
        Text(data, "name").ShouldBe(page.One("h1").Words());
        var reviewer = Entries(byline, "Medically reviewed by").Select(Name).SingleOrDefault();
        (data.TryGetProperty("reviewedBy", out var named) ? Text(named, "name") : null).ShouldBe(reviewer);
        (data.TryGetProperty("lastReviewed", out var last) ? last.GetString() : null)
            .ShouldBe(Entries(byline, "Last reviewed").Select(entry => entry.QuerySelector("time")!.GetAttribute("datetime")).SingleOrDefault());
    }

    private static void CompareTrail(IHtmlDocument page, Graphed graph)
    {
        var shown = page.QuerySelectorAll(".page-head__trail a").Select(link => (link.Words(), Origin + link.GetAttribute("href")))
            .Append((page.One("h1").Words(), page.One("link[rel=canonical]").GetAttribute("href")!)).ToList();
        var items = graph.One("BreadcrumbList").GetProperty("itemListElement").EnumerateArray().ToList();
        items.Select(item => (Text(item, "name"), Text(item, "item"))).ShouldBe(shown);
        items.Select(item => item.GetProperty("position").GetInt32()).ShouldBe(Enumerable.Range(1, shown.Count));
    }

    private static IElement Entry(IElement byline, string term) => Entries(byline, term)[0];

    private static List<IElement> Entries(IElement byline, string term) =>
        [.. byline.QuerySelectorAll("div").Where(group => group.QuerySelector("dt")?.Words() == term).SelectMany(group => group.QuerySelectorAll("dd"))];

    private static string Name(IElement person) => (person.QuerySelector("a") ?? person.QuerySelectorAll("span")[^1]).Words();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static string Text(JsonElement element) => element.GetString()!;

    private static Graphed Graph(IHtmlDocument page)
    {
        using var data = JsonDocument.Parse(page.One("script[type='application/ld+json']").TextContent);
        data.RootElement.GetProperty("@context").GetString().ShouldBe("https://schema.org");
        return new Graphed([.. data.RootElement.Clone().GetProperty("@graph").EnumerateArray()]);
    }

    private sealed record Graphed(List<JsonElement> Nodes)
    {
        public JsonElement One(string type) => Nodes.Single(node => node.GetProperty("@type").GetString() == type);
    }

    /// <summary>The sample clinic, at a time when its reviews are valid.</summary>
    public sealed class Site : ClinicApp;
}
