using System.Text;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Tests.Mail;

/// <summary>What a mail server can do wrong; each time the row says what happened, and other mail goes on.</summary>
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

    private static Func<string, string?> On(string command, string answer) =>
        said => said.StartsWith(command, StringComparison.OrdinalIgnoreCase) ? answer : null;

    [Fact]
    public async Task nothing_listens()
    {
        await using var office = await PostOffice.OpenAsync(realTransport: true, ("Mail:Host", "127.0.0.1"), ("Mail:Port", $"{EximServer.FreePort()}"), ("Mail:Security", "None"));
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        var row = await office.RowAsync(id);
        (row.State, row.LastError).ShouldBe((OutboxState.Waiting, $"127.0.0.1:{office.Options.Port} can't be reached (ConnectionRefused)."));
    }

    [Theory]
    [InlineData("greeting", SmtpSink.Silence, "did not answer within 2 s while waiting for the server's greeting.")]
    [InlineData("greeting", SmtpSink.Cut, "closed the line while waiting for the server's greeting.")]
    [InlineData("greeting", "554 5.7.1 go away", "refused while waiting for the server's greeting: 554 5.7.1 go away")]
    [InlineData("greeting", "421 busy", "refused while waiting for the server's greeting: 421 busy")]
    [InlineData("greeting", "HTTP/1.1 400 Bad Request", "does not speak SMTP: it answered with no code while waiting for the server's greeting.")]
    [InlineData("EHLO", "500 what?", "refused while saying hello: 500 what?")]
    [InlineData("MAIL", "550 5.7.60 not your address", "refused while naming the sender: 550 5.7.60 not your address")]
    [InlineData("RCPT", "421 4.3.2 closing", "refused while naming the receiver: 421 4.3.2.")]
    [InlineData("RCPT", "530 5.7.0 sign in", "refused while naming the receiver: 530 5.7.0.")]
    public async Task a_fault_of_the_servers_is_told_and_holds_the_queue(string command, string answer, string told)
    {
        await using var sink = new SmtpSink { Answer = On(command, answer) };
        await using var office = await PostOffice.OpenAsync(realTransport: true, sink.Settings(answer));
        var ids = new List<Guid>();
        for (var i = 0; i < 20; i++) ids.Add(await office.AddAsync(PostOffice.Draft($"p{i}@example.com")));
        await office.DeliverAsync();
        var rows = await Task.WhenAll(ids.Select(office.RowAsync));
        rows.ShouldAllBe(row => row.State == OutboxState.Waiting);
        rows.Where(row => row.Attempts > 0).ShouldAllBe(row => row.LastError == $"127.0.0.1:{sink.Port} {told}");
        sink.Connections.ShouldBeInRange(1, OutboxWorker.AtOnce);
        office.Log.Lines.Count(line => line.Contains("takes no mail", StringComparison.Ordinal)).ShouldBe(1);

        sink.Answer = _ => null;
        for (var i = 0; i < 8; i++)
        {
            office.Clock.Advance(TimeSpan.FromMinutes(1));
            await office.DeliverAsync();
        }

        sink.Received.Count.ShouldBe(20);
    }

    [Theory]
    [InlineData("RCPT", "550 5.1.1 <ada@example.com> unknown", OutboxState.Failed, "refused while naming the receiver: 550 5.1.1.")]
    [InlineData("RCPT", "553 unknown ada@example.com", OutboxState.Failed, "refused while naming the receiver: 553.")]
    [InlineData("RCPT", "450 4.2.0 greylisted ada@example.com", OutboxState.Waiting, "refused while naming the receiver: 450 4.2.0.")]
    [InlineData("RCPT", "552 5.2.2 full", OutboxState.Waiting, "refused while naming the receiver: 452 5.2.2.")]
    [InlineData("RCPT", "550 5.4.5 daily limit exceeded", OutboxState.Waiting, "refused while naming the receiver: 550 5.4.5.")]
    [InlineData("RCPT", SmtpSink.Cut, OutboxState.Waiting, "closed the line while naming the receiver.")]
    [InlineData("DATA", "451 4.3.0 try later", OutboxState.Waiting, "refused while handing over the mail: 451 4.3.0.")]
    [InlineData("DATA", SmtpSink.Silence, OutboxState.Waiting, "did not answer within 2 s while handing over the mail.")]
    [InlineData(".", "554 5.7.1 spam: A person will answer", OutboxState.Failed, "refused while waiting for the server to take the mail, which it may have done: 554 5.7.1.")]
    [InlineData(".", SmtpSink.Cut, OutboxState.Waiting, "closed the line while waiting for the server to take the mail, which it may have done.")]
    [InlineData(".", SmtpSink.Silence, OutboxState.Waiting, "did not answer within 2 s while waiting for the server to take the mail, which it may have done.")]
    public async Task a_fault_with_one_mail_is_told_and_holds_up_no_other(string command, string answer, OutboxState state, string told)
    {
        var once = 0;
        await using var sink = new SmtpSink();
        sink.Answer = said => said.StartsWith(command, StringComparison.OrdinalIgnoreCase) && Volatile.Read(ref once) == 0 ? answer : null;
        await using var office = await PostOffice.OpenAsync(realTransport: true, sink.Settings(answer));
        var bad = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        var row = await office.RowAsync(bad);
        (row.State, row.LastError).ShouldBe((state, $"127.0.0.1:{sink.Port} {told}"));
        office.Log.Lines.ShouldAllBe(line => !line.Contains("ada@example.com") && !line.Contains("A person will answer"));

        Interlocked.Increment(ref once);
        var good = await office.AddAsync(PostOffice.Draft("grace@example.com"));
        await office.DeliverAsync();
        (await office.RowAsync(good)).State.ShouldBe(OutboxState.Sent);
    }

    [Fact]
    public async Task a_mail_whose_taking_was_not_heard_is_repeated_with_the_same_message_id()
    {
        await using var sink = new SmtpSink { Answer = On(".", SmtpSink.Cut) };
        await using var office = await PostOffice.OpenAsync(realTransport: true, sink.Settings());
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        sink.Answer = _ => null;
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        await office.DeliverAsync();
        (await office.RowAsync(id)).State.ShouldBe(OutboxState.Sent);
        sink.Received.Count.ShouldBe(2);
        var messageId = $"Message-ID: {(await office.RowAsync(id)).MessageId}\r\n";
        sink.Received.ShouldAllBe(mail => mail.Contains(messageId));
    }

    [Fact]
    public async Task no_mail_goes_over_a_line_that_can_be_read_when_tls_is_wanted()
    {
        await using var sink = new SmtpSink();
        (await SendAsync(sink, ("Mail:Security", "StartTls"))).LastError.ShouldBe($"127.0.0.1:{sink.Port} offers no STARTTLS, and no mail goes over a line that can be read.");
        sink.Commands.ShouldAllBe(line => line.StartsWith("EHLO") || line == "QUIT");
    }

    [Fact]
    public async Task words_slipped_in_before_the_handshake_are_not_taken_for_the_servers()
    {
        await using var sink = new SmtpSink
        {
            Answer = said => said.StartsWith("EHLO", StringComparison.Ordinal) ? "250-sink\r\n250 STARTTLS" : said == "STARTTLS" ? "220 go ahead\r\n250-sink\r\n250 AUTH PLAIN" : null,
        };
        (await SendAsync(sink, ("Mail:Security", "StartTls"))).LastError.ShouldBe($"127.0.0.1:{sink.Port} spoke before the line was secured.");
    }

    [Fact]
    public async Task a_password_is_sent_to_no_server_that_does_not_ask_for_one()
    {
        await using var sink = new SmtpSink { Answer = said => said.StartsWith("EHLO", StringComparison.Ordinal) ? "250 sink" : null };
        (await SendAsync(sink, ("Mail:User", "clinic"), ("Mail:Password", "secret"))).LastError.ShouldBe($"127.0.0.1:{sink.Port} offers no sign-in by PLAIN or LOGIN; is it the submission port?");
        sink.Commands.ShouldAllBe(line => !line.StartsWith("AUTH"));
    }

    [Fact]
    public async Task a_server_that_knows_login_alone_is_signed_in_to()
    {
        await using var sink = new SmtpSink
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
    public async Task an_answer_without_end_is_not_read_without_end()
    {
        await using var sink = new SmtpSink { Answer = On("EHLO", string.Join("\r\n", Enumerable.Repeat("250-more", 100_000))) };
        (await SendAsync(sink)).LastError.ShouldBe($"127.0.0.1:{sink.Port} answered without end while saying hello.");
        await using var another = new SmtpSink { Answer = On("greeting", new string('2', 1_000_000)) };
        (await SendAsync(another)).LastError.ShouldNotBeNull().ShouldContain("a line without end");
    }

    [Fact]
    public async Task slow_receivers_hold_up_no_other_mail()
    {
        await using var sink = new SmtpSink { Answer = On("RCPT TO:<slow", SmtpSink.Silence) };
        await using var office = await PostOffice.OpenAsync(realTransport: true, sink.Settings(SmtpSink.Silence));
        for (var i = 0; i < 3; i++) await office.AddAsync(PostOffice.Draft($"slow{i}@example.com"));
        for (var i = 0; i < 50; i++) await office.AddAsync(PostOffice.Draft($"p{i}@example.com"));
        await office.DeliverAsync();
        sink.Received.Count.ShouldBe(50);
        sink.Received.Select(mail => mail.Split("\r\n").First(line => line.StartsWith("To:", StringComparison.Ordinal))).ShouldBeUnique();
    }

    [Fact]
    public async Task every_line_that_is_sent_fits_its_protocol()
    {
        await using var sink = new SmtpSink();
        await using var office = await PostOffice.OpenAsync(realTransport: true, sink.Settings());
        await office.AddAsync(PostOffice.Draft() with { Body = new MailBody().Paragraph("ü" + new string('y', 5000)).Quote(".\n..\nend") });
        await office.DeliverAsync();
        var mail = sink.Received.ShouldHaveSingleItem();
        mail.Split("\r\n").ShouldAllBe(line => line.Length <= 998 && Encoding.Latin1.GetBytes(line).All(b => b < 128));
    }
}
