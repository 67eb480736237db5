using Ketamine.Content;
using Ketamine.Web.Leads;
using NodaTime;

namespace Ketamine.Web.Tests.Leads;

/// <summary>Open hours as staff count them: over nights, weekends, holidays, breaks, and clock changes.</summary>
public sealed class OpenHoursTests
{
    private static readonly DateTimeZone Denver = DateTimeZoneProviders.Tzdb["America/Denver"];

    private static readonly OpenHours Hours = new(new Clinic
    {
        Name = "Juniper",
        LegalName = "Juniper",
        Url = new Uri("https://juniper.example"),
        TimeZone = Denver,
        Crisis = new CrisisLine("", "", "988", "988", new Uri("https://988lifeline.org")),
        Hours =
        [
            new OpeningHours(
                [IsoDayOfWeek.Monday, IsoDayOfWeek.Tuesday, IsoDayOfWeek.Wednesday, IsoDayOfWeek.Thursday, IsoDayOfWeek.Friday],
                new LocalTime(9, 0),
                new LocalTime(17, 0)
            ),
            new OpeningHours([IsoDayOfWeek.Sunday], new LocalTime(0, 0), new LocalTime(6, 0)),
        ],
        Holidays =
        [
            new Holiday(new DateInterval(new LocalDate(2026, 11, 26), new LocalDate(2026, 11, 27)), null, "Thanksgiving"),
            new Holiday(
                new DateInterval(new LocalDate(2026, 12, 24), new LocalDate(2026, 12, 24)),
                new OpenTimes(new LocalTime(9, 0), new LocalTime(12, 0)),
                "Christmas Eve"
            ),
            new Holiday(new DateInterval(new LocalDate(2026, 12, 25), new LocalDate(2026, 12, 25)), null, "Christmas"),
        ],
        // Days without calls aren't holidays, because someone still answers messages.
        Consultation = new ConsultationRules { Title = "Call", Closed = [new DateInterval(new LocalDate(2026, 12, 1), new LocalDate(2026, 12, 1))] },
    });

    [Theory]
    [InlineData("2026-11-24T16:00", "2026-11-24T16:40", "0:40")]
    [InlineData("2026-11-24T16:00", "2026-11-25T10:00", "2:00")] // over a night
    [InlineData("2026-11-25T16:00", "2026-11-30T09:30", "7:30")] // Thanksgiving and the day after are closed; Sunday's six hours count
    [InlineData("2026-11-30T16:00", "2026-12-02T10:00", "10:00")] // a day without calls counts
    [InlineData("2026-12-23T16:00", "2026-12-28T10:00", "11:00")] // Christmas Eve is short, Christmas closed; Sunday's six hours count
    [InlineData("2026-11-24T20:00", "2026-11-24T23:00", "0:00")]
    [InlineData("2026-11-24T12:00", "2026-11-24T11:00", "0:00")]
    [InlineData("2026-03-08T00:00", "2026-03-08T06:00", "5:00")] // the hour that the clocks skip
    [InlineData("2026-11-01T00:00", "2026-11-01T06:00", "7:00")] // the hour that they repeat
    public void the_time_between_counts_only_open_hours(string from, string to, string open) =>
        Hours.Between(At(from), At(to)).ShouldBe(Duration.FromTimeSpan(TimeSpan.Parse(open, null)));

    [Theory]
    [InlineData("2026-11-24T10:00", 3, "2026-11-24T13:00")]
    [InlineData("2026-11-24T15:00", 3, "2026-11-25T10:00")]
    [InlineData("2026-11-25T16:00", 2, "2026-11-29T01:00")]
    [InlineData("2026-11-24T05:00", 1, "2026-11-24T10:00")]
    [InlineData("2026-12-24T11:00", 2, "2026-12-27T01:00")] // the short holiday closes at noon, Christmas doesn't open
    [InlineData("2026-03-08T01:00", 2, "2026-03-08T04:00")] // the clocks skip an hour
    [InlineData("2026-11-01T00:00", 3, "2026-11-01T02:00")] // the clocks repeat an hour
    public void a_length_of_open_time_ends_within_open_hours(string from, int hours, string end) =>
        Hours.After(At(from), Duration.FromHours(hours)).ShouldBe(At(end));

    [Fact]
    public void the_next_open_days_leave_out_holidays() =>
        (Hours.OpenDay(At("2026-11-25T10:00"), 1), Hours.OpenDay(At("2026-11-25T10:00"), 2)).ShouldBe(
            (new LocalDate(2026, 11, 29), new LocalDate(2026, 11, 30))
        );

    [Fact]
    public void a_lunch_break_is_not_counted()
    {
        var hours = new OpenHours(new Clinic
        {
            Name = "Juniper", LegalName = "Juniper", Url = new Uri("https://juniper.example"), TimeZone = Denver,
            Crisis = new CrisisLine("", "", "988", "988", new Uri("https://988lifeline.org")),
            Hours = [new OpeningHours([IsoDayOfWeek.Monday], new LocalTime(9, 0), new LocalTime(12, 0)),
                new OpeningHours([IsoDayOfWeek.Monday], new LocalTime(13, 0), new LocalTime(17, 0))],
        });
        hours.Between(At("2026-11-23T11:00"), At("2026-11-23T14:00")).ShouldBe(Duration.FromHours(2));
        hours.After(At("2026-11-23T11:30"), Duration.FromHours(1)).ShouldBe(At("2026-11-23T13:30"));
        hours.Before(At("2026-11-23T13:30"), Duration.FromHours(1)).ShouldBe(At("2026-11-23T11:30"));
    }

    [Fact]
    public void adding_and_measuring_open_time_agree_from_any_start()
    {
        for (var start = At("2026-02-27T00:00"); start < At("2026-03-12T00:00"); start = start.AddMinutes(173))
        {
            foreach (var minutes in new[] { 1, 30, 200, 700 })
            {
                var length = Duration.FromMinutes(minutes);
                Hours.Between(start, Hours.After(start, length)).ShouldBe(length, $"{minutes} min from {start:o}");
                Hours.Between(Hours.Before(start, length), start).ShouldBe(length, $"{minutes} min until {start:o}");
            }
        }
    }

    private static DateTimeOffset At(string local) =>
        LocalDateTime.FromDateTime(DateTime.Parse(local, System.Globalization.CultureInfo.InvariantCulture)).InZoneLeniently(Denver).ToDateTimeOffset();
}
