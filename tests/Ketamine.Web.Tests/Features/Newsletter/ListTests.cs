using Ketamine.Content;
using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Tests.Mail;

namespace Ketamine.Web.Tests.Features.Newsletter;

public sealed class ListTests
{
    /// <summary>A delivery report (RFC 3464) as Postfix writes it, with the headers of the returned email.</summary>
    private static string Report(string receiver, string headers, string action = "failed", string status = "5.1.1") => $"""
        From: MAILER-DAEMON@mx.example
        Content-Type: multipart/report; report-type=delivery-status;
         boundary="=_b1"

        --=_b1
        Content-Type: text/plain

        Sorry.
        --=_b1
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example

        Final-Recipient: rfc822; {receiver}
        Action: {action}
        Status: {status}
        Diagnostic-Code: smtp; 550
         no such user

        --=_b1
        Content-Type: text/rfc822-headers

        {headers}
        --=_b1--

        """;

    private static string Complaint(string headers, string type = "abuse") => $"""
        From: feedback@provider.example
        Content-Type: multipart/report; report-type=feedback-report; boundary="f"

        --f
        Content-Type: text/plain

        Somebody pressed the button.
        --f
        Content-Type: message/feedback-report

        Feedback-Type: {type}
        User-Agent: Provider/1.0
        Version: 1
        Original-Rcpt-To: <redacted@provider.example>

        --f
        Content-Type: message/rfc822

        {headers}

        Hello
        --f--

        """;

    private static string Headers(ReceivedMail copy) =>
        "From: clinic@juniper.example\n"
            + $"To: {copy.To}\nMessage-ID: {copy.MessageId}\nList-Unsubscribe: {copy.Headers["List-Unsubscribe"]}\nSubject: November news";

    private static async Task<ClinicApp> SentAsync(int readers)
    {
        var app = Readers.WithNewsletter().Set("Mail:PerMinute", "6000");
        await app.AddReadersAsync(readers);
        await app.ScheduleAsync();
        await app.SendUntilEndedAsync();
        return app;
    }

    private static ReceivedMail CopyFor(ClinicApp app, int reader) =>
        app.Mailbox.OfKind("newsletter").Single(copy => copy.To == $"reader{reader}@reader.example");

    private static Task<IReadOnlyList<ReportOutcome>> TakeAsync(ClinicApp app, string report) =>
        app.UseAsync<SubscriberList, IReadOnlyList<ReportOutcome>>(list => list.TakeAsync(MailReport.Read(report)!, CancellationToken.None));

    private static async Task<List<string?>> OnTheListAsync(ClinicApp app) =>
        [
            .. (await app.SubscribersAsync())
                .Where(subscriber => subscriber.State == SubscriberState.Subscribed)
                .Select(subscriber => subscriber.Email)
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [InlineData("failed", "5.1.1", true)]
    [InlineData("failed", "5.4.4", true)]
    [InlineData("failed", "5.2.2", false)]
    [InlineData("failed", "5.7.1", false)]
    [InlineData("failed", "4.4.7", false)]
    [InlineData("delayed", "4.4.1", false)]
    [InlineData("delayed", "5.1.1", false)]
    [InlineData("relayed", "5.1.1", false)]
    public void a_report_distinguishes_a_missing_mailbox_from_temporary_problems(string action, string status, bool final)
    {
        var text = Report("Ada@reader.example", "Subject: x", action, status);
        var cases = new[]
        {
            text,
            text.ReplaceLineEndings("\r\n"),
            text.Replace("rfc822; ", "RFC822;", StringComparison.Ordinal),
            text.Replace("rfc822; ", "utf-8; ", StringComparison.Ordinal),
        };
        foreach (var lines in cases)
        {
            var receiver = MailReport.Read(lines)!.Receivers.ShouldHaveSingleItem();
            (receiver.Address.Normalized, receiver.Action, receiver.Status, receiver.Final).ShouldBe(("ada@reader.example", action, status, final));
        }
    }

    [Fact]
    public void an_ordinary_email_is_not_a_report()
    {
        MailReport.Read("Subject: hi\n\nFinal-Recipient: rfc822; ada@reader.example\nAction: failed\nStatus: 5.1.1\n").ShouldBeNull();
        MailReport.Read("Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: text/plain\n\nhi\n--x--\n").ShouldBeNull();
        MailReport.Read("").ShouldBeNull();
    }

    [Fact]
    public async Task a_report_with_our_message_id_or_the_copys_link_suppresses_its_reader()
    {
        await using var app = await SentAsync(3);
        var byId = Headers(CopyFor(app, 0))
            .Replace("List-Unsubscribe", "X-Cut", StringComparison.Ordinal)
            .Replace("/newsletter/", "/", StringComparison.Ordinal);
        (await TakeAsync(app, Report("READER0@reader.example", byId)))
            .ShouldHaveSingleItem()
            .ShouldBe(new ReportOutcome("READER0@reader.example", "5.1.1", ReportEffect.Removed));
        // Like Amazon SES, which replaces our Message-ID with its own.
        var byLink = Headers(CopyFor(app, 1)).Replace(CopyFor(app, 1).MessageId, "<0100@email.amazonses.com>", StringComparison.Ordinal);
        (await TakeAsync(app, Report("reader1@reader.example", byLink))).Single().Effect.ShouldBe(ReportEffect.Removed);
        (await OnTheListAsync(app)).ShouldBe(["reader2@reader.example"]);
        (await TakeAsync(app, Report("reader1@reader.example", byLink))).Single().Effect.ShouldBe(ReportEffect.AlreadyOff);
        (await app.SubscribersAsync())
            .Count(subscriber => subscriber.State == SubscriberState.Suppressed && subscriber.Reason == "reported as 5.1.1")
            .ShouldBe(2);
    }

    [Fact]
    public async Task a_report_without_proof_that_we_sent_the_copy_does_nothing()
    {
        await using var app = await SentAsync(2);
        await app.SubscribeAsync("late@reader.example");
        var (own, key) = (CopyFor(app, 1), await app.KeyAsync());
        var late = (await app.SubscribersAsync()).Single(subscriber => subscriber.Email == "late@reader.example");
        var issue = await app.UseAsync<Ketamine.Web.Data.ClinicDb, Guid>(db => Task.FromResult(db.Set<Issue>().Single().Id));
        foreach (var (receiver, headers) in new[]
        {
            ("reader0@reader.example", "Subject: November news"),
            ("reader0@reader.example", $"Message-ID: <{Guid.NewGuid():N}@juniper.example>"),
            // A reader who got a copy and tries to remove someone else from the list.
            ("reader0@reader.example", Headers(own)),
            ("stranger@elsewhere.example", Headers(own)),
            // On the list, but nothing was ever sent there.
            ("late@reader.example", $"Message-ID: <{Issue.CopyId(issue, late.Id):N}@juniper.example>"),
            ("late@reader.example", $"List-Unsubscribe: <https://juniper.example/newsletter/unsubscribe/{key.UnsubscribeToken(late.Id, issue)}>"),
        })
        {
            (await TakeAsync(app, Report(receiver, headers))).Single().ShouldBe(new ReportOutcome(receiver, "5.1.1", ReportEffect.NotOurs));
        }

        (await TakeAsync(app, Report("reader1@reader.example", Headers(own), "delayed", "4.4.1"))).Single().Effect.ShouldBe(ReportEffect.Temporary);
        (await TakeAsync(app, Report("reader1@reader.example", Headers(own), "failed", "4.4.7"))).Single().Effect.ShouldBe(ReportEffect.Temporary);
        (await OnTheListAsync(app)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task a_spam_complaint_unsubscribes_its_reader_and_one_without_our_link_does_nothing()
    {
        await using var app = await SentAsync(2);
        (await TakeAsync(app, Complaint(Headers(CopyFor(app, 0)), "not-spam"))).ShouldBeEmpty();
        (await TakeAsync(app, Complaint("Message-ID: <1@x.example>\nSubject: other"))).Single().Effect.ShouldBe(ReportEffect.NotOurs);
        (await OnTheListAsync(app)).Count.ShouldBe(2);

        (await TakeAsync(app, Complaint(Headers(CopyFor(app, 0)))))
            .ShouldHaveSingleItem()
            .ShouldBe(new ReportOutcome("reader0@reader.example", "", ReportEffect.Complained));
        (await TakeAsync(app, Complaint(Headers(CopyFor(app, 0))))).Single().Effect.ShouldBe(ReportEffect.AlreadyOff);
        (await OnTheListAsync(app)).ShouldBe(["reader1@reader.example"]);
        (await app.SubscribersAsync()).Single(subscriber => subscriber.Email is null).State.ShouldBe(SubscriberState.Left);
    }

    [Fact]
    public async Task an_import_adds_new_people_and_brings_back_no_one_who_unsubscribed()
    {
        await using var app = Readers.WithNewsletter();
        var ada = await app.SubscribeAsync("ada@reader.example");
        await app.UseAsync<SubscriptionService>(async desk =>
            await desk.UnsubscribeAsync((await app.KeyAsync()).UnsubscribeToken(ada.Id, Guid.Empty), CancellationToken.None)
        );
        var agreement = new Agreement("", app.Clock.Now, "open day");
        var imported = await app.UseAsync<SubscriberList, Imported>(list => list.ImportAsync(
            [(EmailAddress.Parse("ADA@reader.example"), agreement), (EmailAddress.Parse("ben@reader.example"), agreement)], CancellationToken.None));
        imported.ShouldBe(new Imported(1, 0, 1, 0));
        (await app.SubscribersAsync()).Where(reader => reader.Email is not null).ShouldHaveSingleItem().ConsentSource.ShouldBe("open day");
    }
}
