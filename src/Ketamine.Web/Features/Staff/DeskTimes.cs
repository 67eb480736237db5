using Ketamine.Content.Editing;
using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Staff;

/// <summary>How the desk writes times: short, in US English.</summary>
public static class DeskTimes
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    /// <summary>"2:05 pm", with a no-break space.</summary>
    public static string Clock(LocalTime time) => DateFormat.TwelveHour(time, English);

    /// <summary>
    /// "2:05 pm" on <paramref name="today"/>, "Mon 2:05 pm" within six days, and otherwise "Mon, Nov 30, 2:05 pm", with the year if it isn't this year.
    /// </summary>
    public static string When(LocalDateTime time, LocalDate today)
    {
        var clock = Clock(time.TimeOfDay);
        if (time.Date == today) return clock;
        return Math.Abs(Period.DaysBetween(today, time.Date)) < 7 ? $"{time.ToString("ddd", English)} {clock}" : $"{Day(time.Date, today)}, {clock}";
    }

    /// <summary>"5:00 pm today", "9:00 am tomorrow", and otherwise as <see cref="When"/>.</summary>
    public static string Soon(LocalDateTime time, LocalDate today) =>
        time.Date == today ? $"{Clock(time.TimeOfDay)} today"
        : time.Date == today.PlusDays(1) ? $"{Clock(time.TimeOfDay)} tomorrow"
        : When(time, today);

    /// <summary>"Mon, Nov 30", with the year if it isn't today's.</summary>
    public static string Day(LocalDate date, LocalDate today) => date.ToString(date.Year == today.Year ? "ddd, MMM d" : "ddd, MMM d, uuuu", English);

    /// <summary>"Tuesday, December 1".</summary>
    public static string LongDay(LocalDate date) => date.ToString("dddd, MMMM d", English);

    /// <summary>"December 1, 2026".</summary>
    public static string Date(LocalDate date) => date.ToString("MMMM d, uuuu", English);

    public static LocalDate MondayOf(LocalDate day) => day.DayOfWeek is IsoDayOfWeek.Monday ? day : day.Previous(IsoDayOfWeek.Monday);

    /// <summary>"3 h 40 min", "40 min", "less than a minute".</summary>
    public static string Length(Duration length)
    {
        var minutes = (long)Math.Floor(length.TotalMinutes);
        if (minutes < 1) return "less than a minute";
        var (hours, rest) = (minutes / 60, minutes % 60);
        return hours == 0 ? $"{rest} min" : rest == 0 ? $"{hours} h" : $"{hours} h {rest} min";
    }

    /// <summary>"10 seconds," "2 minutes." Rounded up, because it says how long to wait.</summary>
    public static string Wait(int seconds) => seconds < 60 ? ContentCheck.Count(seconds, "second") : ContentCheck.Count((seconds + 59) / 60, "minute");
}
