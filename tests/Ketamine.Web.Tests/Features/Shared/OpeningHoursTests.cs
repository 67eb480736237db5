using System.Globalization;
using System.Text.Json;
using AngleSharp.Dom;
using Ketamine.Content;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Ketamine.Web.Tests.Features.Shared;

/// <summary>Every place that shows opening hours agrees, over a year with holidays and both clock changes.</summary>
public sealed class OpeningHoursTests
{
    private static readonly DateTimeZone Denver = DateTimeZoneProviders.Tzdb["America/Denver"];
    private static readonly (LocalTime, LocalTime)[] Split = [(new(9, 0), new(12, 0)), (new(13, 0), new(17, 0))];

    // The table: the folder's hours, written again by hand.
    private static readonly Dictionary<IsoDayOfWeek, (LocalTime Opens, LocalTime Closes)[]> Week = new()
    {
        [IsoDayOfWeek.Monday] = Split, [IsoDayOfWeek.Tuesday] = Split, [IsoDayOfWeek.Wednesday] = Split, [IsoDayOfWeek.Thursday] = Split,
        [IsoDayOfWeek.Friday] = [(new(9, 0), new(13, 30))],
        [IsoDayOfWeek.Sunday] = [(new(1, 0), new(3, 30))], // across both clock changes
    };

    private static readonly (LocalDate From, LocalDate To, (LocalTime, LocalTime)[] Hours)[] Table =
    [
        (new(2027, 1, 18), new(2027, 1, 18), []),
        (new(2027, 3, 12), new(2027, 3, 14), []), // the day on which the clock goes forward
        (new(2027, 7, 2), new(2027, 7, 2), [(new(10, 0), new(11, 30))]),
        (new(2027, 7, 5), new(2027, 7, 5), []),
        (new(2027, 11, 6), new(2027, 11, 6), [(new(10, 0), new(14, 0))]), // a Saturday that is open for once
        (new(2027, 11, 25), new(2027, 11, 26), []),
        (new(2027, 12, 24), new(2028, 1, 1), []),
    ];

    private const string Folder = ClinicFolder.SmallestClinic + """

        hours:
          - {days: [mon, tue, wed, thu], opens: "09:00", closes: "12:00"}
          - {days: [mon, tue, wed, thu], opens: "13:00", closes: "17:00"}
          - {days: [fri], opens: "09:00", closes: "13:30"}
          - {days: [sun], opens: "01:00", closes: "03:30"}
        holidays:
          - {date: 2027-01-18, closed: true, note: Martin Luther King Jr. Day}
          - {from: 2027-03-12, to: 2027-03-14, closed: true}
          - {date: 2027-07-02, opens: "10:00", closes: "11:30"}
          - {date: 2027-07-05, closed: true, note: Independence Day}
          - {date: 2027-11-06, opens: "10:00", closes: "14:00", note: Open house}
          - {from: 2027-11-25, to: 2027-11-26, closed: true, note: Thanksgiving}
          - {from: 2027-12-24, to: 2028-01-01, closed: true}
        consultation:
          title: Free call
          minutes: 15
          bufferMinutes: 0
          minimumNoticeHours: 0
          horizonDays: 8
          weekly:
            - {day: mon, from: "09:00", to: "12:00"}
            - {day: thu, from: "13:00", to: "17:00"}
            - {day: fri, from: "09:00", to: "13:30"}
            - {day: sun, from: "01:00", to: "03:30"}
        """;

    private static (LocalTime Opens, LocalTime Closes)[] Expected(LocalDate day)
    {
        foreach (var (from, to, hours) in Table)
            if (from <= day && day <= to) return hours;
        return Week.GetValueOrDefault(day.DayOfWeek) ?? [];
    }

    private static bool IsOpen(Instant instant)
    {
        var local = instant.InZone(Denver);
        return Expected(local.Date).Any(hours => hours.Opens <= local.TimeOfDay && local.TimeOfDay < hours.Closes);
    }

    [Fact]
    public async Task footer_contact_page_booking_promise_structured_data_and_open_now_agree_at_every_quarter_hour_of_a_year()
    {
        await using var app = ClinicApp.With(folder => folder.Write("clinic.yml", Folder));
        var clinic = app.Services.GetRequiredService<ContentStore>().Current.Clinic;
        var instants = 0;
        for (var day = new LocalDate(2027, 1, 1); day.Year == 2027; day = day.PlusDays(1))
        {
            var (begin, end) = (Denver.AtStartOfDay(day).ToInstant(), Denver.AtStartOfDay(day.PlusDays(1)).ToInstant());
            app.Clock.Set((begin + Duration.FromHours(5)).ToDateTimeOffset());
            var page = await app.GetPageAsync("/contact");
            HoursShown(page.One(".footer__place"), day).ShouldBe(Expected(day), $"footer, {day}");
            HoursShown(page.One(".facts"), day).ShouldBe(Expected(day), $"contact page, {day}");
            HoursInData(page, day).ShouldBe(Expected(day), $"structured data, {day}");
            var stretches = page.QuerySelectorAll("[data-open-now]").Select(place => place.GetAttribute("data-open-now"))
                .Append(page.One(".bar [data-open]").GetAttribute("data-open")).Distinct().ShouldHaveSingleItem()!
                .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(stretch => stretch.Split('-').Select(long.Parse).ToArray()).ToList();

            for (var at = begin; at < end; at += Duration.FromMinutes(15), instants++)
            {
                var (open, minute) = (IsOpen(at), at.ToUnixTimeSeconds() / 60);
                clinic.Calendar.OpenFrom(at).First().Contains(at).ShouldBe(open, $"{at}");
                stretches.Any(stretch => stretch[0] <= minute && minute < stretch[1]).ShouldBe(open, $"open now, {at}");
                AnswerPromise.For(clinic, at.ToDateTimeOffset()).ShouldBe(Promised(at, end).ToDateTimeOffset(), $"promise, {at}");
            }

            Booked(app, clinic, day);
        }

        instants.ShouldBe(365 * 96);
    }

    [Fact]
    public async Task the_booking_page_offers_no_time_on_a_holiday_and_only_those_within_a_short_day()
    {
        await using var app = ClinicApp.With(folder => folder.Write("clinic.yml", Folder));
        app.Clock.Set(Denver.AtStartOfDay(new LocalDate(2027, 7, 1)).ToInstant().ToDateTimeOffset());
        var page = await app.GetPageAsync("/consultation");
        var offered = page.QuerySelectorAll("input.slot__input[value$=Z]")
            .Select(slot =>
                Instant.FromDateTimeOffset(DateTimeOffset.Parse(slot.GetAttribute("value")!, CultureInfo.InvariantCulture)).InZone(Denver).LocalDateTime
            )
            .ToLookup(time => time.Date, time => time.TimeOfDay);
        offered[new LocalDate(2027, 7, 2)].ShouldBe([new(10, 0), new(10, 15), new(10, 30), new(10, 45), new(11, 0), new(11, 15)]);
        offered[new LocalDate(2027, 7, 5)].ShouldBeEmpty();
        offered[new LocalDate(2027, 7, 8)].ShouldNotBeEmpty();
    }

    [Fact]
    public async Task a_notice_is_shown_from_its_first_instant_to_its_last_day_and_no_longer()
    {
        await using var app = ClinicApp.With(folder => folder.Write("clinic.yml", ClinicFolder.SmallestClinic + """

            notice:
              text: We move on Friday. [What changes](/contact)
              from: 2027-02-01T09:00-07:00
              until: 2027-02-05
            """));
        var rows = new[]
        {
            ("2027-02-01T08:59:59-07:00", false), ("2027-02-01T09:00:00-07:00", true), ("2027-02-05T23:59:59-07:00", true),
            ("2027-02-06T00:00:00-07:00", false),
        };
        foreach (var (at, shown) in rows)
        {
            app.Clock.Set(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture));
            (await app.GetPageAsync("/")).QuerySelectorAll(".banner a[href='/contact']").Length.ShouldBe(shown ? 1 : 0, at);
        }
    }

    // By closing time on the same day if four open hours are left; otherwise, by closing time on the next open day. Counted in quarter hours.
    private static Instant Promised(Instant at, Instant endOfDay)
    {
        if (Quarters(at, endOfDay).Count(IsOpen) >= 16) return Close(endOfDay);
        for (var day = endOfDay.InZone(Denver).Date; ; day = day.PlusDays(1))
        {
            var (begin, end) = (Denver.AtStartOfDay(day).ToInstant(), Denver.AtStartOfDay(day.PlusDays(1)).ToInstant());
            if (Expected(day).Length > 0 && Quarters(begin, end).Any(IsOpen)) return Close(end);
        }

        static Instant Close(Instant end)
        {
            var at = end;
            while (!IsOpen(at - Duration.FromMinutes(15))) at -= Duration.FromMinutes(15);
            return at;
        }

        static IEnumerable<Instant> Quarters(Instant from, Instant to)
        {
            for (var at = from; at < to; at += Duration.FromMinutes(15)) yield return at;
        }
    }

    private static void Booked(ClinicApp app, Clinic clinic, LocalDate today)
    {
        var times = Timetable.Of(clinic).Times(app.Clock.Now).ToList();
        foreach (var time in times)
        {
            IsOpen(time.Start.ToInstant()).ShouldBeTrue($"a call at {time.Start}");
            IsOpen(Instant.FromDateTimeOffset(time.EndsAt) - Duration.FromMinutes(15)).ShouldBeTrue($"a call that ends after {time.Start}");
        }

        for (var day = today.PlusDays(1); day <= today.PlusDays(8); day = day.PlusDays(1))
            times
                .Any(time => time.Start.Date == day)
                .ShouldBe(
                    Expected(day).Length > 0 && Week.ContainsKey(day.DayOfWeek) && day.DayOfWeek is not (IsoDayOfWeek.Tuesday or IsoDayOfWeek.Wednesday),
                    $"calls on {day}"
                );
    }

    // What a reader learns from the page: the holiday's row, or else the row for the day of the week.
    private static (LocalTime, LocalTime)[] HoursShown(IElement place, LocalDate day)
    {
        foreach (var row in place.QuerySelectorAll(".hours--holidays dt"))
        {
            var dates = row.QuerySelectorAll("time").Select(time => NodaTime.Text.LocalDatePattern.Iso.Parse(time.GetAttribute("datetime")!).Value).ToList();
            if (dates[0] <= day && day <= dates[^1]) return Hours(row.NextElementSibling!);
        }

        return place.QuerySelectorAll(".hours:not(.hours--holidays) dt").FirstOrDefault(row => Covers(row.Words(), day.DayOfWeek)) is { } found
            ? Hours(found.NextElementSibling!)
            : [];

        static bool Covers(string row, IsoDayOfWeek day)
        {
            var names = row.Split([" to ", " and "], StringSplitOptions.None)
                .Select(name => Enumerable.Range(1, 7).Single(number => ((IsoDayOfWeek)number).ToString().StartsWith(name[..3], StringComparison.Ordinal)))
                .ToList();
            return names[0] <= (int)day && (int)day <= names[^1];
        }

        static (LocalTime, LocalTime)[] Hours(IElement cell) => cell.ChildNodes[0].TextContent.Trim() == "Closed" ? [] :
            [.. cell.ChildNodes[0].TextContent.Split(',').Select(part => part.Split('–').Select(Clock).ToArray()).Select(pair => (pair[0], pair[1]))];

        static LocalTime Clock(string text) =>
            LocalTime.FromTicksSinceMidnight(
                DateTime
                    .ParseExact(text.Replace('\u00a0', ' ').Trim(), ["h tt", "h:mm tt"], CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault)
                    .TimeOfDay.Ticks
            );
    }

    private static (LocalTime, LocalTime)[] HoursInData(IDocument page, LocalDate day)
    {
        var clinic = JsonDocument.Parse(page.One("script[type='application/ld+json']").TextContent).RootElement.GetProperty("@graph")[0];
        var iso = day.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
        var special = clinic.TryGetProperty("specialOpeningHoursSpecification", out var all) ? all.EnumerateArray().ToList() : [];
        var entries = special.Where(entry =>
            string.CompareOrdinal(entry.GetProperty("validFrom").GetString(), iso) <= 0
            && string.CompareOrdinal(iso, entry.GetProperty("validThrough").GetString()) <= 0
        );
        foreach (var entry in entries)
            return Of(entry) is var hours && hours.Item1 == hours.Item2 ? [] : [hours];
        return [.. clinic.GetProperty("openingHoursSpecification").EnumerateArray()
            .Where(entry => entry.GetProperty("dayOfWeek").EnumerateArray().Any(name => name.GetString() == day.DayOfWeek.ToString())).Select(Of)];

        static (LocalTime, LocalTime) Of(JsonElement entry) => (Time(entry, "opens"), Time(entry, "closes"));
        static LocalTime Time(JsonElement entry, string name) =>
            NodaTime.Text.LocalTimePattern.CreateWithInvariantCulture("HH:mm").Parse(entry.GetProperty(name).GetString()!).Value;
    }
}
