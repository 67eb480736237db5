namespace Ketamine.Web.Leads;

/// <summary>
/// Counts time the way staff do: only while the clinic is open. Uses the clinic's calendar, like the answer promise and the footer, so holidays, lunch breaks,
/// and clock changes count the same everywhere.
/// </summary>
public sealed class OpenHours(Clinic clinic)
{
    // No clinic is closed for longer; a clinic without hours counts as open around the clock.
    private const int FurthestDays = 60;

    private readonly OpeningCalendar _calendar = clinic.Calendar;

    /// <summary>Whether anything can be counted in open hours.</summary>
    public bool AreKnown => _calendar.Weekly.Length > 0;

    /// <summary>The day's first opening and last closing; null for a closed day.</summary>
    public Interval? On(LocalDate day) =>
        _calendar.OpenOn(day).ToList() is { Count: > 0 } open ? new Interval(open[0].Start, open.Max(stretch => stretch.End)) : null;

    /// <summary>How much of the time between two instants the clinic is open; zero if the second isn't later. If the hours are unknown, all of it.</summary>
    public Duration Between(DateTimeOffset from, DateTimeOffset to)
    {
        var (start, end) = (Instant.FromDateTimeOffset(from), Instant.FromDateTimeOffset(to));
        if (end <= start) return Duration.Zero;
        if (!AreKnown) return end - start;
        var open = Duration.Zero;
        for (var day = Day(start); day <= Day(end); day = day.PlusDays(1))
        {
            foreach (var hours in _calendar.OpenOn(day))
            {
                var (first, last) = (Instant.Max(hours.Start, start), Instant.Min(hours.End, end));
                if (last > first) open += last - first;
            }
        }

        return open;
    }

    /// <summary>The instant at which the clinic has been open for <paramref name="length"/> since <paramref name="from"/>.</summary>
    public DateTimeOffset After(DateTimeOffset from, Duration length)
    {
        var start = Instant.FromDateTimeOffset(from);
        foreach (var hours in Days(Day(start)).SelectMany(_calendar.OpenOn))
        {
            var first = Instant.Max(hours.Start, start);
            if (first >= hours.End) continue;
            if (hours.End - first >= length) return (first + length).ToDateTimeOffset();
            length -= hours.End - first;
        }

        return (start + length).ToDateTimeOffset();
    }

    /// <summary>The latest instant from which the clinic is open for <paramref name="length"/> until <paramref name="until"/>.</summary>
    public DateTimeOffset Before(DateTimeOffset until, Duration length)
    {
        var end = Instant.FromDateTimeOffset(until);
        foreach (var hours in Days(Day(end), step: -1).SelectMany(day => _calendar.OpenOn(day).Reverse()))
        {
            var last = Instant.Min(hours.End, end);
            if (last <= hours.Start) continue;
            if (last - hours.Start >= length) return (last - length).ToDateTimeOffset();
            length -= last - hours.Start;
        }

        return (end - length).ToDateTimeOffset();
    }

    /// <summary>The <paramref name="count"/>th open day after the day of <paramref name="from"/>.</summary>
    public LocalDate OpenDay(DateTimeOffset from, int count)
    {
        var today = Day(Instant.FromDateTimeOffset(from));
        foreach (var day in Days(today.PlusDays(1)))
            if (On(day) is not null && --count == 0) return day;
        return today.PlusDays(count);
    }

    /// <summary>A time on a day, moved within the day's hours.</summary>
    public DateTimeOffset Within(LocalDate day, LocalTime time)
    {
        var wanted = day.At(time).InZoneLeniently(clinic.TimeZone).ToInstant();
        return (On(day) is { } hours ? Instant.Max(hours.Start, Instant.Min(hours.End - Duration.FromMinutes(30), wanted)) : wanted).ToDateTimeOffset();
    }

    public LocalDateTime Local(DateTimeOffset instant) => instant.InZone(clinic.TimeZone).LocalDateTime;

    // In order, or backward with a step of -1; none if the hours are unknown.
    private IEnumerable<LocalDate> Days(LocalDate first, int step = 1) =>
        AreKnown ? Enumerable.Range(0, FurthestDays).Select(day => first.PlusDays(day * step)) : [];

    private LocalDate Day(Instant instant) => instant.InZone(clinic.TimeZone).Date;
}
