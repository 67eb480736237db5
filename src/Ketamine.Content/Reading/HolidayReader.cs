using NodaTime.Text;

namespace Ketamine.Content.Reading;

/// <summary>Reads the <c>holidays</c> and <c>notice</c> sections of clinic.yml.</summary>
internal static class HolidayReader
{
    private static readonly LocalTimePattern Clock = LocalTimePattern.CreateWithInvariantCulture("H':'mm");

    /// <summary>The holidays, by date.</summary>
    public static ImmutableArray<Holiday> Holidays(MapReader clinic)
    {
        var all = ImmutableArray.CreateBuilder<Holiday>();
        foreach (var map in clinic.Maps("holidays", "date: 2026-12-25"))
        {
            if (Holiday(map) is not { } holiday) continue;
            if (all.FirstOrDefault(other => other.Days.Intersection(holiday.Days) is not null) is { } other)
                map.Wrong(
                    map.Has("date") ? "date" : "from",
                    $"{Shown(holiday.Days)} overlaps {Shown(other.Days)}",
                    "a single entry for these days; remove the other");
            else all.Add(holiday);
        }

        return [.. all.OrderBy(holiday => holiday.Days.Start)];

        static string Shown(DateInterval days) => days.Length == 1 ? $"{days.Start:uuuu-MM-dd}" : $"{days.Start:uuuu-MM-dd} to {days.End:uuuu-MM-dd}";
    }

    /// <summary>The banner; null if clinic.yml has none. If <c>until</c> is a day, that is the last day.</summary>
    public static Notice? Notice(MapReader clinic, Diagnostics notes, ReadContext scope, DateTimeZone zone)
    {
        if (clinic.Map("notice") is not { } map) return null;
        map.Required("text", 500);
        var text = scope.Prose(map, "text", notes, "notice-");
        var from = map.Time("from");
        var until = map.Time("until");
        map.Close();
        var ends = until is { Instant: null } ? new Moment(until.Day.PlusDays(1), null) : until;
        var result = text is null ? null : new Notice(text, from?.In(zone), ends?.In(zone));
        if (result is not null && result.Until <= result.From)
            map.Wrong("until", "it is before from, so the notice would never be shown", $"until: {from?.Day:uuuu-MM-dd}, or a later day");
        return result;
    }

    private static Holiday? Holiday(MapReader map)
    {
        var days = Days(map);
        var closed = map.Flag("closed");
        var (opens, closes) = (Time("opens"), Time("closes"));
        var note = map.Text("note", 100);
        if (closed && (map.Has("opens") || map.Has("closes")))
            map.Wrong("closed", "the clinic can't be closed and have hours", "closed: true (and remove opens and closes)");
        else if (!closed && !map.Has("opens") && !map.Has("closes"))
        {
            // Without a day, the entry is something else, which is reported itself.
            if (days is not null) map.Wrong("closed", "this day has neither closed nor hours", "closed: true");
        }
        else if (!closed && !(map.Has("opens") && map.Has("closes")))
            map.Wrong(map.Has("opens") ? "closes" : "opens", "missing", map.Has("opens") ? "closes: \"17:00\"" : "opens: \"09:00\"");
        else if (closes <= opens)
            map.Wrong("closes", $"\"{closes:HH':'mm}\" is not after opens, \"{opens:HH':'mm}\"", $"closes: a time after \"{opens:HH':'mm}\"");
        map.Close();
        return days is null ? null : new Holiday(days, closed || opens is null || closes is null ? null : new OpenTimes(opens.Value, closes.Value), note);

        LocalTime? Time(string key) => map.Value<LocalTime>(key, TryParseTime, "a time of day, e.g. \"09:00\"");
    }

    private static DateInterval? Days(MapReader map)
    {
        if (map.Has("date"))
        {
            if (map.Has("from") || map.Has("to")) map.Wrong("date", "it has both a single day and a range", "date: for one day, or from: and to: for several");
            return map.Day("date") is { } day ? new DateInterval(day, day) : null;
        }

        var from = map.RequiredDay("from");
        var to = map.RequiredDay("to");
        if (from <= to) return from == default ? null : new DateInterval(from, to);
        if (map.Has("from") && map.Has("to")) map.Wrong("to", $"{to:uuuu-MM-dd} is before from, {from:uuuu-MM-dd}", $"to: {from:uuuu-MM-dd}, or a later day");
        return null;
    }

    private static bool TryParseTime(string text, out LocalTime time) => Clock.Parse(text).TryGetValue(default, out time);
}
