using Ketamine.Web.Bench;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Mail;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Features.Newsletter;

public sealed class SendingTests
{
    private static ClinicApp Clinic(int perMinute = 6000) =>
        Readers.WithNewsletter().Set("Mail:PerMinute", perMinute.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static Task<List<Delivery>> LedgerAsync(ClinicApp app) =>
        app.UseAsync<ClinicDb, List<Delivery>>(db => db.Set<Delivery>().AsNoTracking().ToListAsync());

    private static Task<Issue> IssueAsync(ClinicApp app) => app.UseAsync<ClinicDb, Issue>(db => db.Set<Issue>().AsNoTracking().SingleAsync());

    private static IEnumerable<ReceivedMail> Copies(ClinicApp app) => app.Mailbox.OfKind("newsletter");

    [Fact]
    public async Task an_issue_goes_once_to_everyone_on_the_list_at_its_time()
    {
        await using var app = Clinic();
        await app.AddReadersAsync(30);
        await app.ScheduleAsync(app.Clock.Now.AddHours(2));
        await app.SendBatchAsync();
        Copies(app).ShouldBeEmpty();
        await app.SubscribeAsync("later@reader.example");
        app.Clock.Advance(TimeSpan.FromHours(2));
        await app.SendUntilEndedAsync();
        await app.SendBatchAsync();
        Copies(app).Count().ShouldBe(31);
        Copies(app).Select(mail => mail.To).Distinct().Count().ShouldBe(31);
        (await LedgerAsync(app)).ShouldAllBe(delivery => delivery.State == DeliveryState.Sent && delivery.PossibleDuplicates == 0);
    }

    [Fact]
    public async Task an_issue_and_the_outbox_together_send_at_most_three_emails_at_once()
    {
        await using var app = Clinic();
        await app.AddReadersAsync(20);
        await app.ScheduleAsync();
        var (now, most) = (0, 0);
        var full = new TaskCompletionSource();
        app.Mailbox.BeforeTaking = async (_, cancellation) =>
        {
            var inHand = Interlocked.Increment(ref now);
            lock (full) most = Math.Max(most, inHand);
            if (inHand == 3) full.TrySetResult();
            // Each waits until three are being sent: two by the worker, and one of the issue.
            await full.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellation);
            await Task.Yield();
            Interlocked.Decrement(ref now);
        };
        for (var i = 0; i < 20; i++) await app.SignUpAsync($"p{i}@example.com");
        await Task.WhenAll(app.SendUntilEndedAsync(), app.DeliverMailAsync());
        app.Mailbox.Received.Count.ShouldBe(40);
        most.ShouldBe(3);
    }

    [Fact]
    public async Task each_copy_has_its_own_one_click_unsubscribe_link_which_counts_for_the_issue()
    {
        await using var app = Clinic();
        await app.AddReadersAsync(2);
        await app.ScheduleAsync();
        await app.SendUntilEndedAsync();
        var copy = Copies(app).First();
        copy.Headers["List-Unsubscribe-Post"].ShouldBe("List-Unsubscribe=One-Click");
        var link = copy.Headers["List-Unsubscribe"].Trim('<', '>');
        link.ShouldStartWith("https://juniper.example/newsletter/unsubscribe/");
        copy.Text.ShouldContain(link);
        copy.Html.ShouldContain(link);
        (copy.Text + copy.Html).ShouldNotContain("leave.invalid");
        Copies(app).Select(mail => mail.Headers["List-Unsubscribe"]).Distinct().Count().ShouldBe(2);

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(link).AbsolutePath)
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("List-Unsubscribe", "One-Click")]),
        };
        (await app.Http.SendAsync(request)).Dispose();
        (
            await app.UseAsync<NewsletterService, IssueFigures>(async desk => await desk.FiguresAsync(await IssueAsync(app), CancellationToken.None))
        ).Unsubscribed.ShouldBe(1);
        (await app.SubscribersAsync()).Count(subscriber => subscriber.State == SubscriberState.Left).ShouldBe(1);
    }

    [Fact]
    public async Task the_pace_per_second_is_kept_and_a_leads_email_does_not_wait()
    {
        await using var app = Clinic(perMinute: 120);
        await app.AddReadersAsync(10);
        await app.ScheduleAsync();
        (await app.SendBatchAsync()).ShouldBe(TimeSpan.FromSeconds(1));
        Copies(app).Count().ShouldBe(2);
        await app.SignUpAsync("someone@reader.example");
        (await app.DeliverMailAsync()).Count(mail => mail.Kind == ConfirmationMail.Kind).ShouldBe(1);
        Copies(app).Count().ShouldBe(2);
    }

    [Fact]
    public async Task a_pace_slower_than_one_a_second_is_kept()
    {
        await using var app = Clinic(perMinute: 10);
        await app.AddReadersAsync(3);
        await app.ScheduleAsync();
        (await app.SendBatchAsync()).ShouldBe(TimeSpan.FromSeconds(6));
        Copies(app).Count().ShouldBe(1);
    }

    [Fact]
    public async Task people_who_unsubscribe_while_an_issue_is_being_sent_do_not_get_it()
    {
        await using var app = Clinic(perMinute: 60);
        await app.AddReadersAsync(3);
        await app.ScheduleAsync();
        await app.SendBatchAsync();
        var got = Copies(app).Single().To;
        var next = (await app.SubscribersAsync()).First(subscriber => subscriber.Email != got);
        await app.UseAsync<SubscriptionService>(async desk =>
            await desk.UnsubscribeAsync((await app.KeyAsync()).UnsubscribeToken(next.Id, Guid.Empty), CancellationToken.None)
        );
        await app.SendUntilEndedAsync();
        Copies(app).Count().ShouldBe(2);
        (await LedgerAsync(app)).Count(delivery => delivery.State == DeliveryState.Skipped).ShouldBe(1);
    }

    [Fact]
    public async Task a_refused_mailbox_is_suppressed_and_a_temporary_refusal_is_retried()
    {
        await using var app = Clinic();
        await app.AddReadersAsync(3);
        var tries = 0;
        app.Mailbox.BeforeTaking = (message, _) => message.To switch
        {
            "reader0@reader.example" => throw new MailFailedException(MailFailure.Refused, "mx refused while naming the recipient: 550 5.1.1.")
            {
                MailboxRefused = true,
            },
            "reader1@reader.example" when tries++ < 3 => throw new MailFailedException(MailFailure.Later, "mx refused: 451."),
            _ => Task.CompletedTask,
        };
        await app.ScheduleAsync();
        await app.SendUntilEndedAsync();
        var gone = (await app.SubscribersAsync()).Single(subscriber => subscriber.State == SubscriberState.Suppressed);
        (gone.Email, gone.Reason!.Contains("5.1.1", StringComparison.Ordinal)).ShouldBe((null, true));
        Copies(app).Select(mail => mail.To).Order().ShouldBe(["reader1@reader.example", "reader2@reader.example"]);
        tries.ShouldBe(4);
    }

    [Fact]
    public async Task a_server_that_refuses_every_copy_stops_the_issue_suppresses_no_one_and_resuming_reaches_everyone()
    {
        await using var app = Clinic(perMinute: 1200);
        await app.AddReadersAsync(40);
        app.Mailbox.BeforeTaking = (_, _) => throw new MailFailedException(MailFailure.Refused, "mx refused while waiting: 554 5.7.1.");
        await app.ScheduleAsync();
        await app.SendBatchAsync();
        var issue = await IssueAsync(app);
        issue.State.ShouldBe(IssueState.Stopped);
        issue.StopReason!.ShouldContain("554 5.7.1");
        (await app.SubscribersAsync()).ShouldAllBe(subscriber => subscriber.State == SubscriberState.Subscribed);

        app.Mailbox.BeforeTaking = (_, _) => Task.CompletedTask;
        await using (var scope = app.Services.CreateAsyncScope())
        {
            var stopped = await scope.ServiceProvider.GetRequiredService<ClinicDb>().Set<Issue>().SingleAsync();
            (await scope.ServiceProvider.GetRequiredService<NewsletterService>().ResumeAsync(stopped, CancellationToken.None)).ShouldBe(40);
        }

        await app.SendUntilEndedAsync();
        Copies(app).Select(mail => mail.To).Distinct().Count().ShouldBe(40);
    }

    [Fact]
    public async Task while_the_server_accepts_nothing_one_copy_probes_it_and_all_go_out_once_it_is_back()
    {
        await using var app = Clinic(perMinute: 600);
        await app.AddReadersAsync(30);
        var asked = 0;
        app.Mailbox.BeforeTaking = (_, _) =>
        {
            Interlocked.Increment(ref asked);
            throw new MailFailedException(MailFailure.Server, "mx:587 can't be reached (ConnectionRefused).");
        };
        await app.ScheduleAsync();
        var waits = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            var pause = await app.SendBatchAsync();
            waits.Add(pause.TotalSeconds);
            app.Clock.Advance(pause);
        }

        // Each pause is shortened by up to half, at random.
        waits
            .Zip([2, 4, 8, 16, 32, 60, 60, 60, 60], (wait, longest) => wait >= longest / 2.0 && wait <= longest)
            .ShouldAllBe(within => within, string.Join(", ", waits));
        // Five faults show that the server is down, or a few more that were already being sent.
        asked.ShouldBeInRange(5 + 8, 5 + 3 + 8);
        (await IssueAsync(app)).StopReason!.ShouldContain("can't be reached");

        app.Mailbox.BeforeTaking = (_, _) => Task.CompletedTask;
        await app.SendUntilEndedAsync();
        (await IssueAsync(app)).StopReason.ShouldBeNull();
        Copies(app).Select(mail => mail.To).Distinct().Count().ShouldBe(30);
    }

    [Fact]
    public async Task a_copy_with_an_unknown_outcome_is_resent_with_the_same_message_id_and_listed_as_a_possible_duplicate()
    {
        await using var app = Clinic();
        await app.AddReadersAsync(2);
        var first = true;
        app.Mailbox.BeforeTaking = (message, _) =>
        {
            if (message.To != "reader0@reader.example" || !first) return Task.CompletedTask;
            first = false;
            throw new MailFailedException(
                MailFailure.Later, "mx closed the connection while waiting for the server to accept the email, which it may have done.")
            {
                MayBeDelivered = true,
            };
        };
        await app.ScheduleAsync();
        await app.SendUntilEndedAsync();
        Copies(app).Select(mail => mail.To).Order().ShouldBe(["reader0@reader.example", "reader1@reader.example"]);
        var figures = await app.UseAsync<NewsletterService, IssueFigures>(async desk => await desk.FiguresAsync(await IssueAsync(app), CancellationToken.None));
        figures.Named.ShouldHaveSingleItem().Reader.ShouldBe("reader0@reader.example");
    }

    [Fact]
    public async Task a_clinic_whose_address_is_not_ascii_sends_its_newsletter()
    {
        await using var app = Readers
            .WithNewsletter(folder => folder.Write("clinic.yml", Readers.Clinic.Replace("juniper.example", "bücher.example", StringComparison.Ordinal)))
            .Set("Mail:PerMinute", "6000");
        await app.AddReadersAsync(1);
        await app.ScheduleAsync();
        await app.SendUntilEndedAsync();
        var copy = Copies(app).ShouldHaveSingleItem();
        copy.Headers["List-Id"].ShouldBe("<newsletter.xn--bcher-kva.example>");
        copy.Headers["List-Unsubscribe"].ShouldStartWith("<https://xn--bcher-kva.example/newsletter/unsubscribe/");
        copy.Text.ShouldContain("https://xn--bcher-kva.example/newsletter/unsubscribe/");
    }

    [Fact]
    public async Task resuming_an_issue_restores_its_readers_and_its_state_together_or_not_at_all()
    {
        await using var app = Clinic();
        await app.AddReadersAsync(2);
        app.Mailbox.BeforeTaking = (_, _) => throw new MailFailedException(MailFailure.Refused, "mx refused while waiting: 554 5.7.1.");
        await app.ScheduleAsync();
        await app.SendUntilEndedAsync();
        await using var scope = app.Services.CreateAsyncScope();
        var stale = await scope.ServiceProvider.GetRequiredService<ClinicDb>().Set<Issue>().SingleAsync();
        // Another resume, or a sender, was faster.
        await app.UseAsync<ClinicDb>(async db => await db.Set<Issue>().ExecuteUpdateAsync(set => set.SetProperty(issue => issue.State, IssueState.Stopped)));
        await Should.ThrowAsync<DbUpdateConcurrencyException>(() =>
            scope.ServiceProvider.GetRequiredService<NewsletterService>().ResumeAsync(stale, CancellationToken.None)
        );
        (await LedgerAsync(app)).ShouldAllBe(delivery => delivery.State == DeliveryState.Refused);
    }

    [Fact]
    public async Task an_issue_uses_few_connections_and_survives_their_loss()
    {
        using var server = new SmtpSink();
        await using var app = Clinic().SendTo(server);
        await app.AddReadersAsync(60);
        await app.ScheduleAsync();
        var mails = 0;
        // Every tenth email finds its connection dead.
        server.Answer = said => said.StartsWith("MAIL", StringComparison.Ordinal) && Interlocked.Increment(ref mails) % 10 == 0 ? SmtpSink.Cut : null;
        await app.SendUntilEndedAsync();
        server.Received.Select(mail => mail.To.ToString()).Order().ShouldBe(Enumerable.Range(0, 60).Select(i => $"reader{i}@reader.example").Order());
        (await LedgerAsync(app)).ShouldAllBe(delivery => delivery.State == DeliveryState.Sent && delivery.PossibleDuplicates == 0 && delivery.Attempts == 1);
        server.Connections.ShouldBeInRange(2, 4 + 12);
    }

    [Fact]
    public async Task two_senders_at_once_send_each_copy_once()
    {
        await using var app = Clinic();
        await app.AddReadersAsync(120);
        await app.ScheduleAsync();
        using var other = ActivatorUtilities.CreateInstance<IssueSender>(app.Services);
        var own = app.Services.GetRequiredService<IssueSender>();
        for (var i = 0; i < 40 && (await IssueAsync(app)).State != IssueState.Ended; i++)
        {
            await Task.WhenAll(own.SendBatchAsync(CancellationToken.None), other.SendBatchAsync(CancellationToken.None));
            app.Clock.Advance(TimeSpan.FromSeconds(2));
        }

        Copies(app).Count().ShouldBe(120);
        Copies(app).Select(mail => mail.To).Distinct().Count().ShouldBe(120);
    }

    [Fact]
    public async Task the_same_issue_is_scheduled_twice_only_on_purpose()
    {
        await using var app = Clinic();
        await app.ScheduleAsync();
        (
            await app.UseAsync<NewsletterService, Issue?>(desk =>
                desk.ScheduleAsync("file:november.md", Readers.Hello, app.Clock.Now, again: false, CancellationToken.None)
            )
        ).ShouldBeNull();
        (
            await app.UseAsync<NewsletterService, Issue?>(desk =>
                desk.ScheduleAsync("file:november.md", Readers.Hello, app.Clock.Now, again: true, CancellationToken.None)
            )
        )!.Name.ShouldBe("file:november.md#2");
    }

    [Fact]
    public async Task addresses_that_were_never_confirmed_are_deleted_after_a_week()
    {
        await using var app = Clinic();
        await app.SignUpAsync("ada@reader.example");
        app.Clock.Advance(TimeSpan.FromDays(6));
        await app.SendBatchAsync();
        (await app.UseAsync<ClinicDb, int>(db => db.Set<SignUp>().CountAsync())).ShouldBe(1);
        app.Clock.Advance(TimeSpan.FromDays(1));
        await app.SendBatchAsync();
        (await app.UseAsync<ClinicDb, int>(db => db.Set<SignUp>().CountAsync())).ShouldBe(0);
    }

    [Fact]
    public async Task a_site_killed_while_three_commands_in_ten_fail_reaches_everyone_and_lists_possible_duplicates()
    {
        using var output = new StringWriter();
        var figures = await NewsletterKills.RunAsync(300, 0.3, mostKills: 2, TimeSpan.FromSeconds(1), output);
        figures.Right.ShouldBeTrue($"{figures.Told}\n{output}");
        figures.Kills.ShouldBe(2, "the kills fell while it was being sent, or this test shows nothing");
        output.ToString().ShouldContain("300 of 300, ended");
    }
}
