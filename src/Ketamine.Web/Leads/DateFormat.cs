namespace Ketamine.Web.Leads;

/// <summary>Formats days and hours the way the clinic's readers write them.</summary>
public static class DateFormat
{
    /// <summary>The culture's long date without the day of the week: "March 14, 2026", "14 de marzo de 2026".</summary>
    public static string Pattern(CultureInfo culture) =>
        culture.DateTimeFormat.LongDatePattern.Replace("dddd", "", StringComparison.Ordinal).Trim(' ', ',', '.');

    /// <summary>"9:00 am" in cultures with a 12-hour clock, "09:00" elsewhere.</summary>
    public static string Time(LocalTime time, CultureInfo culture) => culture.DateTimeFormat.ShortTimePattern.Contains('h')
        ? TwelveHour(time, culture)
        : time.ToString("HH:mm", culture);

    /// <summary>"9:00 am", with no-break spaces, so that "am" never begins a line.</summary>
    public static string TwelveHour(LocalTime time, CultureInfo culture) =>
        $"{time.ToString("h:mm", culture)}\u00a0{time.ToString("tt", culture).ToLower(culture).Replace(' ', '\u00a0')}";

    /// <summary>"9 am" for a full hour in cultures with a 12-hour clock; otherwise like <see cref="Time"/>.</summary>
    private static string Hour(LocalTime time, CultureInfo culture) =>
        time.Minute == 0 ? Time(time, culture).Replace(":00\u00a0", "\u00a0", StringComparison.Ordinal) : Time(time, culture);

    /// <summary>"9 am – 5 pm". The dash never begins a line.</summary>
    public static string Hours(LocalTime opens, LocalTime closes, CultureInfo culture) => $"{Hour(opens, culture)}\u00a0– {Hour(closes, culture)}";

    /// <summary>"Thu, Nov 26": a day in the coming weeks, without the year.</summary>
    public static string Near(LocalDate day, CultureInfo culture)
    {
        var month = culture.DateTimeFormat.MonthDayPattern.Replace("MMMM", "MMM", StringComparison.Ordinal);
        return day.ToDateTimeUnspecified().ToString("ddd, " + month, culture);
    }

    /// <summary>
    /// Opening hours in the order of the week, with consecutive days of the same hours combined:
    /// "Mon to Thu" with "9 am – 5 pm".
    /// </summary>
    public static ImmutableArray<(string Days, string Hours)> Grouped(
        ImmutableArray<OpeningHours> hours, CultureInfo culture, IStringLocalizer<SiteStrings> words)
    {
        var groups = new List<(int First, int Last, string Hours)>();
        for (var day = (int)IsoDayOfWeek.Monday; day <= (int)IsoDayOfWeek.Sunday; day++)
        {
            var open = hours.Where(entry => entry.Days.Contains((IsoDayOfWeek)day)).OrderBy(entry => entry.Opens)
                .Select(entry => Hours(entry.Opens, entry.Closes, culture)).ToList();
            if (open.Count == 0) continue;
            var text = string.Join(", ", open);
            if (groups is [.., var last] && last.Last == day - 1 && last.Hours == text) groups[^1] = (last.First, day, text);
            else groups.Add((day, day, text));
        }

        return [.. groups.Select(group => (Days(group.First, group.Last), group.Hours))];

        string Days(int first, int last) => (last - first) switch
        {
            0 => Name(first, culture.DateTimeFormat.DayNames),
            1 => words["{0} and {1}", Short(first), Short(last)],
            _ => words["{0} to {1}", Short(first), Short(last)],
        };
        string Short(int day) => Name(day, culture.DateTimeFormat.AbbreviatedDayNames).TrimEnd('.');
        string Name(int day, string[] names)
        {
            var name = names[day % 7];
            return char.ToUpper(name[0], culture) + name[1..];
        }
    }

    /// <summary>Opening hours in one line, "Mon to Thu 9 am – 5 pm; Friday 9 am – 2 pm"; empty if the clinic states none.</summary>
    public static string InOneLine(ImmutableArray<OpeningHours> hours, CultureInfo culture, IStringLocalizer<SiteStrings> words) =>
        string.Join("; ", Grouped(hours, culture, words).Select(group => $"{group.Days} {group.Hours}"));
}
