using Ketamine.Web.Bench;
using System.Text;
using System.Text.RegularExpressions;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Tests.Mail;

/// <summary>Everything a mail server can do wrong. Each time, the row records what happened, and other emails are still sent.</summary>
public sealed class SmtpTransportTests
{
    private static async Task<OutboxMessage> SendAsync(SmtpSink sink, params (string, string)[] settings)
    {
        await using var office = await PostOffice.OpenAsync(realTransport: true, [.. sink.Settings(), .. settings]);
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        office.Log.Lines.ShouldAllBe(line => !line.Contains("ada@example.com") && !line.Contains("A person will answer"));
        return await office.RowAsync(id);
    }

    private static string[] Offers(bool pipelining) => pipelining ? ["8BITMIME", "SIZE 1000000", "AUTH PLAIN", "PIPELINING"] : ["8BITMIME", "AUTH PLAIN"];

    private static Func<string, string?> On(string command, string answer) =>
        said =>
            said.StartsWith(command, StringComparison.OrdinalIgnoreCase) || (command == "EHLO" && said.StartsWith("HELO", StringComparison.Ordinal))
                ? answer
                : null;

    [Fact]
    public async Task a_server_that_is_not_listening_is_a_server_fault()
    {
        await using var office = await PostOffice.OpenAsync(
            realTransport: true,
            ("Mail:Host", "127.0.0.1"),
            ("Mail:Port", $"{LoopbackPort.Free()}"),
            ("Mail:Security", "None")
        );
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        var row = await office.RowAsync(id);
        (row.State, row.LastError).ShouldBe((OutboxState.Waiting, $"127.0.0.1:{office.Options.Port} can't be reached (ConnectionRefused)."));
    }

    [Theory]
    [InlineData("greeting", SmtpSink.Silence, "didn't respond within 2 s while waiting for the server's greeting.")]
    [InlineData("greeting", SmtpSink.Cut, "closed the connection while waiting for the server's greeting.")]
    [InlineData("greeting", "554 5.7.1 go away", "refused while waiting for the server's greeting: 554 5.7.1 go away")]
    [InlineData("greeting", "421 busy", "refused while waiting for the server's greeting: 421 busy")]
    [InlineData("greeting", "HTTP/1.1 400 Bad Request", "doesn't speak SMTP: it replied without a code while waiting for the server's greeting.")]
    [InlineData("EHLO", "554 what?", "refused while saying hello: 554 what?")]
    [InlineData("MAIL", "550 5.7.60 not your address", "refused while naming the sender: 550 5.7.60 not your address")]
    [InlineData("RCPT", "421 4.3.2 closing", "refused while naming the recipient: 421 4.3.2.")]
    [InlineData("RCPT", "530 5.7.0 sign in", "refused while naming the recipient: 530 5.7.0.")]
    public async Task a_server_fault_is_logged_and_pauses_the_queue(string command, string answer, string error)
    {
        foreach (var pipelining in new[] { false, true }) await HoldsTheQueueAsync(command, answer, error, pipelining);
    }

    private static async Task HoldsTheQueueAsync(string command, string answer, string error, bool pipelining)
    {
        using var sink = new SmtpSink { Answer = On(command, answer), Offers = Offers(pipelining) };
        await using var office = await PostOffice.OpenAsync(realTransport: true, sink.Settings(answer));
        var ids = new List<Guid>();
        for (var i = 0; i < 20; i++) ids.Add(await office.AddAsync(PostOffice.Draft($"p{i}@example.com")));
        await office.DeliverAsync();
        var rows = await Task.WhenAll(ids.Select(office.RowAsync));
        rows.ShouldAllBe(row => row.State == OutboxState.Waiting);
        rows.Where(row => row.Attempts > 0).ShouldAllBe(row => row.LastError == $"127.0.0.1:{sink.Port} {error}");
        sink.Connections.ShouldBeInRange(1, OutboxWorker.AtOnce);
        office.Log.Lines.Count(line => line.Contains("doesn't accept email", StringComparison.Ordinal)).ShouldBe(1);

        sink.Answer = _ => null;
        for (var i = 0; i < 8; i++)
        {
            office.Clock.Advance(TimeSpan.FromMinutes(1));
            await office.DeliverAsync();
        }

        sink.Received.Count.ShouldBe(20);
    }

    [Theory]
    [InlineData("RCPT", "550 5.1.1 <ada@example.com> unknown", OutboxState.Failed, "refused while naming the recipient: 550 5.1.1.")]
    [InlineData("RCPT", "553 unknown ada@example.com", OutboxState.Failed, "refused while naming the recipient: 553.")]
    [InlineData("RCPT", "450 4.2.0 greylisted ada@example.com", OutboxState.Waiting, "refused while naming the recipient: 450 4.2.0.")]
    [InlineData("RCPT", "552 5.2.2 full", OutboxState.Waiting, "refused while naming the recipient: 452 5.2.2.")]
    [InlineData("RCPT", "550 5.4.5 daily limit exceeded", OutboxState.Waiting, "refused while naming the recipient: 550 5.4.5.")]
    [InlineData("RCPT", SmtpSink.Cut, OutboxState.Waiting, "closed the connection while naming the recipient.")]
    [InlineData("DATA", "451 4.3.0 try later", OutboxState.Waiting, "refused while sending the email: 451 4.3.0.")]
    [InlineData("DATA", SmtpSink.Silence, OutboxState.Waiting, "didn't respond within 2 s while sending the email.")]
    [InlineData(
        ".",
        "554 5.7.1 spam: A person will answer",
        OutboxState.Failed,
        "refused while waiting for the server to accept the email, which it may have done: 554 5.7.1."
    )]
    [InlineData(".", SmtpSink.Cut, OutboxState.Waiting, "closed the connection while waiting for the server to accept the email, which it may have done.")]
    [InlineData(
        ".", SmtpSink.Silence, OutboxState.Waiting,
        "didn't respond within 2 s while waiting for the server to accept the email, which it may have done.")]
    public async Task a_fault_with_one_email_is_recorded_and_does_not_delay_others(string command, string answer, OutboxState state, string error)
    {
        foreach (var pipelining in new[] { false, true }) await HoldsUpNoOtherAsync(command, answer, state, error, pipelining);
    }

    private static async Task HoldsUpNoOtherAsync(string command, string answer, OutboxState state, string error, bool pipelining)
    {
        var once = 0;
        using var sink = new SmtpSink { Offers = Offers(pipelining) };
        sink.Answer = said => said.StartsWith(command, StringComparison.OrdinalIgnoreCase) && Volatile.Read(ref once) == 0 ? answer : null;
        await using var office = await PostOffice.OpenAsync(realTransport: true, sink.Settings(answer));
        var bad = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        var row = await office.RowAsync(bad);
        (row.State, row.LastError).ShouldBe((state, $"127.0.0.1:{sink.Port} {error}"));
        office.Log.Lines.ShouldAllBe(line => !line.Contains("ada@example.com") && !line.Contains("A person will answer"));

        Interlocked.Increment(ref once);
        var good = await office.AddAsync(PostOffice.Draft("grace@example.com"));
        await office.DeliverAsync();
        // On a busy machine, even a server that replies right away can exceed the short timeout of these tests.
        for (var i = 0; i < 3 && (await office.RowAsync(good)).State == OutboxState.Waiting; i++)
        {
            office.Clock.Advance(TimeSpan.FromMinutes(1));
            await office.DeliverAsync();
        }

        (await office.RowAsync(good)).State.ShouldBe(OutboxState.Sent);
    }

    [Fact]
    public async Task an_email_whose_acceptance_was_not_received_is_resent_with_the_same_message_id()
    {
        using var sink = new SmtpSink { Answer = On(".", SmtpSink.Cut) };
        await using var office = await PostOffice.OpenAsync(realTransport: true, sink.Settings());
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        sink.Answer = _ => null;
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        await office.DeliverAsync();
        (await office.RowAsync(id)).State.ShouldBe(OutboxState.Sent);
        sink.Received.Count.ShouldBe(2);
        var messageId = (await office.RowAsync(id)).MessageId;
        sink.Received.ShouldAllBe(mail => $"<{mail.MessageId}>" == messageId);
    }

    [Fact]
    public async Task email_is_never_sent_unencrypted_when_tls_is_required()
    {
        using var sink = new SmtpSink();
        (await SendAsync(sink, ("Mail:Security", "StartTls"))).LastError.ShouldBe(
            $"127.0.0.1:{sink.Port} doesn't offer STARTTLS, and email is never sent unencrypted."
        );
        sink.Commands.ShouldAllBe(line => line.StartsWith("EHLO") || line == "QUIT");
    }

    [Fact]
    public async Task text_injected_before_the_handshake_is_not_mistaken_for_the_servers()
    {
        using var sink = new SmtpSink
        {
            Answer = said =>
                said.StartsWith("EHLO", StringComparison.Ordinal) ? "250-sink\r\n250 STARTTLS"
                : said == "STARTTLS" ? "220 go ahead\r\n250-sink\r\n250 AUTH PLAIN"
                : null,
        };
        (
            await SendAsync(sink, ("Mail:Security", "StartTls"), ("Mail:User", "clinic"), ("Mail:Password", "secret"), ("Mail:TimeoutSeconds", "2"))
        ).State.ShouldBe(OutboxState.Waiting);
        sink.Commands.ShouldAllBe(line => !line.StartsWith("AUTH") && !line.StartsWith("MAIL"));
    }

    [Fact]
    public async Task a_password_is_never_sent_to_a_server_that_does_not_require_one()
    {
        using var sink = new SmtpSink { Answer = said => said.StartsWith("EHLO", StringComparison.Ordinal) ? "250 sink" : null };
        (await SendAsync(sink, ("Mail:User", "clinic"), ("Mail:Password", "secret"))).LastError.ShouldBe(
            $"127.0.0.1:{sink.Port} doesn't offer sign-in with PLAIN, LOGIN, or SCRAM; is it the submission port?"
        );
        sink.Commands.ShouldAllBe(line => !line.StartsWith("AUTH"));
    }

    [Fact]
    public async Task a_server_with_only_login_accepts_the_sign_in()
    {
        using var sink = new SmtpSink
        {
            Answer = said => said switch
            {
                _ when said.StartsWith("EHLO", StringComparison.Ordinal) => "250-sink\r\n250 AUTH LOGIN XOAUTH2",
                "AUTH LOGIN" => "334 VXNlcm5hbWU6",
                "Y2xpbmlj" => "334 UGFzc3dvcmQ6",
                "c2VjcmV0" => "235 welcome",
                _ => null,
            },
        };
        (await SendAsync(sink, ("Mail:User", "clinic"), ("Mail:Password", "secret"))).State.ShouldBe(OutboxState.Sent);
    }

    [Fact]
    public async Task an_endless_reply_is_not_read_forever()
    {
        using var sink = new SmtpSink { Answer = On("EHLO", string.Join("\r\n", Enumerable.Repeat("250-more", 100_000))) };
        (await SendAsync(sink)).LastError.ShouldBe($"127.0.0.1:{sink.Port} sent an endless reply while saying hello.");
        using var another = new SmtpSink { Answer = On("greeting", new string('2', 1_000_000)) };
        (await SendAsync(another)).LastError.ShouldNotBeNull().ShouldContain("doesn't speak SMTP");
    }

    [Fact]
    public async Task slow_recipients_do_not_delay_other_emails()
    {
        using var sink = new SmtpSink { Answer = On("RCPT TO:<slow", SmtpSink.Silence) };
        // Longer than an email waits on a busy machine if nothing delays it.
        await using var office = await PostOffice.OpenAsync(realTransport: true, [.. sink.Settings(), ("Mail:TimeoutSeconds", "6")]);
        for (var i = 0; i < 3; i++) await office.AddAsync(PostOffice.Draft($"slow{i}@example.com"));
        for (var i = 0; i < 50; i++) await office.AddAsync(PostOffice.Draft($"p{i}@example.com"));
        await office.DeliverAsync();
        sink.Received.Count.ShouldBe(50);
        sink.Received.Select(mail => mail.To.ToString()).ShouldBeUnique();
    }

    [Fact]
    public async Task every_line_sent_follows_the_protocol()
    {
        using var sink = new SmtpSink();
        await using var office = await PostOffice.OpenAsync(realTransport: true, sink.Settings());
        await office.AddAsync(PostOffice.Draft() with { Body = new MailBody().Paragraph("ü" + new string('y', 5000)).Quote(".\n..\nend") });
        await office.DeliverAsync();
        var mail = sink.Raw.ShouldHaveSingleItem();
        mail.Split("\r\n").ShouldAllBe(line => line.Length <= 998 && Encoding.Latin1.GetBytes(line).All(b => b < 128));
    }

    [Fact]
    public async Task an_email_too_large_for_the_server_is_refused_and_does_not_delay_others()
    {
        using var sink = new SmtpSink
        {
            Offers = Offers(pipelining: true),
            Answer = said =>
                said.StartsWith("MAIL", StringComparison.Ordinal) && !said.EndsWith("SIZE=1", StringComparison.Ordinal) ? "552 5.3.4 too big" : null,
        };
        var row = await SendAsync(sink);
        (row.State, row.LastError).ShouldBe((OutboxState.Failed, $"127.0.0.1:{sink.Port} refused while naming the sender: 552 5.3.4."));
    }

    [Fact]
    public async Task a_refused_sign_in_that_repeats_the_command_puts_no_password_into_the_log_or_the_row()
    {
        var secret = Convert.ToBase64String("\0clinic\0a secret password"u8);
        using var sink = new SmtpSink { Answer = said => said.StartsWith("AUTH", StringComparison.Ordinal) ? $"535 5.7.8 not understood: {said}" : null };
        await using var office = await PostOffice.OpenAsync(
            realTransport: true,
            [.. sink.Settings(), ("Mail:User", "clinic"), ("Mail:Password", "a secret password")]
        );
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        sink.Commands.ShouldContain($"AUTH PLAIN {secret}");
        (await office.RowAsync(id)).LastError.ShouldBe($"127.0.0.1:{sink.Port} refused while signing in: 535 5.7.8 not understood: AUTH PLAIN …");
        office.Log.Lines.ShouldAllBe(line => !line.Contains(secret));
    }

    [Fact]
    public async Task a_wrong_password_is_tried_once_and_not_with_every_mechanism()
    {
        using var sink = new SmtpSink { Offers = ["AUTH LOGIN PLAIN SCRAM-SHA-256 CRAM-MD5"], Answer = On("AUTH", "535 no") };
        await SendAsync(sink, ("Mail:User", "clinic"), ("Mail:Password", "secret"));
        sink.Commands.Count(line => line.StartsWith("AUTH", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task the_greeting_has_the_clinics_domain_and_not_this_machines_name()
    {
        using var sink = new SmtpSink();
        (await SendAsync(sink)).State.ShouldBe(OutboxState.Sent);
        sink.Commands.First().ShouldBe("EHLO juniper.example");
        // A short name may occur in random letters.
        sink.Raw.ShouldHaveSingleItem().ShouldNotMatch($"(?i)(?<![a-z0-9+/=_-]){Regex.Escape(Environment.MachineName)}(?![a-z0-9+/=_-])");
    }

    [Fact]
    public async Task emails_share_a_connection_and_a_dead_one_is_replaced_without_a_failed_attempt()
    {
        using var sink = new SmtpSink();
        await using var office = await PostOffice.OpenAsync(realTransport: true, sink.Settings());
        var sent = new List<Guid>();
        for (var i = 0; i < 10; i++)
        {
            sent.Add(await office.AddAsync(PostOffice.Draft($"p{i}@example.com")));
            await office.DeliverAsync();
        }

        (sink.Connections, sink.Received.Count).ShouldBe((1, 10));
        foreach (var end in new[] { SmtpSink.Cut, "421 4.4.2 idle for too long", "450 4.5.3 enough for one connection" })
        {
            var before = sink.Connections;
            var said = 0;
            sink.Answer = line => line.StartsWith("MAIL", StringComparison.Ordinal) && Interlocked.Increment(ref said) == 1 ? end : null;
            sent.Add(await office.AddAsync(PostOffice.Draft("another@example.com")));
            await office.DeliverAsync();
            sink.Connections.ShouldBe(before + 1);
        }

        foreach (var id in sent)
        {
            var row = await office.RowAsync(id);
            (row.State, row.Attempts, row.LastError).ShouldBe((OutboxState.Sent, 1, null));
        }

        office.Log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_connection_lost_after_the_content_was_sent_is_not_mistaken_for_a_stale_one()
    {
        using var sink = new SmtpSink();
        await using var office = await PostOffice.OpenAsync(realTransport: true, sink.Settings());
        await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        sink.Answer = On(".", SmtpSink.Cut);
        var id = await office.AddAsync(PostOffice.Draft("grace@example.com"));
        await office.DeliverAsync();
        (sink.Received.Count, sink.Connections).ShouldBe((2, 1));
        (await office.RowAsync(id)).LastError!.ShouldEndWith("which it may have done.");
    }

    [Fact]
    public async Task an_idle_connection_is_closed_with_quit_after_several_seconds()
    {
        using var sink = new SmtpSink();
        await using var office = await PostOffice.OpenAsync(realTransport: true, sink.Settings());
        await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        sink.Commands.ShouldNotContain("QUIT");
        office.Clock.Advance(TimeSpan.FromSeconds(11));
        for (var patience = 0; patience < 200 && !sink.Commands.Contains("QUIT"); patience++) await Task.Delay(20);
        sink.Commands.ShouldContain("QUIT");
    }
}
