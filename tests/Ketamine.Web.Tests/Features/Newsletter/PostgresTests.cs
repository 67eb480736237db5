using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Features.Newsletter;

public sealed class PostgresTests
{
    [Fact]
    public async Task on_postgres_a_crowd_signs_up_gets_an_issue_once_from_two_senders_and_unsubscribes()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var app = Readers.WithNewsletter().Set("Mail:PerMinute", "6000");
        foreach (var (key, value) in server.Settings) app.Set(key, value);
        await app.SubscribeAsync("ada@reader.example");
        await app.SubscribeAsync("Ben@reader.example");
        await Parallel.ForEachAsync(Enumerable.Range(0, 48), new ParallelOptions { MaxDegreeOfParallelism = 12 }, async (i, _) =>
            // Half of them use the same address at the same moment.
            await app.SignUpAsync($"crowd{(i % 2 == 0 ? 0 : i)}@reader.example"));
        (await app.DeliverMailAsync()).Where(mail => mail.To.StartsWith("crowd", StringComparison.Ordinal)).Select(mail => mail.To).ShouldBeUnique();
        app.Mailbox.OfKind(ConfirmationMail.Kind).Count().ShouldBe(2 + 1 + 24);
        await app.AddReadersAsync(60);
        await app.ScheduleAsync();
        using var other = ActivatorUtilities.CreateInstance<IssueSender>(app.Services);
        var own = app.Services.GetRequiredService<IssueSender>();
        for (var i = 0; i < 20 && app.Mailbox.OfKind("newsletter").Count() < 62; i++)
        {
            await Task.WhenAll(own.SendBatchAsync(CancellationToken.None), other.SendBatchAsync(CancellationToken.None));
            app.Clock.Advance(TimeSpan.FromSeconds(2));
        }

        await app.SendUntilEndedAsync();
        var copies = app.Mailbox.OfKind("newsletter").ToList();
        copies.Count.ShouldBe(62);
        copies.Select(copy => copy.To).Distinct().Count().ShouldBe(62);

        var link = new Uri(copies.Single(copy => copy.To == "ada@reader.example").Headers["List-Unsubscribe"].Trim('<', '>'));
        (await app.GetPageAsync(link.AbsolutePath)).One("main form");
        for (var i = 0; i < 2; i++)
        {
            using var response = await app.PostFormAsync(link.AbsolutePath, ("List-Unsubscribe", "One-Click"));
            response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        }

        (await app.SubscribersAsync()).Count(reader => reader.State == SubscriberState.Subscribed).ShouldBe(61);
        var figures = await app.UseAsync<NewsletterService, IssueFigures>(async desk =>
            await desk.FiguresAsync(
                await app.UseAsync<Ketamine.Web.Data.ClinicDb, Issue>(db => db.Set<Issue>().AsNoTracking().SingleAsync()),
                CancellationToken.None
            )
        );
        (figures.All, figures.Done, figures[DeliveryState.Sent], figures.Unsubscribed, figures.Named.Count).ShouldBe((62, 62, 62, 1, 0));

        // They sign up again the same way, a day later.
        app.Clock.Advance(TimeSpan.FromDays(1));
        (await app.SubscribeAsync("Ada@reader.example")).State.ShouldBe(SubscriberState.Subscribed);
    }
}
