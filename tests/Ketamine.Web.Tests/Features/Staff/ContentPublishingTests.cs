using System.Collections.Concurrent;
using System.Net;
using Ketamine.Content;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Staff.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Features.Staff;

/// <summary>Publishing from the desk, with an editor's browser, a real folder in git, and visitors who read at the same time.</summary>
public sealed class ContentPublishingTests : IAsyncLifetime
{
    private readonly ClinicApp _app = ClinicApp.With(folder => Articles(folder, "First")
        .Write("clinic.yml", ClinicFolder.SmallestClinic + "\npublished: false\n").Write("people.yml", "ann:\n  name: Ann Lee\n"));

    private Colleague _ana = null!;

    public async Task InitializeAsync() => _ana = await _app.HireAsync("Ana", StaffRole.Editor);

    public Task DisposeAsync() => _app.DisposeAsync().AsTask();

    private static ClinicFolder Articles(ClinicFolder folder, string word) => Article(Article(folder, "one", word), "two", word);

    private static ClinicFolder Article(ClinicFolder folder, string slug, string word) =>
        folder.Write(
            $"articles/{slug}.md",
            $"---\ntitle: {word} {slug}\nsummary: Short.\npublished: 2020-03-14\nauthors: [ann]\n---\n{word} words about visits.\n"
        );

    [Fact]
    public async Task an_editor_sees_what_changed_publishes_it_and_restores_the_previous_version()
    {
        await PublishAsync("The beginning");
        Article(_app.Folder, "one", "Second");
        (await HeadingsAsync()).ShouldBe(["First one", "First two"]);

        var page = await _ana.GetPageAsync("/staff/content/changes");
        page.QuerySelectorAll(".change__page ins").Select(word => word.TextContent).ShouldBe(["Second", "Second"]); // in the title and in the text
        page.QuerySelectorAll(".change__page del").Select(word => word.TextContent).ShouldBe(["First", "First"]);
        using (var silent = await _ana.PressAsync(page, "/staff/content/changes")) silent.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        using (var done = await _ana.PressAsync(page, "/staff/content/changes", ("why", "Better words"))) done.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await HeadingsAsync()).ShouldBe(["Second one", "First two"]); // right away

        var history = await _ana.GetPageAsync("/staff/content/history?of=/blog/one");
        history.QuerySelectorAll(".list b").Select(why => why.TextContent).ShouldBe(["Better words", "The beginning"]);
        (await _ana.GetPageAsync(history.QuerySelectorAll(".list a")[0].GetAttribute("href")!)).QuerySelectorAll(".change__page ins").Length.ShouldBe(2);
        using (var back = await _ana.PressAsync(await _ana.GetPageAsync("/staff/content/history"),
            "/staff/content/history")) back.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await HeadingsAsync()).ShouldBe(["First one", "First two"]);
        _app.Folder.Read("articles/one.md").ShouldContain("First words");
        (await _app.UseAsync<ClinicDb, List<string>>(db => db.Set<AuditEntry>().Where(entry => entry.Who == "Ana" && entry.What.StartsWith("content"))
            .Select(entry => entry.What).ToListAsync()))
            .ShouldBe(["content-published", "content-published", "content-back"]);
    }

    [Fact]
    public async Task a_short_text_is_checked_and_changed_in_the_browser_and_never_overwrites_a_colleagues_change()
    {
        var list = await _ana.GetPageAsync("/staff/content/texts");
        list.QuerySelectorAll(".list a").Select(link => link.GetAttribute("href")).ShouldContain("/staff/content/texts?of=people.yml%2Fann");
        const string clinic = "/staff/content/texts?of=clinic.yml";
        var form = await _ana.GetPageAsync(clinic);
        using (var wrong = await _ana.PressAsync(form, clinic, ("t-phone", "call us"), ("t-holidays", "")))
        {
            var page = await wrong.ReadPageAsync(HttpStatusCode.UnprocessableEntity);
            page.One("#t-phone-error").TextContent.ShouldContain("is not a phone number. Write, for example: (303)");
            page.One("#t-phone").GetAttribute("value").ShouldBe("call us");
        }

        using (var odd = await _ana.PressAsync(form, clinic, ("t-holidays", "Christmas")))
            (await odd.ReadPageAsync(HttpStatusCode.UnprocessableEntity)).One("#t-holidays-error").TextContent.ShouldContain("2026-12-25 closed");
        using (var looked = await _ana.PressAsync(form, clinic, ("t-tagline", "Close by"), ("check", "true")))
            (await looked.ReadPageAsync()).One("[role=status]").TextContent.ShouldContain("can be saved");
        _app.Folder.Read("clinic.yml").ShouldNotContain("Close by");
        using (var saved = await _ana.PressAsync(form, clinic, ("t-tagline", "Close by"), ("t-hours", "Mon-Fri 9-5")))
            saved.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await _app.GetPageAsync("/contact")).Body!.TextContent.ShouldContain("9"); // live right away, because nothing has been published
        _app.Folder.Read("clinic.yml").ShouldContain("hours: Mon-Fri 9-5");
        using (var late = await _ana.PressAsync(form, clinic, ("t-tagline", "Far away")))
            (await late.ReadPageAsync(HttpStatusCode.Conflict)).One("[role=alert]").TextContent.ShouldContain("Someone changed this");
        _app.Folder.Read("clinic.yml").ShouldContain("tagline: Close by");

        await PublishAsync("The beginning");
        using (var held = await _ana.PressAsync(await _ana.GetPageAsync(clinic), clinic, ("t-tagline", "Calm rooms")))
            held.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await _ana.GetPageAsync("/staff/content/changes")).One(".change__lines").TextContent.ShouldContain("Calm rooms");
    }

    [Fact]
    public async Task one_page_is_restored_from_its_history_and_the_others_stay()
    {
        await PublishAsync("The beginning");
        Articles(_app.Folder, "Second");
        await PublishAsync("Better words");
        const string history = "/staff/content/history?of=%2Fblog%2Fone";
        var page = await _ana.GetPageAsync(history);
        page.QuerySelectorAll(".list form").ShouldHaveSingleItem().TextContent.ShouldContain("Restore this version of this page only");
        Article(_app.Folder, "two", "Third");
        using (var done = await _ana.PressAsync(page, history)) done.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await HeadingsAsync()).ShouldBe(["First one", "Second two"]);
        _app.Folder.Read("articles/two.md").ShouldContain("Third words");

        // A page that was opened before the change does nothing.
        using (var stale = await _ana.PressAsync(page, history)) stale.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        // What no longer fits is shown with its line.
        _app.Folder.Write("articles/one.md", _app.Folder.Read("articles/one.md") + "See [two](/blog/two).\n");
        await PublishAsync("A link");
        Article(_app.Folder, "one", "Fourth").Delete("articles/two.md");
        await PublishAsync("Without two");
        var linked = (await _ana.GetPageAsync(history)).QuerySelectorAll(".list form")[0].ParentElement!;
        linked.TextContent.ShouldContain("A link");
        using var refused = await _ana.PressAsync(await _ana.GetPageAsync(history), history);
        var refusal = await refused.ReadPageAsync(HttpStatusCode.Conflict);
        refusal.Body!.TextContent.ShouldContain("the content has errors");
        refusal.Body.TextContent.ShouldContain("articles/one.md, line");
    }

    [Fact]
    public async Task two_editors_at_the_desk_never_publish_changes_they_have_not_seen()
    {
        await PublishAsync("The beginning");
        var ben = await _app.HireAsync("Ben", StaffRole.Editor);
        Article(_app.Folder, "one", "Ana’s");
        var seen = await _ana.GetPageAsync("/staff/content/changes");
        Article(_app.Folder, "two", "Ben’s");
        using (var bens = await ben.PressAsync(await ben.GetPageAsync("/staff/content/changes"), "/staff/content/changes",
            ("why", "Both"))) bens.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        using var stale = await _ana.PressAsync(seen, "/staff/content/changes", ("why", "Mine"));
        (await stale.ReadPageAsync(HttpStatusCode.Conflict)).One("[role=alert]").TextContent.ShouldContain("Something changed since you looked");

        // A folder from before Ben's change replaces the current one.
        Article(_app.Folder, "two", "First");
        var page = await _ana.GetPageAsync("/staff/content/changes");
        page.One(".conflict").TextContent.ShouldContain("Ben");
        using (var refused = await _ana.PressAsync(page, "/staff/content/changes", ("why", "Old"))) refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await HeadingsAsync()).ShouldBe(["Ana’s one", "Ben’s two"]);
        using (var meant = await _ana.PressAsync(page, "/staff/content/changes", ("why", "Old, and meant"),
            ("keep", "articles/two.md"))) meant.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await HeadingsAsync()).ShouldBe(["Ana’s one", "First two"]);
    }

    [Fact]
    public async Task content_with_an_error_is_shown_with_its_line_and_not_published()
    {
        await PublishAsync("The beginning");
        _app.Folder.Replace("articles/one.md", "First words", "[dead](/nowhere)");
        var page = await _ana.GetPageAsync("/staff/content/changes");
        page.QuerySelectorAll(".list .mono").Select(place => place.TextContent).ShouldContain("articles/one.md, line 7");
        page.QuerySelector("form[action='/staff/content/changes']").ShouldBeNull();
    }

    [Fact]
    public async Task visitors_see_the_old_site_or_the_new_one_and_never_a_partial_change()
    {
        await PublishAsync("The beginning");
        var seen = new ConcurrentBag<string>();
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) seen.Add(string.Join(" | ", await HeadingsAsync()));
        })).ToArray();
        for (var round = 1; round <= 3; round++)
        {
            Article(_app.Folder, "one", $"Round{round}");
            var half = await _ana.GetPageAsync("/staff/content/changes"); // takes longer than the watcher, which sees one article of the two
            half.QuerySelectorAll(".change").Length.ShouldBe(1);
            Article(_app.Folder, "two", $"Round{round}");
            await PublishAsync($"Round {round}");
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        seen.Distinct().Except(["First one | First two", "Round1 one | Round1 two", "Round2 one | Round2 two", "Round3 one | Round3 two"]).ShouldBeEmpty();
        seen.ShouldContain("Round3 one | Round3 two");
        seen.Count.ShouldBeGreaterThan(20);
    }

    private async Task PublishAsync(string why)
    {
        using var done = await _ana.PressAsync(await _ana.GetPageAsync("/staff/content/changes"), "/staff/content/changes", ("why", why));
        done.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await done.Content.ReadAsStringAsync());
    }

    /// <summary>The titles on the blog's page: a single page, and so a single response.</summary>
    private async Task<IReadOnlyList<string>> HeadingsAsync() =>
        [.. (await _app.GetPageAsync("/blog")).QuerySelectorAll("main .story__title").Select(heading => heading.TextContent.Trim())
            .OrderBy(title => title.Split(' ')[^1], StringComparer.Ordinal)];
}
