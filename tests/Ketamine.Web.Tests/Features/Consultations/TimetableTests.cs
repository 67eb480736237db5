using Ketamine.Content;
using Ketamine.Web.Features.Consultations;
using NodaTime;

namespace Ketamine.Web.Tests.Features.Consultations;

public sealed class TimetableTests
{
    private static readonly DateTimeZone Denver = DateTimeZoneProviders.Tzdb["America/Denver"];

    // Every time zone that a clinic in the United States and its territories can have.
    private static readonly string[] UsZones =
    [
        "America/New_York", "America/Detroit", "America/Kentucky/Louisville", "America/Indiana/Indianapolis", "America/Chicago", "America/Menominee",
        "America/North_Dakota/Center", "America/Denver", "America/Boise", "America/Phoenix", "America/Los_Angeles", "America/Anchorage", "America/Juneau",
        "America/Nome", "America/Adak", "Pacific/Honolulu", "America/Puerto_Rico", "America/St_Thomas", "Pacific/Guam", "Pacific/Pago_Pago",
    ];

    [Fact]
    public void times_respect_hours_length_buffer_notice_and_horizon()
    {
        var rules = Rules(new WeeklyHours(IsoDayOfWeek.Monday, new LocalTime(9, 0), new LocalTime(10, 30))) with { MinimumNoticeHours = 24, HorizonDays = 7 };
        var sundayMorning = At(2026, 11, 22, 9, 10);
        var times = new Timetable(rules, Denver).Times(sundayMorning).ToList();
        times.Select(CallStrings.Hour).ShouldBe(["9:30\u00a0am", "10:00\u00a0am"]); // 9:00 is within the notice period, and 10:30 would end at 10:50
        times.ShouldAllBe(time => time.Start.Date == new LocalDate(2026, 11, 23));
    }

    [Fact]
    public void a_closed_day_offers_nothing()
    {
        var rules = Rules(new WeeklyHours(IsoDayOfWeek.Thursday, new LocalTime(9, 0), new LocalTime(12, 0))) with
        {
            Closed = [new DateInterval(new LocalDate(2026, 11, 26), new LocalDate(2026, 11, 26))],
        };
        var days = new Timetable(rules, Denver).Times(At(2026, 11, 20, 9, 0)).Select(time => time.Start.Date).Distinct().ToList();
        days.ShouldBe([new LocalDate(2026, 12, 3), new LocalDate(2026, 12, 10)]);
    }

    [Fact]
    public void a_seat_is_free_until_all_are_taken_and_overlapping_calls_of_older_rules_count()
    {
        var rules = Rules(new WeeklyHours(IsoDayOfWeek.Monday, new LocalTime(9, 0), new LocalTime(10, 30))) with { Seats = 2, HorizonDays = 5 };
        var timetable = new Timetable(rules, Denver);
        var now = At(2026, 11, 20, 9, 0);
        var first = timetable.Times(now).First();
        timetable.Free(now, [new TakenTime(first.StartsAt, first.EndsAt)]).ShouldContain(first);
        timetable.Free(now, [new TakenTime(first.StartsAt, first.EndsAt), new TakenTime(first.StartsAt.AddMinutes(15), first.EndsAt.AddMinutes(15))])
            .ShouldNotContain(first);
    }

    [Fact]
    public void through_ten_years_of_clock_changes_in_every_us_zone_no_time_is_invented_repeated_or_too_close()
    {
        // Around the clock, to include every hour that a clock change skips or repeats.
        var rules = Rules([.. Enumerable.Range(1, 7).Select(day => new WeeklyHours((IsoDayOfWeek)day, LocalTime.Midnight, new LocalTime(23, 50)))]) with
        {
            MinimumNoticeHours = 0,
            HorizonDays = 2,
        };
        var changes = 0;
        foreach (var zone in UsZones.Select(id => DateTimeZoneProviders.Tzdb[id]))
        {
            foreach (var change in zone.GetZoneIntervals(Instant.FromUtc(2026, 1, 1, 0, 0), Instant.FromUtc(2036, 1, 1, 0, 0)).Skip(1))
            {
                changes++;
                var now = (change.Start - Duration.FromHours(30)).ToDateTimeOffset();
                var times = new Timetable(rules, zone).Times(now).ToList();
                times.Count.ShouldBeGreaterThan(90);
                foreach (var time in times)
                {
                    // A time that exists: the displayed time converts back to the same instant.
                    zone.MapLocal(time.Start.LocalDateTime).First().ToInstant().ShouldBe(time.Start.ToInstant());
                    Instant
                        .FromDateTimeOffset(DateTimeOffset.Parse(time.Value, System.Globalization.CultureInfo.InvariantCulture))
                        .ShouldBe(time.Start.ToInstant());
                }

                times.Select(time => time.Start.LocalDateTime).Distinct().Count().ShouldBe(times.Count, "a local time stands twice on the page");
                foreach (var (before, after) in times.Zip(times.Skip(1)))
                    (after.StartsAt - before.EndsAt).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(rules.BufferMinutes));
            }
        }

        changes.ShouldBeGreaterThan(250);
    }

    private static ConsultationRules Rules(params WeeklyHours[] weekly) => new() { Title = "Free call", Weekly = [.. weekly] };

    private static DateTimeOffset At(int year, int month, int day, int hour, int minute) =>
        new LocalDateTime(year, month, day, hour, minute).InZoneStrictly(Denver).ToDateTimeOffset();
}
