using System.Net;

namespace Ketamine.Web.Tests.Features.Articles;

public sealed class ArticlePageTests
{
    private const string People = "ada:\n  name: Ada Byron\n  credentials: MD\nsam:\n  name: Sam Reyes\n  role: Nurse\n";

    [Fact]
    public async Task an_article_says_who_wrote_it_and_when_before_its_first_line()
    {
        await using var app = Blog();
        var page = await app.GetPageAsync("/blog/second");

        page.One("h1").Words().ShouldBe("Second");
        var byline = page.One(".byline").Words();
        byline.ShouldContain("Written by SR Sam Reyes Nurse");
        byline.ShouldContain("March 2, 2026 Updated March 5, 2026");
        page.QuerySelectorAll(".byline time").Select(time => time.GetAttribute("datetime")).ShouldBe(["2026-03-02", "2026-03-05"]);
        byline.ShouldContain("1 minute");
    }

    [Fact]
    public async Task a_text_without_a_valid_signature_is_under_review_and_shows_no_name()
    {
        await using var app = Blog();
        var byline = (await app.GetPageAsync("/blog/second")).One(".byline").Words();

        byline.ShouldContain("Under review");
        byline.ShouldNotContain("Ada Byron");
    }

    [Fact]
    public async Task an_article_links_to_its_neighbors_related_texts_and_the_clinic()
    {
        await using var app = Blog();
        var page = await app.GetPageAsync("/blog/second");

        page.One("a[rel=prev]").GetAttribute("href").ShouldBe("/blog/first");
        page.One("a[rel=next]").GetAttribute("href").ShouldBe("/blog/third");
        page.One("section[aria-labelledby=related] a").GetAttribute("href").ShouldBe("/blog/first");
        page.QuerySelectorAll("a[href='/contact?article=second']").ShouldHaveSingleItem(); // for a mistake; questions have the form itself
        page.QuerySelectorAll(".contents__link").Select(link => link.GetAttribute("href")).ShouldBe(["#one", "#two"]);
    }

    [Fact]
    public async Task the_blog_has_pages_and_no_more_than_it_has()
    {
        await using var app = Blog("articles:\n  pageSize: 2\n");
        var first = await app.GetPageAsync("/blog");
        var second = await app.GetPageAsync("/blog?page=2");

        first.QuerySelectorAll(".story__title").Select(title => title.Words()).ShouldBe(["Third", "Second"]);
        first.One("a[rel=next]").GetAttribute("href").ShouldBe("/blog?page=2");
        second.QuerySelectorAll(".story__title").Select(title => title.Words()).ShouldBe(["First"]);
        second.One("link[rel=canonical]").GetAttribute("href").ShouldBe("https://juniper.example/blog?page=2");
        second.One("a[rel=prev]").GetAttribute("href").ShouldBe("/blog");
        foreach (var path in new[] { "/blog?page=3", "/blog?page=0", "/blog?page=x" }) await app.GetPageAsync(path, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task a_topic_lists_its_articles_and_an_unknown_topic_is_404()
    {
        await using var app = Blog();
        var page = await app.GetPageAsync("/blog/topics/chronic-pain");

        page.One("h1").Words().ShouldBe("Chronic pain");
        page.QuerySelectorAll(".story__title").Select(title => title.Words()).ShouldBe(["Second", "First"]);
        await app.GetPageAsync("/blog/topics/astrology", HttpStatusCode.NotFound);
    }

    private static ClinicApp Blog(string settings = "") => ClinicApp.With(folder => folder
        .Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + settings)
        .Write("people.yml", People)
        .Write("articles/first.md", Text("First", "2026-03-01", "[chronic-pain]"))
        .Write("articles/second.md", Text("Second", "2026-03-02", "[chronic-pain]", "updated: 2026-03-05\nreviewedBy: ada\nreviewed: 2026-03-05\n"))
        .Write("articles/third.md", Text("Third", "2026-03-03", "[sleep]")));

    private static string Text(string title, string published, string topics, string more = "") =>
        $"---\ntitle: {title}\nsummary: A line about it.\n"
            + $"published: {published}\nauthors: [sam]\ntopics: {topics}\n{more}---\n\nA first paragraph.\n\n## One\n\nText.\n\n## Two\n\nText.\n";
}
