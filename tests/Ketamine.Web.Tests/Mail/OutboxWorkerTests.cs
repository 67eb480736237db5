using Ketamine.Web.Mail;
using Ketamine.Web.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Mail;

public sealed class OutboxWorkerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task a_due_email_is_sent_once_and_marked()
    {
        await using var office = await PostOffice.OpenAsync();
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        await office.DeliverAsync();
        var mail = office.Mailbox.Received.ShouldHaveSingleItem();
        mail.Text.ShouldBe("A person will answer by tomorrow.\n");
        var row = await office.RowAsync(id);
        row.State.ShouldBe(OutboxState.Sent);
        row.SentAt.ShouldBe(office.Clock.Now);
        row.Attempts.ShouldBe(1);
        mail.MessageId.ShouldBe(row.MessageId);
    }

    [Fact]
    public async Task urgent_email_goes_first()
    {
        await using var office = await PostOffice.OpenAsync();
        for (var i = 0; i < OutboxWorker.AtOnce; i++) await office.AddAsync(PostOffice.Draft(kind: "normal"));
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < OutboxWorker.AtOnce; i++) await office.AddAsync(PostOffice.Draft(kind: "urgent") with { Urgent = true });
        await office.DeliverAsync();
        office
            .Mailbox.Received.Select(mail => mail.Kind)
            .ShouldBe([.. Enumerable.Repeat("urgent", OutboxWorker.AtOnce), .. Enumerable.Repeat("normal", OutboxWorker.AtOnce)]);
    }

    [Fact]
    public async Task a_failed_email_does_not_delay_others_and_its_row_records_the_reason()
    {
        await using var office = await PostOffice.OpenAsync();
        office.Mailbox.BeforeTaking = (mail, _) =>
            mail.To == "ada@example.com" ? throw new MailFailedException(MailFailure.Later, "451 4.7.1") : Task.CompletedTask;
        var bad = await office.AddAsync(PostOffice.Draft());
        var good = await office.AddAsync(PostOffice.Draft("grace@example.com"));
        await office.DeliverAsync();
        (await office.RowAsync(good)).State.ShouldBe(OutboxState.Sent);
        var row = await office.RowAsync(bad);
        (row.State, row.LastError, row.Attempts).ShouldBe((OutboxState.Waiting, "451 4.7.1", 1));
        row.DueAt.ShouldBeInRange(office.Clock.Now.AddSeconds(15), office.Clock.Now.AddSeconds(30));

        office.Mailbox.BeforeTaking = (_, _) => Task.CompletedTask;
        office.Clock.Advance(TimeSpan.FromSeconds(31));
        await office.DeliverAsync();
        (await office.RowAsync(bad)).State.ShouldBe(OutboxState.Sent);
    }

    [Fact]
    public async Task a_refused_email_counts_as_failed_in_the_health_report()
    {
        await using var office = await PostOffice.OpenAsync();
        office.Mailbox.BeforeTaking = (_, _) => throw new MailFailedException(MailFailure.Refused, "550 5.1.1");
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        (await office.RowAsync(id)).State.ShouldBe(OutboxState.Failed);
        (await office.HealthAsync()).ShouldBe(new OutboxHealth(0, null, 1));
        office.Log.Lines.ShouldHaveSingleItem().ShouldContain("failed permanently");
    }

    [Fact]
    public async Task while_the_server_is_down_one_email_probes_it_now_and_then_and_it_is_logged_once()
    {
        await using var office = await PostOffice.OpenAsync();
        var tries = 0;
        office.Mailbox.BeforeTaking = (_, _) =>
        {
            Interlocked.Increment(ref tries);
            throw new MailFailedException(MailFailure.Server, "mail.example:587 can't be reached");
        };
        for (var i = 0; i < 100; i++) await office.AddAsync(PostOffice.Draft($"p{i}@example.com"));
        for (var minute = 0; minute < 60; minute++)
        {
            await office.DeliverAsync();
            office.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        tries.ShouldBeInRange(30, 70);
        office.Log.Lines.Count(line => line.StartsWith("Error:", StringComparison.Ordinal)).ShouldBe(1);
        (await office.HealthAsync()).OldestUnsent.ShouldBe(TimeSpan.FromHours(1));

        office.Mailbox.BeforeTaking = (_, _) => Task.CompletedTask;
        await office.DeliverAsync();
        office.Clock.Advance(TimeSpan.FromMinutes(6));
        await office.DeliverAsync();
        office.Mailbox.Received.Count.ShouldBe(100);
        office.Log.Lines.Count(line => line.Contains("accepts email again", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task several_workers_on_one_database_send_each_email_once()
    {
        await using var office = await PostOffice.OpenAsync();
        await ShareAsync(office);
    }

    [Fact]
    public async Task several_workers_on_postgresql_send_each_email_once()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var office = await PostOffice.OpenAsync(settings: postgres.Settings);
        await ShareAsync(office);
        (await office.HealthAsync()).ShouldBe(new OutboxHealth(0, null, 0));
    }

    private static async Task ShareAsync(PostOffice office)
    {
        office.Mailbox.BeforeTaking = (_, cancellation) => Task.Delay(5, cancellation);
        for (var i = 0; i < 60; i++) await office.AddAsync(PostOffice.Draft($"p{i}@example.com"));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => office.AnotherWorker().DeliverDueAsync(CancellationToken.None))));
        office.Mailbox.Received.Select(mail => mail.To).ShouldBeUnique();
        office.Mailbox.Received.Count.ShouldBe(60);
    }

    [Fact]
    public async Task a_killed_workers_email_is_sent_with_the_same_message_id_once_its_claim_ends()
    {
        await using var office = await PostOffice.OpenAsync();
        var id = await office.AddAsync(PostOffice.Draft());
        await using (var db = await office.DatabaseAsync())
        {
            (await db.Set<OutboxMessage>().SingleAsync()).TryClaim(office.Clock.Now, "killed", TimeSpan.FromSeconds(70));
            await db.SaveChangesAsync();
        }

        await office.DeliverAsync();
        office.Mailbox.Received.ShouldBeEmpty();
        office.Clock.Advance(TimeSpan.FromSeconds(70));
        await office.DeliverAsync();
        office.Mailbox.Received.ShouldHaveSingleItem().MessageId.ShouldBe((await office.RowAsync(id)).MessageId);
    }

    [Fact]
    public async Task a_slow_server_costs_an_email_only_one_attempt()
    {
        await using var office = await PostOffice.OpenAsync(settings: ("Mail:TimeoutSeconds", "1"));
        office.Mailbox.BeforeTaking = (mail, cancellation) => mail.To == "ada@example.com" ? Task.Delay(Timeout.Infinite, cancellation) : Task.CompletedTask;
        var slow = await office.AddAsync(PostOffice.Draft());
        for (var i = 0; i < 20; i++) await office.AddAsync(PostOffice.Draft($"p{i}@example.com"));
        await office.DeliverAsync().WaitAsync(Patience);
        office.Mailbox.Received.Count.ShouldBe(20);
        (await office.RowAsync(slow)).State.ShouldBe(OutboxState.Waiting);
    }

    [Fact]
    public async Task our_own_error_is_recorded_by_type_and_quotes_nothing()
    {
        await using var office = await PostOffice.OpenAsync();
        office.Mailbox.BeforeTaking = (mail, _) => throw new FormatException($"bad address {mail.To}");
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        (await office.RowAsync(id)).LastError.ShouldBe("FormatException while sending.");
        office.Log.Lines.ShouldAllBe(line => !line.Contains("ada@example.com"));
    }

    [Fact]
    public async Task an_email_deleted_while_being_sent_causes_no_error()
    {
        await using var office = await PostOffice.OpenAsync();
        office.Mailbox.BeforeTaking = async (_, cancellation) =>
        {
            await using var db = await office.DatabaseAsync();
            await db.Set<OutboxMessage>().ExecuteDeleteAsync(cancellation);
        };
        await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        office.Log.Lines.ShouldHaveSingleItem().ShouldContain("deleted");
    }

    [Fact]
    public async Task the_running_worker_wakes_for_a_new_email_and_for_one_that_falls_due()
    {
        await using var office = await PostOffice.OpenAsync();
        await office.Worker.StartAsync(CancellationToken.None);
        await office.AddAsync(PostOffice.Draft(kind: "now"));
        office.Signal.Wake();
        await UntilAsync(() => office.Mailbox.Received.Count == 1);

        await office.AddAsync(PostOffice.Draft(kind: "later") with { NotBefore = office.Clock.Now.AddSeconds(25) });
        for (var i = 0; i < 60 && office.Mailbox.Received.Count < 2; i++)
        {
            office.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(50);
        }

        office.Mailbox.Received.Count.ShouldBe(2);
        await office.Worker.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task a_stop_finishes_the_emails_in_progress_and_starts_no_others()
    {
        await using var office = await PostOffice.OpenAsync();
        var release = new TaskCompletionSource();
        office.Mailbox.BeforeTaking = (_, _) => release.Task;
        for (var i = 0; i < 20; i++) await office.AddAsync(PostOffice.Draft($"p{i}@example.com"));
        await office.Worker.StartAsync(CancellationToken.None);
        await UntilAsync(() => CountAsync(office, OutboxState.Sending).Result == OutboxWorker.AtOnce);
        var stop = office.Worker.StopAsync(CancellationToken.None);
        stop.IsCompleted.ShouldBeFalse();
        release.SetResult();
        await stop.WaitAsync(Patience);
        (await CountAsync(office, OutboxState.Sent)).ShouldBe(OutboxWorker.AtOnce);
        (await CountAsync(office, OutboxState.Waiting)).ShouldBe(20 - OutboxWorker.AtOnce);
    }

    [Fact]
    public async Task a_stop_that_runs_out_of_time_leaves_the_email_to_the_next_start()
    {
        await using var office = await PostOffice.OpenAsync();
        office.Mailbox.BeforeTaking = (_, cancellation) => Task.Delay(Timeout.Infinite, cancellation);
        var id = await office.AddAsync(PostOffice.Draft());
        await office.Worker.StartAsync(CancellationToken.None);
        await UntilAsync(() => CountAsync(office, OutboxState.Sending).Result == 1);
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await office.Worker.StopAsync(impatient.Token).WaitAsync(Patience);
        (await office.RowAsync(id)).State.ShouldBe(OutboxState.Sending);
    }

    [Fact]
    public async Task an_email_withdrawn_between_read_and_claim_is_not_sent()
    {
        await using var office = await PostOffice.OpenAsync();
        var lead = Guid.CreateVersion7();
        var id = await office.AddAsync(PostOffice.Draft() with { LeadId = lead });
        await using var worker = await office.DatabaseAsync();
        var read = await worker.Set<OutboxMessage>().SingleAsync();
        (await office.WithdrawAsync(lead)).ShouldBe(1);

        read.TryClaim(office.Clock.Now, "worker", TimeSpan.FromMinutes(1)).ShouldBeTrue();
        await Should.ThrowAsync<DbUpdateConcurrencyException>(() => worker.SaveChangesAsync());
        var row = await office.RowAsync(id);
        (row.State, row.Text).ShouldBe((OutboxState.Expired, ""));
    }

    [Fact]
    public async Task withdrawing_leaves_a_claimed_email_alone_without_an_error()
    {
        await using var office = await PostOffice.OpenAsync();
        var lead = Guid.CreateVersion7();
        var claimed = await office.AddAsync(PostOffice.Draft() with { LeadId = lead });
        var waiting = await office.AddAsync(PostOffice.Draft() with { LeadId = lead, NotBefore = office.Clock.Now.AddHours(1) });
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        office.Mailbox.BeforeTaking = (_, _) =>
        {
            begun.TrySetResult();
            return release.Task;
        };
        var sending = office.Worker.DeliverDueAsync(CancellationToken.None);
        await begun.Task.WaitAsync(Patience);

        (await office.WithdrawAsync(lead)).ShouldBe(1);
        release.SetResult();
        await sending.WaitAsync(Patience);
        (await office.RowAsync(claimed)).State.ShouldBe(OutboxState.Sent);
        (await office.RowAsync(waiting)).State.ShouldBe(OutboxState.Expired);
    }

    [Theory]
    [InlineData("Sending")]
    [InlineData("Sent")]
    public async Task rows_that_the_database_refuses_to_change_do_not_delay_other_emails(string state)
    {
        await using var office = await PostOffice.OpenAsync();
        await using (var db = await office.DatabaseAsync())
            await db.Database.ExecuteSqlRawAsync(
                """
                CREATE TRIGGER "broken" BEFORE UPDATE ON "Outbox" WHEN NEW."State" = 'STATE' AND NEW."Kind" = 'broken'
                BEGIN SELECT RAISE(ABORT, 'broken'); END
                """.Replace("STATE", state, StringComparison.Ordinal)
            );
        for (var i = 0; i < 6; i++) await office.AddAsync(PostOffice.Draft($"broken{i}@example.com", "broken") with { Urgent = true });
        await office.Worker.StartAsync(CancellationToken.None);
        for (var i = 0; i < 10; i++) await office.AddAsync(PostOffice.Draft($"p{i}@example.com", "fine"));
        office.Signal.Wake();
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (await SentAsync() < 10)
        {
            patience.Elapsed.ShouldBeLessThan(Patience);
            office.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20);
        }

        office.Mailbox.OfKind("broken").Select(mail => mail.To).ShouldBeUnique("an email that can't be marked as sent isn't sent again by the same process");
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await office.Worker.StopAsync(impatient.Token);

        async Task<int> SentAsync()
        {
            await using var db = await office.DatabaseAsync();
            return await db.Set<OutboxMessage>().CountAsync(m => m.Kind == "fine" && m.State == OutboxState.Sent);
        }
    }

    private static async Task<int> CountAsync(PostOffice office, OutboxState state)
    {
        await using var db = await office.DatabaseAsync();
        return await db.Set<OutboxMessage>().CountAsync(m => m.State == state);
    }

    private static async Task UntilAsync(Func<bool> true_)
    {
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (!true_())
        {
            patience.Elapsed.ShouldBeLessThan(Patience);
            await Task.Delay(20);
        }
    }
}
