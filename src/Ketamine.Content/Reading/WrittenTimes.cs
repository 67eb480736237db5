namespace Ketamine.Content.Reading;

/// <summary>Days and times as people write them: "Mon-Fri", "weekdays", "5pm", "Mon-Thu 9-5, Fri 9-1".</summary>
public static partial class WrittenTimes
{
    public static readonly ImmutableArray<string> Days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    private static readonly Dictionary<string, int> DayNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["m"] = 0,
        ["mo"] = 0,
        ["mon"] = 0,
        ["monday"] = 0,
        ["mondays"] = 0,
        ["tu"] = 1,
        ["tue"] = 1,
        ["tues"] = 1,
        ["tuesday"] = 1,
        ["tuesdays"] = 1,
        ["w"] = 2,
        ["we"] = 2,
        ["wed"] = 2,
        ["weds"] = 2,
        ["wednesday"] = 2,
        ["wednesdays"] = 2,
        ["th"] = 3,
        ["thu"] = 3,
        ["thur"] = 3,
        ["thurs"] = 3,
        ["thursday"] = 3,
        ["thursdays"] = 3,
        ["f"] = 4,
        ["fr"] = 4,
        ["fri"] = 4,
        ["friday"] = 4,
        ["fridays"] = 4,
        ["sa"] = 5,
        ["sat"] = 5,
        ["saturday"] = 5,
        ["saturdays"] = 5,
        ["su"] = 6,
        ["sun"] = 6,
        ["sunday"] = 6,
        ["sundays"] = 6,
    };

    /// <summary>One day or several: "Monday", "Mon-Fri", "mon, wed and fri", "weekdays", "daily".</summary>
    public static bool TryParseDays(string text, out ImmutableArray<IsoDayOfWeek> days)
    {
        days = [];
        var found = new SortedSet<int>();
        foreach (var part in Between().Split(Simple(text)).Where(part => part.Length > 0))
        {
            if (part is "daily" or "every day" or "all days" or "7 days a week") found.UnionWith(Enumerable.Range(0, 7));
            else if (part is "weekdays" or "weekday") found.UnionWith(Enumerable.Range(0, 5));
            else if (part is "weekends" or "weekend") found.UnionWith([5, 6]);
            else if (Range().Match(part) is { Success: true } range)
            {
                if (!Day(range.Groups[1].Value, out var first) || !Day(range.Groups[2].Value, out var last)) return false;
                for (var day = first; ; day = (day + 1) % 7)
                {
                    found.Add(day);
                    if (day == last) break;
                }
            }
            else if (Day(part, out var one)) found.Add(one);
            else return false;
        }

        days = [.. found.Select(day => (IsoDayOfWeek)(day + 1))];
        return !days.IsEmpty;
    }

    /// <summary>Two times: "9-5", "9am to 5pm", "09:00–17:00". An end that would be before the start is in the afternoon.</summary>
    public static bool TryParseSpan(string text, out LocalTime from, out LocalTime to)
    {
        (from, to) = (default, default);
        return Span().Match(Simple(text)) is { Success: true } span && TryParse(span.Groups[1].Value, out var first, out var firstSure)
            && TryParse(span.Groups[2].Value, out var last, out var lastSure) && Settle(first, firstSure, last, lastSure, out from, out to);
    }

    /// <summary>Settles two times. Without am or pm, an opening before 7 and a closing before the opening are in the afternoon.</summary>
    public static bool Settle(LocalTime first, bool firstSure, LocalTime last, bool lastSure, out LocalTime from, out LocalTime to)
    {
        (from, to) = (first, last);
        // "1-5pm": pm applies to the start too.
        if (!firstSure && lastSure && last.Hour > 12 && first.Hour is >= 1 and < 12 && first.PlusHours(12) < last && first.Hour < 7) from = first.PlusHours(12);
        if (!firstSure && !lastSure && first.Hour is >= 1 and < 7) from = first.PlusHours(12);
        if (!lastSure && to <= from && to.Hour is >= 1 and < 12) to = to.PlusHours(12);
        return to > from;
    }

    /// <summary>Complete opening hours: "Mon-Thu 9-5, Fri 9-1; Sat closed". If a piece can't be read, returns false and that piece.</summary>
    public static bool TryParseHours(string text, out ImmutableArray<OpeningHours> hours, out string unread)
    {
        var found = ImmutableArray.CreateBuilder<OpeningHours>();
        (hours, unread) = ([], "");
        foreach (var piece in Pieces(text))
        {
            if (Closed().IsMatch(piece)) continue;
            var start = Time().Match(piece);
            if (!start.Success
                || !TryParseDays(piece[..start.Index].Trim(' ', ':', ','), out var days)
                || !TryParseSpan(piece[start.Index..], out var from, out var to))
            {
                unread = piece;
                return false;
            }

            found.Add(new OpeningHours(days, from, to));
        }

        hours = found.ToImmutable();
        return hours.Length > 0;
    }

    public static string Name(IsoDayOfWeek day) => Days[(int)day - 1];

    public static string Quoted(LocalTime time) => string.Create(CultureInfo.InvariantCulture, $"\"{time.Hour:00}:{time.Minute:00}\"");

    /// <summary>In the form of clinic.yml: "[mon, tue]".</summary>
    public static string List(IEnumerable<IsoDayOfWeek> days) => $"[{string.Join(", ", days.Select(Name))}]";

    // Commas separate both days and entries: a piece ends where days follow times.
    private static IEnumerable<string> Pieces(string text)
    {
        var piece = "";
        var parts = Simple(text)
            .Split([',', ';', '\n', '|'], StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Trim())
            .Where(part => part.Length > 0);
        foreach (var part in parts)
        {
            piece = piece.Length == 0 ? part : $"{piece}, {part}";
            if (!Time().IsMatch(part) && !Closed().IsMatch(part)) continue;
            yield return piece;
            piece = "";
        }

        if (piece.Length > 0) yield return piece;
    }

    private static bool Day(string text, out int day) => DayNames.TryGetValue(text.Trim().TrimEnd('.'), out day);

    /// <summary>"09:00", "9", "9am", "5:30 p.m.", "noon". Without am or pm, it uses the 24-hour clock.</summary>
    /// <param name="sure">Whether it says am or pm, or can only mean one of them.</param>
    public static bool TryParse(string text, out LocalTime time, out bool sure)
    {
        (time, sure) = (default, true);
        var plain = Simple(text);
        if (plain is "noon" or "12 noon") return Take(12, 0, out time);
        if (plain is "midnight") return Take(0, 0, out time);
        if (Clock().Match(plain) is not { Success: true } clock) return false;
        var hour = int.Parse(clock.Groups[1].Value, CultureInfo.InvariantCulture);
        var minute = clock.Groups[2].Success ? int.Parse(clock.Groups[2].Value, CultureInfo.InvariantCulture) : 0;
        var half = clock.Groups[3].Value;
        // "09:00" and "17:00" use the 24-hour clock; "9" and "5:30" could be either.
        sure = half.Length > 0 || hour is 0 or > 12 || clock.Groups[1].Value.StartsWith('0');
        if (half.Length > 0 && hour is < 1 or > 12) return false;
        if (half.StartsWith('p') && hour < 12) hour += 12;
        else if (half.StartsWith('a') && hour == 12) hour = 0;
        return Take(hour, minute, out time);

        static bool Take(int hour, int minute, out LocalTime time)
        {
            time = default;
            if (hour > 23 || minute > 59) return false;
            time = new LocalTime(hour, minute);
            return true;
        }
    }

    private static string Simple(string text) => Space().Replace(Dash().Replace(text.ToLowerInvariant(), "-"), " ").Trim();

    [GeneratedRegex("[‐‑‒–—−]")]
    private static partial Regex Dash();

    [GeneratedRegex(@"[ \t\u00a0]+")]
    private static partial Regex Space();

    [GeneratedRegex(@"\s*(?:,|;|&|\band\b|/)\s*")]
    private static partial Regex Between();

    [GeneratedRegex(@"^([a-z]+)\.?\s*(?:-|\bto\b|\bthrough\b|\bthru\b)\s*([a-z]+)\.?$")]
    private static partial Regex Range();

    [GeneratedRegex(@"\d|\bnoon\b|\bmidnight\b")]
    private static partial Regex Time();

    [GeneratedRegex(@"\bclosed\b")]
    private static partial Regex Closed();

    [GeneratedRegex(@"^(?:from )?(\d[\d:.]*\s*(?:[ap]\.?m?\.?)?|noon)\s*(?:-|to|until|till)\s*(\d[\d:.]*\s*(?:[ap]\.?m?\.?)?|noon|midnight)$")]
    private static partial Regex Span();

    [GeneratedRegex(@"^(\d{1,2})(?:[:.](\d{2}))?\s*([ap])?\.?(?:m\.?)?$")]
    private static partial Regex Clock();
}
