using System.Net;
using AngleSharp.Dom;
using Ketamine.Content;
using Ketamine.Language;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Features.Staff;

/// <summary>What owners and editors see: figures by week and article, the content folder, and the newsletter.</summary>
public sealed class NumbersTests : IDisposable
{
    // It is Wednesday, January 13, 2027, 10:00 am.
    private readonly ClinicApp _app = ClinicApp.With(clinic =>
    {
        clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
            hours:
              - {days: [mon, tue, wed, thu, fri], opens: "09:00", closes: "17:00"}
            holidays:
              - {date: 2027-01-14, closed: true, note: Inventory}
            """);
        clinic.Write("people.yml", "team:\n  name: The team\n");
        clinic.Write("articles/first.md", """
            ---
            title: First article
            summary: A summary.
            published: 2026-01-10
            authors: [team]
            topics: [safety]
            ---
            Some words.
            """);
    });

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task a_week_counts_requests_and_kept_promises_and_an_article_its_views_and_leads()
    {
        var by = new StaffStamp(Guid.NewGuid(), "Dana");
        var leads = new List<string>();
        foreach (var name in new[] { "Ada", "Bo", "Cy", "Di", "Ed", "Fay" })
            leads.Add(await WriteAsync(name, name is "Fay" ? "Rank on page one" : "A question",
                about: name is "Ada" or "Bo" or "Cy" or "Di" ? "First article" : null));
        _app.Clock.Advance(TimeSpan.FromHours(1));
        foreach (var answered in leads[..3]) await LogAsync(answered, LeadOutcome.Reached, by); // in time
        await LogAsync(leads[3], LeadOutcome.NoAnswer, by); // tried in time
        for (var i = 0; i < 2; i++)
            using (await _app.PostFormAsync("/views/first")) { }
        await _app.UseAsync<ClinicDb>(db => db.Database.ExecuteSqlRawAsync(
            """INSERT INTO "ArticleViews" ("Slug", "Day", "Count") VALUES ('first', '2027-01-12', 40), ('first', '2026-11-01', 900)"""));
        _app.Clock.Set(_app.Clock.Now.AddDays(7)); // Ed's deadline has passed, and the week is complete
        var editor = await _app.HireAsync("Eli", StaffRole.Editor);
        var page = await editor.GetPageAsync("/staff/numbers");

        Rows(page, 0).Count.ShouldBe(8);
        Rows(page, 0).Single(row => row.StartsWith("Jan 11", StringComparison.Ordinal)).ShouldBe("Jan 11 closed Thu 40 5 0 3 3 1 1 60% 1 h");
        page.QuerySelectorAll(".figure")[0].Words().ShouldBe("60% answered within the promise last week: 3 of 5. 1 more was tried in time, 1 was late.");
        page.QuerySelectorAll(".figure")[1].Words().ShouldStartWith("1 h half were answered");
        Rows(page, 1).ShouldHaveSingleItem().ShouldBe("First article 40 4 0");
        page.QuerySelectorAll("figure svg[role=img]").Length.ShouldBe(2);
        page.QuerySelectorAll("[style], svg style").ShouldBeEmpty("the page's policy allows no inline styles");
        foreach (var name in new[] { "Ada", "Fay" }) page.One("main").Words().ShouldNotContain(name, Case.Sensitive);

        using var csv = await editor.Browser.GetAsync("/staff/numbers?handler=Csv");
        (await csv.Content.ReadAsStringAsync()).ShouldContain("2027-01-11,40,5,0,3,3,1,1,60");
    }

    [Fact]
    public async Task counts_of_one_or_two_people_are_not_broken_down()
    {
        await LogAsync(await WriteAsync("Ada", "A question", "First article"), LeadOutcome.Reached, new StaffStamp(Guid.NewGuid(), "Dana"));
        _app.Clock.Set(_app.Clock.Now.AddDays(7));
        var page = await (await _app.HireAsync("Eli", StaffRole.Editor)).GetPageAsync("/staff/numbers");
        Rows(page, 1).ShouldHaveSingleItem().ShouldBe("First article 0 1 or 2 0");
        page.QuerySelectorAll(".figure")[1].Words().ShouldContain("too few for a typical time");
    }

    [Fact]
    public async Task editors_see_what_the_check_finds_and_that_the_last_good_version_is_live()
    {
        var editor = await _app.HireAsync("Eli", StaffRole.Editor);
        var good = await editor.GetPageAsync("/staff/content");
        good.One("main").Words().ShouldNotContain("faqs.yml");
        good.One("main").Words().ShouldNotContain("isn’t live");
        _app.Folder.Write("faqs.yml", "- {question: Why, anser: Because}\n");
        var page = await editor.GetPageAsync("/staff/content");
        page.QuerySelectorAll(".list li").ShouldContain(item => item.Words().Contains("Error") && item.Words().Contains("faqs.yml, line 1"));
        // As the watcher does when it reads the folder.
        _app.Services.GetRequiredService<ContentStore>().Reject([new Diagnostic("faqs.yml", 1, "anser", "is unknown", "answer")]);
        (await editor.GetPageAsync("/staff/content")).One("main").Words().ShouldContain("Your latest changes aren’t live");
    }

    [Fact]
    public async Task editors_see_the_progress_of_an_issue_and_can_stop_and_resume_it()
    {
        var editor = await _app.HireAsync("Eli", StaffRole.Editor);
        var now = _app.Clock.Now;
        await _app.UseAsync<ClinicDb>(async db =>
        {
            db.Add(new Issue("article:first", new NewsletterEmail("News of January", "Juniper", "text", "<p>text</p>"), now.AddDays(1), now));
            await db.SaveChangesAsync();
        });
        var page = await editor.GetPageAsync("/staff/newsletter");
        page.One(".list li").Words().ShouldContain("News of January Goes out 10:00 am tomorrow");
        using (await editor.PressAsync(page, "/staff/newsletter?handler=Stop")) { }
        var stopped = await editor.GetPageAsync("/staff/newsletter");
        stopped.One(".list li").Words().ShouldContain("Stopped by staff.");
        using (await editor.PressAsync(stopped, "/staff/newsletter?handler=Resume")) { }
        (await _app.UseAsync<ClinicDb, IssueState>(db => db.Set<Issue>().Select(issue => issue.State).SingleAsync())).ShouldBe(IssueState.Scheduled);
        using var twice = await editor.PressAsync(stopped, "/staff/newsletter?handler=Resume");
        twice.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (
            await _app.UseAsync<ClinicDb, List<string>>(db =>
                db.Set<Audit.AuditEntry>()
                    .Where(entry => entry.Subject == "article:first")
                    .OrderBy(entry => entry.Number)
                    .Select(entry => entry.Who + " " + entry.What)
                    .ToListAsync()
            )
        ).ShouldBe(["Eli newsletter-stopped", "Eli newsletter-resumed"]);
    }

    // The cells of each row of a table, separated by spaces.
    private static List<string> Rows(IDocument page, int table) =>
        [.. page.QuerySelectorAll("table")[table].QuerySelectorAll("tbody tr").Select(row => string.Join(' ', row.Children.Select(cell => cell.Words())))];

    private Task LogAsync(string reference, LeadOutcome outcome, StaffStamp by) =>
        _app.UseAsync<LeadWork>(work => work.LogAsync(reference, new LeadForm(), outcome, by, CancellationToken.None));

    private async Task<string> WriteAsync(string name, string message, string? about)
    {
        using (
            await _app.PostFormAsync(
                "/contact",
                [
                    ("name", name),
                    ("phone", "303 555 0155"),
                    ("email", $"{name}@example.org"),
                    ("reach", "call"),
                    ("message", message),
                    ("consent", "yes"),
                    .. about is null ? [] : new[] { ("article", "first") },
                    .. name is "Fay" ? new[] { ("topic_line", "x") } : [],
                ]
            )
        ) { }
        return await _app.UseAsync<ClinicDb, string>(async db =>
            (await db.Set<Lead>().AsNoTracking().ToListAsync()).Single(lead => lead.Name == name).Reference);
    }
}
