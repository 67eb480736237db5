using Ketamine.Web.Content;
using Ketamine.Web.Features.Newsletter;

namespace Ketamine.Web.Tests.Features.Newsletter;

public sealed class ListTests
{
    private static string Report(string action, string status) => $"""
        From: MAILER-DAEMON@mx.example
        Content-Type: multipart/report; report-type=delivery-status;
         boundary="=_b1"

        --=_b1
        Content-Type: text/plain

        Sorry.
        --=_b1
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example

        Final-Recipient: rfc822; Ada@reader.example
        Action: {action}
        Status: {status}
        Diagnostic-Code: smtp; 550
         no such user

        --=_b1--

        """;

    [Theory]
    [InlineData("failed", "5.1.1", true)]
    [InlineData("failed", "5.2.2", false)]
    [InlineData("failed", "5.7.1", false)]
    [InlineData("delayed", "4.4.1", false)]
    public void a_report_tells_a_mailbox_that_is_gone_from_what_may_pass(string action, string status, bool final)
    {
        foreach (var text in new[] { Report(action, status), Report(action, status).ReplaceLineEndings("\r\n") })
        {
            var report = BounceReport.Read(text).ShouldHaveSingleItem();
            (report.Receiver.Normalized, report.Action, report.Status, report.Final).ShouldBe(("ada@reader.example", action, status, final));
        }
    }

    [Fact]
    public void a_mail_that_is_no_report_takes_nobody_off() =>
        BounceReport.Read("Subject: hi\n\nFinal-Recipient: rfc822; ada@reader.example\nAction: failed\nStatus: 5.1.1\n").ShouldBeEmpty();

    [Fact]
    public async Task an_import_adds_who_is_new_and_brings_back_nobody_who_left()
    {
        await using var app = Readers.WithNewsletter();
        var ada = await app.SubscribeAsync("ada@reader.example");
        await app.DoAsync<SubscriptionDesk>(async desk => await desk.LeaveAsync((await app.KeyAsync()).LeaveToken(ada.Id, Guid.Empty), CancellationToken.None));
        var agreement = new Agreement("", app.Clock.Now, "open day");
        var imported = await app.AskAsync<SubscriberList, Imported>(list => list.ImportAsync(
            [(EmailAddress.Parse("ADA@reader.example"), agreement), (EmailAddress.Parse("ben@reader.example"), agreement)], CancellationToken.None));
        imported.ShouldBe(new Imported(1, 0, 1, 0));
        (await app.SubscribersAsync()).Where(reader => reader.Email is not null).ShouldHaveSingleItem().ConsentSource.ShouldBe("open day");
    }
}
