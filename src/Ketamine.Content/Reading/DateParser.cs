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
    public const string Moment = "a date, e.g. 2026-03-14, or with a time and offset, e.g. 2026-03-14T09:00-06:00";
    public const string Time = "a time in quotation marks, e.g. \"09:00\"";

    private static readonly OffsetDateTimePattern Minutes = OffsetDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mmo<Z+HH:mm>");

    public static bool TryParseDate(string text, out LocalDate date) =>
        LocalDatePattern.Iso.Parse(text).TryGetValue(default, out date) && date.Year is >= 1900 and <= 2200;

    public static bool TryParseMoment(string text, [NotNullWhen(true)] out Moment moment)
    {
        moment = null!;
        if (TryParseDate(text, out var day)) moment = new Moment(day, null);
        else if ((OffsetDateTimePattern.Rfc3339.Parse(text).TryGetValue(default, out var time) || Minutes.Parse(text).TryGetValue(default, out time)) && time.Year is >= 1900 and <= 2200)
            moment = new Moment(time.Date, time.ToInstant());
        return moment is not null;
    }

    public static bool TryParseTime(string text, out LocalTime time) =>
        LocalTimePattern.CreateWithInvariantCulture("H':'mm").Parse(text).TryGetValue(default, out time);
}
