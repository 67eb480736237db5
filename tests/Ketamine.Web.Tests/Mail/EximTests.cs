using Ketamine.Web.Bench;
using System.Collections.Immutable;
using Ketamine.Content;
using Ketamine.Web.Mail;
using MimeKit;

namespace Ketamine.Web.Tests.Mail;

/// <summary>With a real server: Exim 4 accepts what we send and refuses what it should.</summary>
public sealed class EximTests
{
    [Fact]
    public async Task an_email_arrives_as_composed()
    {
        await using var exim = await EximServer.StartAsync();
        await using var office = await PostOffice.OpenAsync(realTransport: true, exim.Settings);
        var id = await office.AddAsync(PostOffice.Draft() with
        {
            FromName = "Juniper & Søn, \"House\"",
            Subject = "Ihr Gespräch — “morgen” um 10:20 😀, und noch ein Stück, damit es über eine Zeile geht",
            ReplyTo = EmailAddress.Parse("o'brien+x@example.com"),
            Body = new MailBody().Paragraph("Grüße, and a line.").Quote(".\n..\n.leading dot\nFrom here\n" + new string('x', 2000) + "\ntrailing \nünï"),
            Headers = ImmutableDictionary<string, string>.Empty.Add("List-Unsubscribe", "<https://juniper.example/u/x>"),
            Attachments =
            [
                new MailAttachment("call.ics", "text/calendar; method=REQUEST; charset=utf-8", "BEGIN:VCALENDAR\r\nSUMMARY:Gespräch\r\nEND:VCALENDAR\r\n"),
            ],
        }
    );
        var text = (await office.RowAsync(id)).Text;
        await office.DeliverAsync();
        (await office.RowAsync(id)).State.ShouldBe(OutboxState.Sent, (await office.RowAsync(id)).LastError);

        var arrived = (await exim.DeliveredAsync(1)).ShouldHaveSingleItem();
        (arrived.From.Mailboxes.Single().Name, arrived.Subject).ShouldBe(
            ("Juniper & Søn, \"House\"", "Ihr Gespräch — “morgen” um 10:20 😀, und noch ein Stück, damit es über eine Zeile geht")
        );
        arrived.ReplyTo.ToString().ShouldBe("o'brien+x@example.com");
        arrived.Headers["List-Unsubscribe"].ShouldBe("<https://juniper.example/u/x>");
        arrived.TextBody!.ReplaceLineEndings("\n").ShouldBe(text);
        arrived
            .Attachments.OfType<TextPart>()
            .ShouldHaveSingleItem()
            .Text.ReplaceLineEndings("\n")
            .ShouldBe("BEGIN:VCALENDAR\nSUMMARY:Gespräch\nEND:VCALENDAR\n");
        (arrived.Headers["Return-path"], arrived.Headers["Envelope-to"]).ShouldBe(("<clinic@juniper.example>", "ada@example.com"));
        exim.MainLog.ShouldContain("A=plain:clinic");
    }

    [Fact]
    public async Task a_wrong_password_is_logged_pauses_the_queue_and_counts_against_no_email()
    {
        await using var exim = await EximServer.StartAsync();
        await using var office = await PostOffice.OpenAsync(realTransport: true, [.. exim.Settings, ("Mail:Password", "wrong")]);
        var first = await office.AddAsync(PostOffice.Draft());
        var second = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        foreach (var row in new[] { await office.RowAsync(first), await office.RowAsync(second) })
        {
            row.State.ShouldBe(OutboxState.Waiting);
            row.LastError.ShouldBe($"127.0.0.1:{exim.Port} refused while signing in: 535 Incorrect authentication data");
        }

        office.Log.Lines.ShouldAllBe(line => !line.Contains("wrong"));
    }

    [Fact]
    public async Task one_refused_and_one_deferred_recipient_do_not_delay_others()
    {
        await using var exim = await EximServer.StartAsync();
        await using var office = await PostOffice.OpenAsync(realTransport: true, exim.Settings);
        var refused = await office.AddAsync(PostOffice.Draft("refused@example.com"));
        var later = await office.AddAsync(PostOffice.Draft("later@example.com"));
        var good = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();

        (await office.RowAsync(good)).State.ShouldBe(OutboxState.Sent);
        var row = await office.RowAsync(refused);
        (row.State, row.LastError).ShouldBe((OutboxState.Failed, $"127.0.0.1:{exim.Port} refused while naming the recipient: 550 5.1.1."));
        row = await office.RowAsync(later);
        (row.State, row.LastError).ShouldBe((OutboxState.Waiting, $"127.0.0.1:{exim.Port} refused while naming the recipient: 451 4.2.2."));
        (await exim.DeliveredAsync(1)).Count.ShouldBe(1);
        office.Log.Lines.ShouldAllBe(line => !line.Contains("@example.com") && !line.Contains("no such person"));
    }

    [Fact]
    public async Task an_email_that_is_too_large_is_refused_permanently()
    {
        await using var exim = await EximServer.StartAsync();
        await using var office = await PostOffice.OpenAsync(realTransport: true, exim.Settings);
        var id = await office.AddAsync(PostOffice.Draft() with { Attachments = [new MailAttachment("a.txt", "text/plain", new string('x', 1_500_000))] });
        await office.DeliverAsync();
        var row = await office.RowAsync(id);
        row.LastError.ShouldNotBeNull().ShouldContain("552");
        row.State.ShouldBe(OutboxState.Failed);
    }

    [Theory]
    [InlineData("StartTls")]
    [InlineData("Tls")]
    public async Task an_untrusted_certificate_is_refused(string security)
    {
        await using var exim = await EximServer.StartAsync();
        var port = security == "Tls" ? exim.TlsPort : exim.Port;
        await using var office = await PostOffice.OpenAsync(
            realTransport: true,
            [.. exim.Settings, ("Mail:Security", security), ("Mail:Port", $"{port}"), ("Mail:Host", "localhost")]
        );
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        (await office.RowAsync(id)).LastError.ShouldNotBeNull().ShouldStartWith($"This machine doesn't trust the TLS certificate of localhost:{port}: ");
    }

    [Fact]
    public async Task many_emails_go_over_few_connections()
    {
        await using var exim = await EximServer.StartAsync();
        await using var office = await PostOffice.OpenAsync(realTransport: true, exim.Settings);
        for (var i = 0; i < 60; i++) await office.AddAsync(PostOffice.Draft($"p{i}@example.com"));
        await office.DeliverAsync();
        (await exim.DeliveredAsync(60)).Select(mail => mail.Headers["Envelope-to"]).ShouldBeUnique();
        // Plus the connection that checked whether Exim listens. On a busy machine, one may break and be replaced; 60 emails never need 10.
        exim.MainLog.Split('\n').Count(line => line.Contains("TCP/IP connection count", StringComparison.Ordinal)).ShouldBeInRange(2, 9);
    }

    [Theory]
    [InlineData("StartTls")]
    [InlineData("Tls")]
    public async Task a_message_sent_through_the_site_reaches_staff_and_the_sender_by_tls_and_sign_in(string security)
    {
        await using var exim = await EximServer.StartAsync();
        var home = Directory.CreateTempSubdirectory("ketamine-roundtrip-").FullName;
        var clinic = new ClinicFolder(Path.Combine(home, "content"));
        var port = security == "Tls" ? exim.TlsPort : exim.Port;
        await using (
            var site = await SiteProcess.StartAsync(
                new Uri($"http://127.0.0.1:{LoopbackPort.Free()}"),
                [
                    .. exim.Settings,
                    ("Mail:Host", "localhost"),
                    ("Mail:Port", $"{port}"),
                    ("Mail:Security", security),
                    ("Mail:From", "clinic@juniper.example"),
                    ("Mail:Staff:0", "staff@juniper.example"),
                    ("Content:Path", clinic.Root),
                    ("Data:Path", Path.Combine(home, "data")),
                ],
                ("SSL_CERT_FILE", exim.CertificateFile)
            )
        )
        {
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = site.Address };
            using var response = await http.PostAsync("/contact", new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["name"] = "Zoë Håkansson",
                ["email"] = "zoe@example.com",
                ["message"] = "Bcc: everyone@example.com\r\n.\r\nMAIL FROM:<x@y.example>",
                ["consent"] = "yes",
            }));
            response.StatusCode.ShouldBe(System.Net.HttpStatusCode.SeeOther);

            var mails = await exim.DeliveredAsync(2);
            var staff = mails.Single(mail => mail.Headers["Envelope-to"] == "staff@juniper.example");
            staff.ReplyTo.ToString().ShouldBe("zoe@example.com");
            staff.TextBody!.ReplaceLineEndings("\n").ShouldContain("\n> Bcc: everyone@example.com\n> .\n> MAIL FROM:<x@y.example>\n");
            staff.HtmlBody!.ShouldContain("everyone@example.com");
            mails.Single(mail => mail.Headers["Envelope-to"] == "zoe@example.com").Subject.ShouldBe("We have your message");
            mails.Count.ShouldBe(2);
            exim.MainLog.Split('\n')
                .Where(line => line.Contains(" <= ", StringComparison.Ordinal))
                .ShouldAllBe(line => line.Contains("X=TLS1.3") && line.Contains("A=plain:clinic"));
            site.Output.ShouldAllBe(line => !line.Contains("zoe") && !line.Contains("everyone"));
        }

        Directory.Delete(home, recursive: true);
    }
}
