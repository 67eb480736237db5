using Ketamine.Content;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;
using NodaTime;
using Calendar = Ical.Net.Calendar;

namespace Ketamine.Web.Tests.Features.Consultations;

/// <summary>The calendar file, read by another program (Ical.Net).</summary>
public sealed class CalendarFileTests
{
    [Theory]
    [InlineData("Call with Juniper")]
    [InlineData("Call; with, a \\ backslash: and \"quotes\"")]
    [InlineData("Gespräch mit Zoë — 電話相談のご予約について、担当者からお電話を差し上げます "
        + "👩🏽‍⚕️👩🏽‍⚕️👩🏽‍⚕️👩🏽‍⚕️👩🏽‍⚕️👩🏽‍⚕️")]
    [InlineData("Two\nlines, the second with a long text that has to be folded because it has more than seventy-five octets")]
    public void any_text_arrives_in_the_calendar_unchanged(string text)
    {
        var call = Call();
        var file = CalendarFile.Write(call, EmailAddress.Parse("clinic@juniper.example"), "Juniper; House, \"Denver\"", text, text, text);

        var entry = Calendar.Load(file).ShouldNotBeNull().Events.ShouldHaveSingleItem();
        entry.Summary.ShouldBe(text);
        entry.Location.ShouldBe(text);
        entry.Description.ShouldBe(text);
        entry.Uid.ShouldBe(call.CalendarUid);
        entry.Start.ShouldNotBeNull().AsUtc.ShouldBe(call.StartsAt.UtcDateTime);
        entry.End.ShouldNotBeNull().AsUtc.ShouldBe(call.EndsAt.UtcDateTime);
        entry.Organizer.ShouldNotBeNull().CommonName.ShouldBe("Juniper; House, Denver");
        entry.Organizer.Value.ShouldBe(new Uri("mailto:clinic@juniper.example"));
        foreach (var line in file.Split("\r\n")) System.Text.Encoding.UTF8.GetByteCount(line).ShouldBeLessThanOrEqualTo(75);
    }

    private static Consultation Call()
    {
        var now = new DateTimeOffset(2027, 1, 13, 17, 0, 0, TimeSpan.Zero);
        var lead = new Lead(
            new LeadRequest
            {
                Kind = LeadKind.Consultation,
                Contact = new ContactDetails { Name = "Jo", Email = EmailAddress.Parse("jo@example.com"), By = ReachBy.Email },
                Consent = new Consent("I agree", "1"),
            },
            latest: null, fingerprint: [], answerBy: now, signs: default, staffToken: [], now);
        var start = Instant.FromUtc(2027, 1, 14, 17, 0).InZone(DateTimeZoneProviders.Tzdb["America/Denver"]);
        return new Consultation(lead, new CallTime(start, 20), seat: 0, CallKind.Phone, tokenHash: [], heldUntil: start.ToDateTimeOffset(), now);
    }
}
