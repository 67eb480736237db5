using System.Net;
using AngleSharp.Dom;

namespace Ketamine.Web.Tests.Features.Search;

public sealed class SearchPageTests(SearchPageTests.Site site) : IClassFixture<SearchPageTests.Site>
{
    [Fact]
    public async Task a_word_in_the_title_comes_before_one_in_the_summary_the_headings_and_the_text()
    {
        (await FoundAsync("bladder")).ShouldBe(["The bladder", "Cystitis", "In a heading", "In the text"]);
    }

    [Theory]
    [InlineData("depressed", "On depression")]
    [InlineData("DEPRESSION", "On depression")]
    [InlineData("depressions", "On depression")]
    [InlineData("jose", "Words of José")]
    [InlineData("José's", "Words of José")]
    [InlineData("depr", "On depression")]
    [InlineData("how do I know of depression?", "On depression")]
    public async Task a_word_is_found_in_its_other_forms(string query, string title) => (await FoundAsync(query)).ShouldContain(title);

    [Theory]
    [InlineData("xylophone")]
    [InlineData("zebra")]
    [InlineData("quagga")]
    [InlineData("beneficium")]
    [InlineData("affluentia")]
    [InlineData("decibel")]
    [InlineData("xylo\u00ADphone")]
    [InlineData("ze\u200Bbra")]
    [InlineData("copay")]
    [InlineData("co-pay")]
    [InlineData("co pay")]
    [InlineData("co\u2011pay")]
    [InlineData("walkthrough")]
    [InlineData("antidepressant")]
    [InlineData("anti-depressant")]
    [InlineData("anti depressant")]
    public async Task invisible_letters_ligatures_and_hyphens_do_not_split_words(string query) => (await FoundAsync(query)).ShouldContain("Invisible letters");

    [Theory]
    [InlineData("depression", "depression")]
    [InlineData("depresion", "depression")]
    [InlineData("blader", "bladder")]
    [InlineData("esketmaine", "esketamine")]
    [InlineData("sketamine", "esketamine")]
    public async Task a_typo_is_corrected_and_the_page_says_so(string typed, string meant)
    {
        var page = await SearchAsync(typed);
        if (page.QuerySelector(".search-note a") is { } link)
        {
            link.Words().ShouldBe(meant);
            link.GetAttribute("href").ShouldBe($"/search?q={meant}");
        }

        Titles(page).ShouldBe(await FoundAsync(meant));
        Titles(page).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("parking")]
    [InlineData("where do I park my car")]
    [InlineData("open on a Saturday?")]
    [InlineData("pakring")]
    [InlineData("whats ur adress")]
    [InlineData("would there be somewhere to leave my truck and park it for free")]
    [InlineData("horario")]
    public async Task a_plain_word_finds_the_page_that_answers(string query) => (await FoundAsync(query))[0].ShouldBe("Contact");

    [Theory]
    [InlineData("bark")]
    [InlineData("barking")]
    [InlineData("larking")]
    public async Task a_word_that_resembles_a_plain_word_is_not_mistaken_for_it(string query) => (await FoundAsync(query)).ShouldNotContain("Contact");

    [Fact]
    public async Task a_page_that_asks_the_question_in_the_same_words_comes_first()
    {
        (await FoundAsync("what if i feel a walrus"))[0].ShouldBe("Small things");
        (await FoundAsync("walrus"))[0].ShouldBe("The walrus");
    }

    [Fact]
    public async Task a_quoted_phrase_must_occur_word_for_word()
    {
        (await FoundAsync("blood pressure")).ShouldBe(["Pressure of blood", "On blood pressure"], ignoreOrder: true);
        (await FoundAsync("\"blood pressure\"")).ShouldBe(["On blood pressure"]);
        (await FoundAsync("“blood pressure”")).ShouldBe(["On blood pressure"]);
    }

    [Fact]
    public async Task a_phrase_without_matches_is_searched_without_its_quotes_and_the_page_says_so()
    {
        var page = await SearchAsync("“pressure blood”");
        Titles(page).ShouldBe(["Pressure of blood", "On blood pressure"], ignoreOrder: true);
        var note = page.One(".search-note");
        note.Words().ShouldBe("No page has the words in quotes in this order. Without the quotes, these have all of them: pressure blood");
        note.One("a").GetAttribute("href").ShouldBe("/search?q=pressure%20blood");
        (await SearchAsync("\"blood pressure\"")).QuerySelectorAll(".search-note").ShouldBeEmpty();
    }

    [Fact]
    public async Task an_empty_search_and_one_without_results_show_the_newest_articles()
    {
        foreach (var query in new[] { "", "zzzzqqqq" })
        {
            var page = await SearchAsync(query);
            page.QuerySelectorAll("#newest + div .story__title a").Length.ShouldBe(3);
            page.QuerySelectorAll(".search-note")
                .Select(note => note.Words())
                .ShouldBe(query.Length == 0 ? [] : ["We found nothing for “zzzzqqqq.” Try fewer or simpler words, or start here."]);
        }
    }

    [Fact]
    public async Task words_that_no_page_has_together_find_the_pages_with_most_of_them()
    {
        var page = await SearchAsync("bladder esketamine cystitis");
        Titles(page)[0].ShouldBe("Cystitis");
        page.One(".search-note").Words().ShouldContain("most of them");
    }

    [Fact]
    public async Task services_questions_pages_and_articles_are_found_and_labeled()
    {
        var page = await SearchAsync("infusion");
        page.QuerySelectorAll(".search-result")
            .Select(result => (result.One(".search-result__kind").Words(), result.One("h3 a").GetAttribute("href")))
            .ShouldBe(
                [("Service", "/services/iv"), ("Question", "/faqs#does-an-infusion-hurt"), ("Page", "/about"), ("Article", "/blog/infusion")],
                ignoreOrder: true
            );
    }

    [Fact]
    public async Task matches_are_highlighted_and_neither_the_query_nor_the_text_becomes_markup()
    {
        var page = await SearchAsync("tags");
        var text = page.One(".search-result__text");
        text.QuerySelectorAll("mark").Select(mark => mark.TextContent).ShouldBe(["tags"]);
        text.Words().ShouldContain("<b>");
        page = await SearchAsync("\"><script>alert(1)</script> tags");
        page.QuerySelectorAll("script:not([src])").ShouldBeEmpty();
        page.One("#q").GetAttribute("value").ShouldBe("\"><script>alert(1)</script> tags");
    }

    [Theory]
    [InlineData("")]
    [InlineData("?q=")]
    [InlineData("?q=%20%20")]
    [InlineData("?q=zzzzqqqq")]
    [InlineData("?q=%00%FF%22%22%E2%80%9C")]
    [InlineData("?q=the")]
    [InlineData("?q=a&q=b")]
    public async Task a_search_without_results_shows_where_to_go_next(string query)
    {
        var page = await site.GetPageAsync("/search" + query);
        if (page.QuerySelectorAll(".search-result").Length > 0) return;
        page.QuerySelectorAll(".link-list a[href^='/blog/topics/']").ShouldNotBeEmpty();
        page.QuerySelector("a[href='/faqs']").ShouldNotBeNull();
        page.QuerySelector(".way-list a[href='/contact']").ShouldNotBeNull();
        page.QuerySelector("main a[href^='tel:']").ShouldNotBeNull();
    }

    [Fact]
    public async Task a_long_query_is_cut()
    {
        var page = await SearchAsync("depression " + new string('x', 5000));
        page.One("#q").GetAttribute("value")!.Length.ShouldBe(200);
    }

    [Theory]
    [InlineData("I want to kill myself", true)]
    [InlineData("quiero suicidarme", true)]
    [InlineData("depression", false)]
    public async Task a_query_that_suggests_danger_shows_crisis_help_first(string query, bool risk)
    {
        var page = await SearchAsync(query);
        var first = page.One("main").QuerySelector("h1, h2")!;
        (first.Id == "crisis-first").ShouldBe(risk);
    }

    [Fact]
    public async Task a_search_about_a_lethal_dose_shows_988_first_and_poison_control()
    {
        var page = await SearchAsync("how much ketamine would kill me");
        page.QuerySelectorAll("main .crisis-first a").Select(link => link.GetAttribute("href"))
            .ShouldBe(["tel:988", "sms:988", "https://chat.988lifeline.org/", "tel:18002221222", "tel:911"]);
    }

    [Theory]
    [InlineData("i hate myselffff", true)]
    [InlineData("zzzzqqqq", false)]
    [InlineData("suicidal depression", false)]
    public async Task a_dangerous_search_without_results_offers_the_page_of_crisis_help(string query, bool offered) =>
        (await SearchAsync(query)).QuerySelectorAll("#found ~ p a[href='/crisis-help']").Length.ShouldBe(offered ? 1 : 0);

    [Fact]
    public async Task the_response_is_never_cached_and_the_query_never_logged()
    {
        using var response = await site.Http.GetAsync("/search?q=canary");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await response.ReadPageAsync()).One("meta[name=robots]").GetAttribute("content").ShouldBe("noindex");
        site.Log.ShouldContain(line => line.Contains("/search", StringComparison.Ordinal));
        site.Log.ShouldNotContain(line => line.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task drafts_and_scheduled_articles_are_not_revealed()
    {
        foreach (var query in new[] { "saffron", "saffro", "safron", "zafiro", "draughtword" })
            (await SearchAsync(query)).QuerySelectorAll("main").Single().Words().ShouldNotContain("saffron jar");
        (await SearchAsync("saffrom")).QuerySelectorAll(".search-note a").ShouldBeEmpty();
    }

    [Fact]
    public async Task changed_content_is_found_and_the_old_index_answers_until_then()
    {
        await using var app = ClinicApp.With(folder => folder.Write("pages/about.md", "---\ntitle: About\n---\nOld walnut words."));
        Titles(await app.GetPageAsync("/search?q=walnut")).ShouldBe(["About"]);
        app.Folder.Write("pages/about.md", "---\ntitle: About\n---\nNew pistachio words.");
        for (var tries = 0; tries < 300 && Titles(await app.GetPageAsync("/search?q=pistachio")).Count == 0; tries++)
        {
            await Task.Delay(50);
            app.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Titles(await app.GetPageAsync("/search?q=pistachio")).ShouldBe(["About"]);
        Titles(await app.GetPageAsync("/search?q=walnut")).ShouldBeEmpty();
    }

    [Fact]
    public async Task every_page_links_to_search()
    {
        (await site.GetPageAsync("/")).QuerySelectorAll("header a[href='/search']").ShouldNotBeEmpty();
        (await site.GetPageAsync("/blog")).One("form[role=search][action='/search'] input[name=q]");
        (await site.GetPageAsync("/nowhere", HttpStatusCode.NotFound)).One("form[role=search] input[name=q]");
    }

    private Task<AngleSharp.Html.Dom.IHtmlDocument> SearchAsync(string query) => site.GetPageAsync("/search?q=" + Uri.EscapeDataString(query));

    private async Task<List<string>> FoundAsync(string query) => Titles(await SearchAsync(query));

    private static List<string> Titles(IParentNode page) => [.. page.QuerySelectorAll(".search-result h3").Select(title => title.Words())];

    public sealed class Site : ClinicApp
    {
        public Site() => Serve(folder =>
        {
            folder.Write("people.yml", "team:\n  name: The team\n")
                .Write("faqs.yml", "- group: Before\n  questions:\n    - question: Does an infusion hurt?\n      answer: Hardly.\n")
                .Write("services/iv.md", "---\ntitle: Infusions\nsummary: By the vein.\n---\nWords.")
                .Write("pages/crisis-help.md", "---\ntitle: Where to find help now\n---\nWords.")
                .Write("pages/about.md", "---\ntitle: About us\n---\nWe give infusions.");
            Article("the-bladder", "The bladder", "A summary.", "Words of it.");
            Article("cystitis", "Cystitis", "Of the bladder.", "Words.");
            Article("heading", "In a heading", "A summary.", "## The bladder\n\nWords.");
            Article("text", "In the text", "A summary.", "The bladder, the bladder, and the bladder once more.");
            Article("depression", "On depression", "A summary.", "Esketamine for some.");
            Article("jose", "Words of José", "A summary.", "Words.");
            Article("pressure", "On blood pressure", "A summary.", "Words.");
            Article("of-blood", "Pressure of blood", "A summary.", "Words.");
            Article("infusion", "The infusion", "A summary.", "Words.");
            Article("walrus", "The walrus", "How a walrus feels.", "The walrus.");
            Article("small-things", "Small things", "A summary.", "**What if I feel a walrus?** We stop.");
            Article("markup", "Markup", "A summary.", "Here `<b>` and other tags, shown as text.");
            Article(
                "invisible",
                "Invisible letters",
                "A summary.",
                "The xylo\u00ADphone test. A zeb\u200Bra here. The qua\u2060gga there. Now the bene\uFB01cium and the a\uFB04uentia. "
                    + "Dec\u0301ibel. A walk-through of the co-pay. An anti-depressant."
            );
            Article("later", "The saffron jar", "A summary.", "Of saffron.", published: "2030-01-01");
            Article("draft", "A saffron jar, drafted", "A summary.", "Of saffron and a draughtword.", draft: true);

            void Article(string slug, string title, string summary, string body, string published = "2026-01-10", bool draft = false) =>
                folder.Write(
                    $"articles/{slug}.md",
                    $"---\ntitle: \"{title}\"\nsummary: {summary}\n"
                        + $"published: {published}\nauthors: [team]\ntopics: [safety]\ndraft: {(draft ? "true" : "false")}\n---\n{body}\n"
                );
        });
    }
}
