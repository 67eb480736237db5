namespace Ketamine.Web.Leads;

/// <summary>Formats times in the clinic's time zone the way people say them, in the current culture.</summary>
public static class LeadTimes
{
    /// <summary>"5:00 pm on Tuesday, November 24," for an email, which may be read days after it was written. Fits after "by".</summary>
    public static string OnDay(this IStringLocalizer<SiteStrings> words, DateTimeOffset instant, DateTimeZone zone)
    {
        var then = instant.InZone(zone);
        return words["{0} on {1}", Clock(then.TimeOfDay), then.Date.ToString(words["dddd, MMMM d"].Value, CultureInfo.CurrentCulture)];
    }

    /// <summary>For a page, which is read at once: "5:00 pm today", "5:00 pm tomorrow", or "5:00 pm on Tuesday, November 24". Fits after "by".</summary>
    public static string Soon(this IStringLocalizer<SiteStrings> words, DateTimeOffset instant, DateTimeOffset now, DateTimeZone zone)
    {
        var then = instant.InZone(zone);
        var today = now.InZone(zone).Date;
        var clock = Clock(then.TimeOfDay);
        return then.Date == today ? words["{0} today", clock]
            : then.Date == today.PlusDays(1) ? words["{0} tomorrow", clock]
            : words.OnDay(instant, zone);
    }

    /// <summary>"5:00 pm", as the current culture writes it, with no-break spaces, so that "pm" never begins a line.</summary>
    public static string Clock(LocalTime time) => DateFormat.TwelveHour(time, CultureInfo.CurrentCulture);
}
