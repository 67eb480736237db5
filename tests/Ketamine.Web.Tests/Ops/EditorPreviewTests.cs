using System.Net;
using AngleSharp.Dom;

namespace Ketamine.Web.Tests.Ops;

/// <summary>The site as <c>edit FOLDER</c> serves it: to one person, on this machine.</summary>
public sealed class EditorPreviewTests(EditorPreviewTests.Editor site) : IClassFixture<EditorPreviewTests.Editor>
{
    [Fact]
    public async Task a_page_has_a_bar_with_its_findings_each_with_its_line_and_what_to_write()
    {
        var page = await site.GetPageAsync("/blog/wrong");
        var bar = page.One(".editor-bar");
        var finding = bar.QuerySelectorAll("li").Single(item => item.TextContent.Contains("/nowhere"));
        finding.One("a").TextContent.ShouldBe("articles/wrong.md:8");
        // A click opens the file at the right line in VS Code.
        finding.One("a").GetAttribute("href").ShouldBe($"vscode://file{Path.Combine(site.Folder.Root, "articles/wrong.md")}:8");
        finding.One("code").TextContent.ShouldNotBeEmpty();
        bar.TextContent.ShouldNotContain("articles/draft.md");
        bar.One("a[href='/_preview']").TextContent.ShouldContain("elsewhere");
    }

    [Fact]
    public async Task drafts_and_scheduled_texts_and_texts_with_errors_are_shown_and_nothing_is_cached()
    {
        foreach (var path in new[] { "/blog/draft", "/blog/later", "/blog/wrong" })
        {
            using var response = await site.Http.GetAsync(path);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            response.Headers.CacheControl!.NoStore.ShouldBeTrue(path);
        }

        (await site.GetPageAsync("/blog")).QuerySelectorAll(".story__title").Select(title => title.Words()).ShouldContain("A draft");
    }

    [Fact]
    public async Task all_texts_are_listed_by_their_state_those_with_the_most_to_do_first()
    {
        var page = await site.GetPageAsync("/_preview");
        var states = page.QuerySelectorAll("section").ToDictionary(section => section.One("h2").TextContent,
            section => section.QuerySelectorAll(":scope > ul > li > a:first-child").Select(link => link.GetAttribute("href")).ToList());
        states.Keys.ShouldBe(["To fix (1)", "To write (1)", "To cite (1)", "To review (2)", "Ready (1)"]);
        states["To fix (1)"].ShouldBe(["/blog/wrong"]);
        states["To write (1)"].ShouldBe(["/about"]);
        states["To cite (1)"].ShouldBe(["/blog/claims"]);
        states["To review (2)"].ShouldBe(["/blog/draft", "/blog/later"]);
        states["Ready (1)"].ShouldBe(["/privacy"]);
        page.QuerySelectorAll("em").Select(note => note.TextContent.Split(' ')[0]).ShouldBe(["draft", "draft", "appears"]);
    }

    [Fact]
    public async Task a_page_reloads_once_a_saved_file_is_shown()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/_preview/events");
        using var response = await site.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await events.ReadLineAsync()).ShouldBe(": watching");

        site.Folder.Replace("pages/privacy.md", "We keep little.", "We keep very little.");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await events.ReadLineAsync(limit.Token) is { } line && line != "event: change") { }
        (await site.GetPageAsync("/privacy")).One("main").TextContent.ShouldContain("We keep very little.");
        // The script is the site's own, and the bar's only one.
        (await site.Http.GetStringAsync("/_preview/bar.js")).ShouldContain("new EventSource(\"/_preview/events\")");
    }

    [Fact]
    public async Task a_page_stays_while_its_front_matter_is_broken()
    {
        site.Folder.Write("articles/writing.md", Editor.Article("Writing", "slug: own-slug\ndraft: true\n", "Good words."));
        (await UntilAsync(page => page.QuerySelector("main")?.TextContent.Contains("Good words.") == true)).ShouldNotBeNull();
        site.Folder.Replace("articles/writing.md", "title: Writing", "title: \"Writing");
        var page = await UntilAsync(page => page.QuerySelector(".editor-bar strong") is not null);
        page.One("main").TextContent.ShouldContain("Good words.");
        page.One(".editor-bar__head").TextContent.ShouldStartWith("This page is as it was before the error below. articles/writing.md");
        page.One(".editor-bar__list li").TextContent.ShouldContain("articles/writing.md:");

        File.Delete(Path.Combine(site.Folder.Root, "articles/writing.md"));
        await UntilAsync(page => page.QuerySelector(".editor-bar strong") is null);
        using var gone = await site.Http.GetAsync("/blog/own-slug");
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        async Task<IDocument> UntilAsync(Func<IDocument, bool> isShown)
        {
            for (var attempt = 0; ; attempt++)
            {
                using var response = await site.Http.GetAsync("/blog/own-slug");
                var shown = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await response.Content.ReadAsStringAsync());
                if (isShown(shown)) return shown;
                attempt.ShouldBeLessThan(150);
                await Task.Delay(200);
            }
        }
    }

    [Fact]
    public async Task requests_from_other_machines_are_refused_under_any_host_name()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/blog/draft");
        request.Headers.Host = "evil.example";
        using var response = await site.Http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await response.Content.ReadAsStringAsync()).ShouldNotContain("A draft");
    }

    public sealed class Editor : ClinicApp
    {
        public Editor()
        {
            Serve(folder => folder.Write("people.yml", "ann:\n  name: Ann Lee\n")
                .Write("pages/about.md", "---\ntitle: About\n---\n[[Write: who you are]]\n")
                .Write("pages/privacy.md", "---\ntitle: Privacy\n---\nWe keep little. See [us](/about).\n")
                .Write("articles/draft.md", Article("A draft", "draft: true\n", "Words."))
                .Write("articles/later.md", Article("Later", "", "Words.").Replace("2020-03-14", "2031-01-01"))
                .Write("articles/claims.md", Article("Claims", "draft: true\n", "Ketamine is proven to help most people with depression."))
                .Write("articles/wrong.md", Article("Wrong", "", "See [it](/nowhere).")));
            Set("Content:Editing", "true");
        }

        internal static string Article(string title, string keys, string body) =>
            $"---\ntitle: {title}\nsummary: Short.\npublished: 2020-03-14\nauthors: [ann]\n{(keys.Length > 0 ? keys : "topics: [a]\n")}---\n{body}\n";
    }
}
