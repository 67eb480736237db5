using System.Globalization;
using Ketamine.Web.Content;
using Microsoft.Extensions.Localization;
using NodaTime;

namespace Ketamine.Web.Leads;

/// <summary>Writes an instant in the clinic's zone as people say it, in the current culture.</summary>
public static class LeadTimes
{
    /// <summary>"today at 5:00 pm", "tomorrow at 5:00 pm", else "Tuesday, November 24 at 5:00 pm".</summary>
    public static string Soon(this IStringLocalizer<Words> words, DateTimeOffset instant, DateTimeOffset now, DateTimeZone zone)
    {
        var then = Instant.FromDateTimeOffset(instant).InZone(zone);
        var today = Instant.FromDateTimeOffset(now).InZone(zone).Date;
        var day = then.Date == today ? words["today"].Value
            : then.Date == today.PlusDays(1) ? words["tomorrow"].Value
            : then.Date.ToString(words["dddd, MMMM d"].Value, CultureInfo.CurrentCulture);
        return words["{0} at {1}", day, Clock(then.TimeOfDay)];
    }

    /// <summary>"5:00 pm", as the culture writes it.</summary>
    public static string Clock(LocalTime time) =>
        time.ToString("h:mm tt", CultureInfo.CurrentCulture).Replace("AM", "am", StringComparison.Ordinal).Replace("PM", "pm", StringComparison.Ordinal);
}
