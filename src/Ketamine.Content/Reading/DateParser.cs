using System.Diagnostics.CodeAnalysis;
using NodaTime.Text;

namespace Ketamine.Content.Reading;

/// <summary>A date, or a date with a time and offset, from a file.</summary>
/// <param name="Day">The day. It means the day's first instant in the clinic's zone, unless <paramref name="Instant"/> is given.</param>
public sealed record Moment(LocalDate Day, Instant? Instant)
{
    // If midnight occurs twice, the first; if it is skipped, the instant after the gap. NodaTime's AtStartOfDay throws for a day that is skipped
    // entirely, such as December 30, 2011, in Samoa: such a day begins with the next.
    private static readonly NodaTime.TimeZones.ZoneLocalMappingResolver Beginning =
        NodaTime.TimeZones.Resolvers.CreateMappingResolver(NodaTime.TimeZones.Resolvers.ReturnEarlier, NodaTime.TimeZones.Resolvers.ReturnStartOfIntervalAfter);

    public DateTimeOffset In(DateTimeZone zone) => (Instant ?? zone.ResolveLocal(Day.AtMidnight(), Beginning).ToInstant()).ToDateTimeOffset();
}

/// <summary>Dates in the folder, in ISO 8601.</summary>
public static class DateParser
{
    public const string Date = "a date, e.g. 2026-03-14";
    public const string Moment = "a date, e.g. 2026-03-14, or 2026-03-14T09:00-06:00 with a time";
    private static readonly OffsetDateTimePattern Minutes = OffsetDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mmo<Z+HH:mm>");

    // Unambiguous formats only. 3/4/2026 is March in one country and April in another, so it is reported.
    private static readonly LocalDatePattern[] Written =
    [
        .. new[]
        {
            "uuuu'-'M'-'d", "uuuu'/'M'/'d", "uuuu'.'M'.'d", "MMMM d, uuuu", "MMMM d uuuu", "MMM d, uuuu", "MMM d uuuu", "d MMMM uuuu",
            "d MMM uuuu", "dddd, MMMM d, uuuu",
        }.Select(LocalDatePattern.CreateWithInvariantCulture),
    ];

    public static bool TryParseDate(string text, out LocalDate date) => TryReadDate(text, out date) && IsPlausible(date);

    // Another year is a typo: an article of 2226 would never appear.
    private static bool IsPlausible(LocalDate date) => date.Year is >= 1900 and <= 2200;

    private static bool TryReadDate(string text, out LocalDate date)
    {
        if (LocalDatePattern.Iso.Parse(text).TryGetValue(default, out date)) return true;
        var plain = text.Replace(".", "", StringComparison.Ordinal).Replace("Sept ", "Sep ", StringComparison.OrdinalIgnoreCase).Trim();
        foreach (var pattern in Written)
            if (pattern.Parse(plain).TryGetValue(default, out date) || pattern.Parse(text.Trim()).TryGetValue(default, out date))
                return true;
        return false;
    }

    /// <summary>The likely meaning of a rejected date. 3/14/2026 and 3/4/2026 are read month first; a date without a year has no suggestion.</summary>
    public static string? Suggest(string text)
    {
        foreach (var pattern in new[] { "M'/'d'/'uuuu", "M'-'d'-'uuuu", "d'.'M'.'uuuu", "d'/'M'/'uuuu", "M'/'d'/'uu" })
            if (LocalDatePattern.CreateWithInvariantCulture(pattern).Parse(text.Trim()).TryGetValue(default, out var date)) return Iso(date);
        if (text.Length > 10 && TryParseDate(text[..10], out var day)) return Iso(day);
        return Numbers.Match(text.Trim()) is { Success: true } written ? LastOfMonth(written) : null;
    }

    // February 30 or 31/11/2026: a day that the month doesn't have.
    private static string? LastOfMonth(Match written)
    {
        int[] numbers = [.. written.Groups.Values.Skip(1).Where(group => group.Success).Select(group => int.Parse(group.Value, CultureInfo.InvariantCulture))];
        var (year, month, day) = written.Groups[1].Success ? (numbers[0], numbers[1], numbers[2])
            : numbers[0] > 12 ? (numbers[2], numbers[1], numbers[0])
            : (numbers[2], numbers[0], numbers[1]);
        if (year is < 1900 or > 2200 || month is < 1 or > 12 || day is < 29 or > 31) return null;
        var last = new LocalDate(year, month, 1).PlusMonths(1).PlusDays(-1);
        return $"{Iso(last)} ({last.ToString("MMMM uuuu", CultureInfo.InvariantCulture)} has {last.Day} days)";
    }

    private static readonly Regex Numbers = new(
        @"^(?:([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})|([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}))$",
        RegexOptions.CultureInvariant);

    /// <summary>A key's date; null if there is none or it can't be read, which is noted.</summary>
    internal static LocalDate? Day(this MapReader map, string key) =>
        map.Value<LocalDate>(key, TryReadDate, Date, Suggest) is { } day && IsPlausible(map, key, day) ? day : null;

    /// <inheritdoc cref="Day"/>
    internal static LocalDate RequiredDay(this MapReader map, string key)
    {
        var day = map.RequiredValue<LocalDate>(key, TryReadDate, Date, Suggest);
        return day == default || IsPlausible(map, key, day) ? day : default;
    }

    /// <inheritdoc cref="Day"/>
    internal static Moment? Time(this MapReader map, string key) =>
        map.Object<Moment>(key, TryReadMoment!, Moment, Suggest) is { } moment && IsPlausible(map, key, moment.Day) ? moment : null;

    /// <inheritdoc cref="Day"/>
    internal static Moment? RequiredTime(this MapReader map, string key) =>
        map.RequiredValue<Moment>(key, TryReadMoment!, Moment, Suggest) is { } moment && IsPlausible(map, key, moment.Day) ? moment : null;

    private static bool IsPlausible(MapReader map, string key, LocalDate date)
    {
        if (IsPlausible(date)) return true;
        var meant = new LocalDate(2000 + date.Year % 100, date.Month, Math.Min(date.Day, 28)).PlusDays(date.Day - Math.Min(date.Day, 28));
        map.Wrong(key, $"{Iso(date)} is too far {(date.Year > 2200 ? "in the future" : "in the past")}; did you mean {meant.Year}?", $"{key}: {Iso(meant)}");
        return false;
    }

    public static string Iso(LocalDate date) => LocalDatePattern.Iso.Format(date);

    public static bool TryParseMoment(string text, [NotNullWhen(true)] out Moment moment)
    {
        if (TryReadMoment(text, out moment!) && IsPlausible(moment.Day)) return true;
        moment = null!;
        return false;
    }

    private static bool TryReadMoment(string text, [NotNullWhen(true)] out Moment? moment)
    {
        moment = null;
        if (TryReadDate(text, out var day)) moment = new Moment(day, null);
        else if (OffsetDateTimePattern.Rfc3339.Parse(text).TryGetValue(default, out var time) || Minutes.Parse(text).TryGetValue(default, out time))
            moment = new Moment(time.Date, time.ToInstant());
        return moment is not null;
    }
}
