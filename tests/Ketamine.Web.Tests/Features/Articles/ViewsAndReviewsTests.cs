using System.Net;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Articles;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Features.Articles;

public sealed class ViewsAndReviewsTests
{
    private const string Reader = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    [Fact]
    public async Task views_are_counted_by_day_without_bots_and_previews()
    {
        await using var app = ClinicApp.With(clinic => Article(clinic));
        for (var i = 0; i < 3; i++) (await ReadAsync(app, Reader)).ShouldBe(HttpStatusCode.NoContent);
        foreach (var program in new[] { "Googlebot/2.1", "curl/8.0", "HeadlessChrome/140" }) (await ReadAsync(app, program)).ShouldBe(HttpStatusCode.NoContent);
        (await ReadAsync(app, Reader, prefetch: true)).ShouldBe(HttpStatusCode.NoContent);
        (await ReadAsync(app, Reader, slug: "none")).ShouldBe(HttpStatusCode.NotFound);

        await app.UseAsync<ViewCounter>(views => views.WriteAsync(CancellationToken.None));
        var kept = (await app.UseAsync<ClinicDb, List<ArticleViews>>(db => db.Set<ArticleViews>().AsNoTracking().ToListAsync())).ShouldHaveSingleItem();
        (kept.Slug, kept.Count, kept.Day).ShouldBe(("first", 3, new DateOnly(2027, 1, 13)));

        await ReadAsync(app, Reader);
        await app.UseAsync<ViewCounter>(views => views.WriteAsync(CancellationToken.None));
        (await app.UseAsync<ClinicDb, int>(db => db.Set<ArticleViews>().SumAsync(views => views.Count))).ShouldBe(4);
    }

    [Fact]
    public async Task an_article_shows_how_often_it_was_read_if_the_clinic_wants_it()
    {
        await using var app = ClinicApp.With(clinic => Article(clinic, "articles: {showViews: true}"));
        (await app.GetPageAsync("/blog/first")).One(".byline").Words().ShouldNotContain("Read 2 times");
        for (var i = 0; i < 2; i++) await ReadAsync(app, Reader);
        await app.UseAsync<ViewCounter>(views => views.WriteAsync(CancellationToken.None));
        app.Clock.Advance(TimeSpan.FromDays(1));
        for (var patience = 0; patience < 100; patience++)
        {
            if ((await app.GetPageAsync("/blog/first")).One(".byline").Words().Contains("Read 2 times", StringComparison.Ordinal)) return;
            app.Clock.Advance(TimeSpan.FromDays(1));
            await Task.Delay(50);
        }

        Assert.Fail("The number never appeared");
    }

    [Fact]
    public async Task staff_get_one_email_before_a_review_lapses_one_on_the_day_and_one_after()
    {
        await using var app = ClinicApp.With(clinic =>
        {
            Article(clinic);
            Ketamine.Content.Editing.ContentSign.Run(clinic.Root, "first", "doctor", new FakeClock(), TextWriter.Null).ShouldBe(0);
        });
        (await app.GetPageAsync("/blog/first")).Body!.Words().ShouldContain("The Doctor");
        var subjects = new List<string>();
        for (var step = 0; step < 22; step++)
        {
            app.Clock.Advance(TimeSpan.FromDays(step < 4 ? 77 : 7)); // four quarters pass quickly
            for (var patience = 0; patience < 4; patience++) await Task.Delay(25); // the hourly turn is the site's own
            await app.DeliverMailAsync();
        }

        subjects.AddRange(app.Mailbox.OfKind("review-due").Select(mail => mail.Subject));
        subjects.Count.ShouldBe(3, string.Join(" | ", subjects));
        subjects[0].ShouldStartWith("Medical review due by January 13, 2028");
        subjects[^1].ShouldStartWith("Medical review lapsed on January 13, 2028");
    }

    private static void Article(ClinicFolder clinic, string more = "") =>
        clinic
            .Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + more + "\n")
            .Write("people.yml", "team: {name: The Team}\ndoctor: {name: The Doctor}\n")
            .Write(
                "articles/first.md",
                "---\ntitle: First\nsummary: A first one.\npublished: 2026-12-01\nauthors: [team]\nreviewedBy: doctor\nreviewed: 2027-01-13\n---\n\nWords.\n"
            );

    private static async Task<HttpStatusCode> ReadAsync(ClinicApp app, string agent, bool prefetch = false, string slug = "first")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/views/{slug}");
        request.Headers.TryAddWithoutValidation("User-Agent", agent);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        if (prefetch) request.Headers.Add("Sec-Purpose", "prefetch");
        using var response = await app.Http.SendAsync(request);
        return response.StatusCode;
    }
}
