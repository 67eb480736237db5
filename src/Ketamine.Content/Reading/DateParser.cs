using System.Diagnostics.CodeAnalysis;
using NodaTime;
using NodaTime.Text;

namespace Ketamine.Content.Reading;

/// <summary>A date, or a date with a time and offset, as a file gives it.</summary>
/// <param name="Day">The day; its first instant in the clinic's zone is meant, unless <paramref name="Instant"/> is given.</param>
public sealed record Moment(LocalDate Day, Instant? Instant)
{
    // Of a midnight that comes twice, the first; of one that is skipped, what follows it. NodaTime's own AtStartOfDay refuses a day that is
    // skipped whole, as Samoa's 30 December 2011: such a day begins with the next.
    private static readonly NodaTime.TimeZones.ZoneLocalMappingResolver Beginning =
        NodaTime.TimeZones.Resolvers.CreateMappingResolver(NodaTime.TimeZones.Resolvers.ReturnEarlier, NodaTime.TimeZones.Resolvers.ReturnStartOfIntervalAfter);

    public DateTimeOffset In(DateTimeZone zone) => (Instant ?? zone.ResolveLocal(Day.AtMidnight(), Beginning).ToInstant()).ToDateTimeOffset();
}

/// <summary>ISO 8601 as the folder writes it.</summary>
public static class DateParser
{
    public const string Date = "a date, e.g. 2026-03-14";
    public const string Moment = "a date, e.g. 2026-03-14, or 2026-03-14T09:00-06:00 with a time";
    private static readonly OffsetDateTimePattern Minutes = OffsetDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mmo<Z+HH:mm>");

    // What can be read in one way only. 3/4/2026 is March in one country and April in the next, and is asked about.
    private static readonly LocalDatePattern[] Written =
    [
        .. new[]
        {
            "uuuu'-'M'-'d", "uuuu'/'M'/'d", "uuuu'.'M'.'d", "MMMM d, uuuu", "MMMM d uuuu", "MMM d, uuuu", "MMM d uuuu", "d MMMM uuuu",
            "d MMM uuuu", "dddd, MMMM d, uuuu",
        }.Select(LocalDatePattern.CreateWithInvariantCulture),
    ];

    public static bool TryParseDate(string text, out LocalDate date)
    {
        if (LocalDatePattern.Iso.Parse(text).TryGetValue(default, out date)) return date.Year is >= 1900 and <= 2200;
        var plain = text.Replace(".", "", StringComparison.Ordinal).Replace("Sept ", "Sep ", StringComparison.OrdinalIgnoreCase).Trim();
        foreach (var pattern in Written)
            if (pattern.Parse(plain).TryGetValue(default, out date) || pattern.Parse(text.Trim()).TryGetValue(default, out date))
                return date.Year is >= 1900 and <= 2200;
        return false;
    }

    /// <summary>What a date that can't be taken may mean: of 3/14/2026 and 3/4/2026, month first; of one without a year, nothing.</summary>
    public static string? Suggest(string text)
    {
        foreach (var pattern in new[] { "M'/'d'/'uuuu", "M'-'d'-'uuuu", "d'.'M'.'uuuu", "d'/'M'/'uuuu", "M'/'d'/'uu" })
            if (LocalDatePattern.CreateWithInvariantCulture(pattern).Parse(text.Trim()).TryGetValue(default, out var date)) return Iso(date);
        return text.Length > 10 && TryParseDate(text[..10], out var day) ? Iso(day) : null;
    }

    /// <summary>A key's date; null where the map has none, or one that can't be read, which is noted.</summary>
    internal static LocalDate? Day(this MapReader map, string key) => map.Value<LocalDate>(key, TryParseDate, Date, Suggest);

    /// <inheritdoc cref="Day"/>
    internal static LocalDate RequiredDay(this MapReader map, string key) => map.RequiredValue<LocalDate>(key, TryParseDate, Date, Suggest);

    public static string Iso(LocalDate date) => LocalDatePattern.Iso.Format(date);

    public static bool TryParseMoment(string text, [NotNullWhen(true)] out Moment moment)
    {
        moment = null!;
        if (TryParseDate(text, out var day)) moment = new Moment(day, null);
        else if (
            (OffsetDateTimePattern.Rfc3339.Parse(text).TryGetValue(default, out var time) || Minutes.Parse(text).TryGetValue(default, out time))
            && time.Year is >= 1900 and <= 2200
        )
            moment = new Moment(time.Date, time.ToInstant());
        return moment is not null;
    }
}
