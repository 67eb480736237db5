using System.Collections.Immutable;
using NodaTime;
using NodaTime.Text;

namespace Ketamine.Content.Reading;

/// <summary>Reads what clinic.yml says of single days: <c>holidays</c> and <c>notice</c>.</summary>
internal static class HolidayReader
{
    private static readonly LocalTimePattern Clock = LocalTimePattern.CreateWithInvariantCulture("H':'mm");

    /// <summary>Holidays in the order of their days.</summary>
    public static ImmutableArray<Holiday> Holidays(MapReader clinic)
    {
        var all = ImmutableArray.CreateBuilder<Holiday>();
        foreach (var map in clinic.Maps("holidays"))
        {
            if (Holiday(map) is not { } holiday) continue;
            if (all.FirstOrDefault(other => other.Days.Intersection(holiday.Days) is not null) is { } other)
                map.Wrong(map.Has("date") ? "date" : "from", $"{Shown(holiday.Days)}, which overlaps {Shown(other.Days)}", "each day in one entry");
            else all.Add(holiday);
        }

        return [.. all.OrderBy(holiday => holiday.Days.Start)];

        static string Shown(DateInterval days) => days.Length == 1 ? $"{days.Start:uuuu-MM-dd}" : $"{days.Start:uuuu-MM-dd} to {days.End:uuuu-MM-dd}";
    }

    /// <summary>The banner; null where clinic.yml has none. A day as <c>until</c> is its last.</summary>
    public static Notice? Notice(MapReader clinic, Diagnostics notes, ReadContext scope, DateTimeZone zone)
    {
        if (clinic.Map("notice") is not { } map) return null;
        map.Required("text", 500);
        var text = scope.Prose(map, "text", notes, "notice-");
        var from = map.Object<Moment>("from", DateParser.TryParseMoment!, DateParser.Moment);
        var until = map.Object<Moment>("until", DateParser.TryParseMoment!, DateParser.Moment);
        map.Close();
        var ends = until is { Instant: null } ? new Moment(until.Day.PlusDays(1), null) : until;
        var result = text is null ? null : new Notice(text, from?.In(zone), ends?.In(zone));
        if (result is not null && result.Until <= result.From) map.Wrong("until", "a time before from", "from or a later day");
        return result;
    }

    private static Holiday? Holiday(MapReader map)
    {
        var days = Days(map);
        var closed = map.Flag("closed");
        var (opens, closes) = (Time("opens"), Time("closes"));
        var note = map.Text("note", 100);
        if (closed && (map.Has("opens") || map.Has("closes"))) map.Wrong("closed", "closed, and hours too", "closed: true, or opens and closes");
        else if (!closed && !map.Has("opens") && !map.Has("closes")) map.Wrong("closed", "nothing", "closed: true, or opens and closes: one of them is required");
        else if (!closed && !(map.Has("opens") && map.Has("closes"))) map.Wrong(map.Has("opens") ? "closes" : "opens", "nothing", "both opens and closes");
        else if (closes <= opens) map.Wrong("closes", $"{closes:HH':'mm}, not after {opens:HH':'mm}", "a time after opens");
        map.Close();
        return days is null ? null : new Holiday(days, closed || opens is null || closes is null ? null : new OpenTimes(opens.Value, closes.Value), note);

        LocalTime? Time(string key) => map.Value<LocalTime>(key, TryParseTime, "a time in quotation marks, e.g. \"09:00\"");
    }

    private static DateInterval? Days(MapReader map)
    {
        if (map.Has("date"))
        {
            if (map.Has("from") || map.Has("to")) map.Wrong("date", "a date, and from or to as well", "date for one day, from and to for several");
            return map.Value<LocalDate>("date", DateParser.TryParseDate, DateParser.Date) is { } day ? new DateInterval(day, day) : null;
        }

        var from = map.RequiredValue<LocalDate>("from", DateParser.TryParseDate, DateParser.Date);
        var to = map.RequiredValue<LocalDate>("to", DateParser.TryParseDate, DateParser.Date);
        if (from <= to) return from == default ? null : new DateInterval(from, to);
        if (map.Has("from") && map.Has("to")) map.Wrong("to", "a day before from", "from or a later day");
        return null;
    }

    private static bool TryParseTime(string text, out LocalTime time) => Clock.Parse(text).TryGetValue(default, out time);
}
