using System.Net;
using Ketamine.Content;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Features.Articles;

public sealed class PreviewTests
{
    private static ClinicApp Site() => ClinicApp.With(folder => folder
        .Write("people.yml", "ada:\n  name: Ada Byron\n")
        .Write("articles/draft.md", "---\ntitle: The draft\nsummary: S.\npublished: 2026-03-01\nauthors: [ada]\ndraft: true\n---\nNot yet.\n")
        .Write("articles/later.md", "---\ntitle: The later one\nsummary: S.\npublished: 2027-06-01\nauthors: [ada]\n---\nIn June.\n")
        .Write("services/new.md", "---\ntitle: The new service\nsummary: S.\ndraft: true\n---\nSoon.\n"));

    private static string Link(ClinicApp app, string path, TimeSpan holds)
    {
        var content = app.Services.GetRequiredService<ContentStore>().Current.Content;
        var text = content.Articles.Cast<ContentItem>().Concat(content.Services).Single(text => text.Path == path);
        return app.Services.GetRequiredService<PreviewLinks>().PathFor(text, app.Clock.Now + holds);
    }

    [Theory]
    [InlineData("/blog/draft", "The draft")]
    [InlineData("/blog/later", "The later one")]
    [InlineData("/services/new", "The new service")]
    public async Task a_preview_link_shows_a_hidden_text_and_is_never_cached(string path, string title)
    {
        await using var app = Site();
        var response = await app.Http.GetAsync(Link(app, path, TimeSpan.FromDays(1)));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldContain(title);
        response.Headers.CacheControl!.ToString().ShouldBe("no-store, private");
        response.Headers.GetValues("X-Robots-Tag").ShouldBe(["noindex, nofollow"]);
        response.Headers.GetValues("Referrer-Policy").ShouldBe(["same-origin"]); // the address is the key: no other site may learn it

        (await app.Http.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await app.Http.GetAsync("/")).Content.ReadAsStringAsync()).ShouldNotContain(title);
    }

    [Theory]
    [InlineData("/blog/draft", "Preview. This is a draft. It is not public. This link ends on January 14, 2027 at 10:00 am (Mountain Standard Time).")]
    [InlineData(
        "/blog/later",
        "Preview. Not public yet. It will appear on June 1, 2027 at 12:00 am (Mountain Daylight Time). "
            + "This link ends on January 14, 2027 at 10:00 am (Mountain Standard Time)."
    )]
    public async Task the_page_says_that_it_is_a_preview_and_for_how_long(string path, string told)
    {
        await using var app = Site();
        var page = await app.GetPageAsync(Link(app, path, TimeSpan.FromDays(1)));
        page.Body!.One("aside.preview").Words().ShouldBe(told);
        page.One("meta[name=robots]").GetAttribute("content").ShouldBe("noindex");
        (await app.GetPageAsync("/")).QuerySelectorAll("aside.preview").ShouldBeEmpty();
    }

    [Fact]
    public async Task a_preview_of_what_has_become_public_says_so_and_leads_there()
    {
        await using var app = Site();
        var link = Link(app, "/blog/later", TimeSpan.FromDays(200));
        app.Clock.Set(new DateTimeOffset(2027, 6, 1, 6, 0, 0, TimeSpan.Zero));
        var banner = (await app.GetPageAsync(link)).One("aside.preview");
        banner.Words().ShouldContain("This text is public now");
        banner.One("a").GetAttribute("href").ShouldBe("/blog/later");
        (await app.GetPageAsync("/blog/later")).QuerySelectorAll("aside.preview, meta[name=robots]").ShouldBeEmpty();
    }

    [Fact]
    public async Task a_link_that_has_expired_or_was_made_up_finds_nothing()
    {
        await using var app = Site();
        var link = Link(app, "/blog/draft", TimeSpan.FromHours(1));
        app.Clock.Advance(TimeSpan.FromMinutes(61));

        (await app.Http.GetAsync(link)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await app.Http.GetAsync("/preview/none")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await app.Http.GetAsync("/preview")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
