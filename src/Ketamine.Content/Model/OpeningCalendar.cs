namespace Ketamine.Content.Model;

/// <summary>Days with special hours: <c>holidays</c> in clinic.yml.</summary>
/// <param name="Days">Both ends included.</param>
/// <param name="Hours">The clinic's local hours on each of the days; null: closed.</param>
/// <param name="Note">The reason, as patients read it: "Thanksgiving".</param>
public sealed record Holiday(DateInterval Days, OpenTimes? Hours, string? Note);

/// <summary>From opening to closing on one day, in the clinic's local time.</summary>
public readonly record struct OpenTimes(LocalTime Opens, LocalTime Closes);

/// <summary>
/// When a location is open: its weekly hours, overridden by holidays, in the clinic's time zone. The footer, contact page, booking, answer deadlines,
/// structured data, and "open now" all use this calendar, so they can't contradict one another.
/// </summary>
public sealed class OpeningCalendar(ImmutableArray<OpeningHours> weekly, ImmutableArray<Holiday> holidays, DateTimeZone zone)
{
    // After a closure longer than this, there is no next opening worth showing.
    private const int FurthestDays = 400;

    /// <summary>An ordinary week.</summary>
    public ImmutableArray<OpeningHours> Weekly => weekly;

    /// <summary>In the order of their days, which never overlap.</summary>
    public ImmutableArray<Holiday> Holidays => holidays;

    /// <summary>A day's holiday; null on an ordinary day.</summary>
    public Holiday? HolidayOn(LocalDate day) => holidays.FirstOrDefault(holiday => holiday.Days.Contains(day));

    /// <summary>The hours of one day, in order; empty when closed.</summary>
    public ImmutableArray<OpenTimes> HoursOf(LocalDate day) => HolidayOn(day) is { } holiday
        ? holiday.Hours is { } hours ? [hours] : []
        : [.. weekly.Where(entry => entry.Days.Contains(day.DayOfWeek)).Select(entry => new OpenTimes(entry.Opens, entry.Closes)).Order(ByOpening)];

    /// <summary>
    /// The intervals of one day during which the location is open. A time that a clock change skips moves to the change; a time that occurs twice means
    /// the first.
    /// </summary>
    public IEnumerable<Interval> OpenOn(LocalDate day) => HoursOf(day)
        .Select(hours => (Start: day.At(hours.Opens).InZoneLeniently(zone).ToInstant(), End: day.At(hours.Closes).InZoneLeniently(zone).ToInstant()))
        .Where(stretch => stretch.Start < stretch.End).Select(stretch => new Interval(stretch.Start, stretch.End));

    /// <summary>All intervals in order, beginning with the one that contains <paramref name="from"/>, or the next.</summary>
    public IEnumerable<Interval> OpenFrom(Instant from) => Days(from.InZone(zone).Date).SelectMany(OpenOn).Where(stretch => stretch.End > from);

    /// <summary>Current and upcoming holidays within the given number of days, nearest first.</summary>
    public IEnumerable<Holiday> Upcoming(LocalDate today, int days) =>
        holidays.Where(holiday => holiday.Days.End >= today && holiday.Days.Start <= today.PlusDays(days));

    private static IEnumerable<LocalDate> Days(LocalDate first) => Enumerable.Range(0, FurthestDays).Select(first.PlusDays);

    private static Comparer<OpenTimes> ByOpening { get; } = Comparer<OpenTimes>.Create((a, b) => a.Opens.CompareTo(b.Opens));
}

/// <summary>An announcement above every page, e.g. of a storm or a move.</summary>
/// <param name="Text">Inline Markdown or a short paragraph.</param>
/// <param name="From">Shown from this instant on; null from now.</param>
/// <param name="Until">Not shown from this instant on; null to show it until it is removed from clinic.yml.</param>
public sealed record Notice(Prose Text, DateTimeOffset? From, DateTimeOffset? Until)
{
    /// <summary>Whether visitors see it.</summary>
    public bool IsShownAt(DateTimeOffset instant) => !(instant < From) && !(instant >= Until);
}
