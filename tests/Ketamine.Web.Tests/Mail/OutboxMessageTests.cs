using System.Collections.Immutable;
using Ketamine.Content;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Tests.Mail;

public sealed class OutboxMessageTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 13, 17, 0, 0, TimeSpan.Zero);
    private static readonly MailOptions Options = new() { From = EmailAddress.Parse("clinic@juniper.example") };
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(70);

    private static OutboxMessage Row(Func<MailDraft, MailDraft>? change = null) =>
        OutboxMessage.From((change ?? (draft => draft))(PostOffice.Draft()), Options, Now);

    [Fact]
    public void a_row_has_its_message_id_from_the_start()
    {
        var row = Row();
        row.MessageId.ShouldBe($"<{row.Id:N}@juniper.example>");
        row.State.ShouldBe(OutboxState.Waiting);
        row.DueAt.ShouldBe(Now);
    }

    [Fact]
    public void an_email_for_later_cannot_be_claimed_before_its_time()
    {
        var row = Row(draft => draft with { NotBefore = Now.AddHours(1) });
        row.TryClaim(Now.AddMinutes(59), "w", Lease).ShouldBeFalse();
        row.TryClaim(Now.AddHours(1), "w", Lease).ShouldBeTrue();
    }

    [Fact]
    public void a_claimed_email_cannot_be_claimed_again_until_its_lease_ends()
    {
        var row = Row();
        row.TryClaim(Now, "first", Lease).ShouldBeTrue();
        row.TryClaim(Now + Lease - TimeSpan.FromTicks(1), "second", Lease).ShouldBeFalse();
        row.TryClaim(Now + Lease, "second", Lease).ShouldBeTrue();
        row.ClaimedBy.ShouldBe("second");
        row.Attempts.ShouldBe(2);
    }

    [Fact]
    public void a_sent_email_loses_its_content_and_is_never_claimed_again()
    {
        var row = Row(draft => draft with { Attachments = [new MailAttachment("call.ics", "text/calendar", "BEGIN:VCALENDAR")] });
        row.TryClaim(Now, "w", Lease);
        row.MarkSent(Now);
        (row.Text, row.Html, row.Attachments.Length).ShouldBe(("", "", 0));
        row.TryClaim(Now.AddDays(1), "w", Lease).ShouldBeFalse();
    }

    [Theory]
    [InlineData(MailFailure.Later, 240)]
    [InlineData(MailFailure.Server, 5)]
    public void pauses_double_up_to_their_longest_and_end_after_72_hours_in_failure(MailFailure failure, int longestMinutes)
    {
        var row = Row();
        var now = Now;
        var pauses = new List<TimeSpan>();
        while (row.State is OutboxState.Waiting)
        {
            row.TryClaim(now, "w", Lease).ShouldBeTrue();
            row.MarkFailed(now, failure, "not now", jitter: 1);
            pauses.Add(row.DueAt - now);
            now = row.DueAt;
        }

        row.State.ShouldBe(OutboxState.Failed);
        row.LastError.ShouldBe("not now");
        pauses.Take(4).Select(pause => pause.TotalSeconds).ShouldBe([30, 60, 120, 240]);
        pauses.Max().ShouldBe(TimeSpan.FromMinutes(longestMinutes));
        (now - Now).ShouldBeGreaterThan(OutboxMessage.KeepTrying);
        (now - Now - pauses[^1]).ShouldBeLessThanOrEqualTo(OutboxMessage.KeepTrying);
        row.Text.ShouldNotBeEmpty("it may yet be sent by hand, and is shown to staff");
    }

    [Fact]
    public void jitter_halves_a_pause_at_most()
    {
        var row = Row();
        row.TryClaim(Now, "w", Lease);
        row.MarkFailed(Now, MailFailure.Later, "not now", jitter: 0);
        (row.DueAt - Now).ShouldBe(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void an_email_left_over_from_a_week_of_downtime_still_gets_its_72_hours()
    {
        var row = Row();
        var later = Now.AddDays(7);
        row.TryClaim(later, "w", Lease).ShouldBeTrue();
        row.MarkFailed(later, MailFailure.Server, "not now", 1);
        row.State.ShouldBe(OutboxState.Waiting);
    }

    [Fact]
    public void a_refused_email_fails_right_away_and_can_be_retried_by_hand()
    {
        var row = Row();
        row.TryClaim(Now, "w", Lease);
        row.MarkFailed(Now, MailFailure.Refused, "550", 0);
        row.State.ShouldBe(OutboxState.Failed);
        row.TryAgain(Now.AddDays(9)).ShouldBeTrue();
        row.TryClaim(Now.AddDays(9), "w", Lease).ShouldBeTrue();
        row.MarkFailed(Now.AddDays(9), MailFailure.Later, "not now", 0);
        row.State.ShouldBe(OutboxState.Waiting);
        row.TryAgain(Now.AddDays(9)).ShouldBeFalse();
    }

    [Fact]
    public void an_email_past_its_deadline_expires_unsent()
    {
        var row = Row(draft => draft with { NotAfter = Now.AddHours(1) });
        row.TryClaim(Now.AddHours(1).AddTicks(1), "w", Lease).ShouldBeFalse();
        row.State.ShouldBe(OutboxState.Expired);
        row.Text.ShouldBeEmpty();
    }

    [Fact]
    public void an_email_whose_next_attempt_would_be_too_late_expires_now_and_says_why()
    {
        var row = Row(draft => draft with { NotAfter = Now.AddSeconds(10) });
        row.TryClaim(Now, "w", Lease);
        row.MarkFailed(Now, MailFailure.Later, "421", 1);
        row.State.ShouldBe(OutboxState.Expired);
        row.LastError.ShouldBe("421");
    }

    [Theory]
    [InlineData("Bcc", "someone@example.com")]
    [InlineData("bcc", "someone@example.com")]
    [InlineData("Content-Type", "text/html")]
    [InlineData("List Unsubscribe", "<https://x.example>")]
    [InlineData("X-A:B", "c")]
    [InlineData("X-A", "b\r\nBcc: someone@example.com")]
    [InlineData("X-A", "b\nc")]
    [InlineData("X-A", "ünsafe")]
    [InlineData("X-A", "")]
    public void a_header_that_could_forge_another_is_refused(string name, string value) =>
        Should.Throw<ArgumentException>(() => Row(draft => draft with { Headers = ImmutableDictionary<string, string>.Empty.Add(name, value) }));

    [Theory]
    [InlineData("../call.ics", "text/calendar")]
    [InlineData("call\".ics", "text/calendar")]
    [InlineData("call.ics", "text/calendar\r\nX: y")]
    [InlineData("call.ics", "calendar")]
    public void an_attachment_that_could_forge_a_header_is_refused(string name, string type) =>
        Should.Throw<ArgumentException>(() => Row(draft => draft with { Attachments = [new MailAttachment(name, type, "")] }));

    [Fact]
    public void subject_and_name_are_one_line_without_control_or_direction_characters()
    {
        var row = Row(draft => draft with { Subject = "Call\r\nBcc: x@example.com\u202Eevil\0", FromName = "Juniper\u0085\r\n\tHouse" });
        row.Subject.ShouldBe("Call Bcc: x@example.comevil");
        row.FromName.ShouldBe("Juniper House");
    }

    [Fact]
    public void a_long_subject_is_cut_between_characters()
    {
        var subject = Row(draft => draft with { Subject = new string('a', 198) + "😀😀" }).Subject;
        subject.ShouldBe(new string('a', 198) + "…");
    }

    [Theory]
    [InlineData("")]
    [InlineData("../lead")]
    [InlineData("Lead")]
    public void a_kind_that_cannot_be_part_of_a_file_name_is_refused(string kind) =>
        Should.Throw<ArgumentException>(() => Row(draft => draft with { Kind = kind }));
}
