using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Consultations;

/// <summary>Formats the time of a call for pages, emails, and staff lists, so it reads the same everywhere.</summary>
public static class CallStrings
{
    /// <summary>"Tuesday, November 24"</summary>
    public static string Day(this IStringLocalizer<SiteStrings> words, CallTime time) =>
        time.Start.Date.ToString(words["dddd, MMMM d"].Value, CultureInfo.CurrentCulture);

    /// <summary>"Tue", short enough for a row of days.</summary>
    public static string Weekday(this IStringLocalizer<SiteStrings> words, LocalDate day) => day.ToString("ddd", CultureInfo.CurrentCulture).TrimEnd('.');

    /// <summary>"Nov"</summary>
    public static string Month(this IStringLocalizer<SiteStrings> words, LocalDate day) => day.ToString("MMM", CultureInfo.CurrentCulture).TrimEnd('.');

    /// <summary>"10:00 am"</summary>
    public static string Hour(CallTime time) => LeadTimes.Clock(time.Start.TimeOfDay);

    /// <summary>"Tue, Nov 24, 10:00 am": one line on a phone.</summary>
    public static string Shortly(CallTime time) => $"{DateFormat.Near(time.Start.Date, CultureInfo.CurrentCulture)}, {Hour(time)}";

    /// <summary>"Tuesday, November 24 at 10:00 am (Mountain Standard Time)"</summary>
    public static string Whole(this IStringLocalizer<SiteStrings> words, CallTime time) => Whole(words, words.Day(time), time);

    /// <summary>Like <see cref="Whole(IStringLocalizer{SiteStrings}, CallTime)"/>, with the year if it isn't the current one.</summary>
    public static string Whole(this IStringLocalizer<SiteStrings> words, CallTime time, LocalDate today)
    {
        var day = time.Start.Date;
        return Whole(words, day.Year == today.Year ? words.Day(time) : day.ToString(words["dddd, MMMM d, yyyy"].Value, CultureInfo.CurrentCulture), time);
    }

    private static string Whole(IStringLocalizer<SiteStrings> words, string day, CallTime time) =>
        $"{words["{0} at {1}", day, Hour(time)]} ({ZoneName(time)})";

    /// <summary>
    /// The zone's name without "standard" or "daylight", for a list whose times may fall on both sides of a clock change: "Mountain Time". Where clocks
    /// don't change in the year after <paramref name="time"/>, returns the full name, which is right all year: "Mountain Standard Time" in Phoenix.
    /// </summary>
    public static string ZoneOfAll(CallTime time) => ZoneNames.AllYear(time.Start.Zone, time.Start.ToInstant(), CultureInfo.CurrentUICulture);

    /// <summary>The zone's name at that time, in the current language: "Mountain Standard Time" in winter, "Mountain Daylight Time" in summer.</summary>
    public static string ZoneName(CallTime time) => ZoneNames.At(time.Start.Zone, time.Start.ToInstant(), CultureInfo.CurrentUICulture);

    /// <summary>"Call with Cedar &amp; Sage", for subject lines and calendar entries.</summary>
    public static string Title(this IStringLocalizer<SiteStrings> words, Clinic clinic) => words["Call with {0}", clinic.DiscreetName];

    /// <summary>"By phone" or "By video".</summary>
    public static string By(this IStringLocalizer<SiteStrings> words, CallKind by) => by is CallKind.Video ? words["By video"] : words["By phone"];
}
