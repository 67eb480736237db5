namespace Ketamine.Web.Features.Shared;

/// <summary>Opening hours on a page: an ordinary week, and the holidays of the coming weeks.</summary>
/// <param name="Calendar">The calendar of the clinic or one of its locations.</param>
/// <param name="Today">The edition's day in the clinic's zone.</param>
public sealed record HoursOnPage(OpeningCalendar Calendar, LocalDate Today)
{
    // Far enough ahead to plan a visit around the holidays.
    private const int HolidaysAhead = 45;

    // A page may stay open, or in an outdated cache, for a few days.
    private const int OpenDaysAhead = 8;

    /// <summary>Holidays close enough to mention.</summary>
    public IEnumerable<Holiday> Holidays => Calendar.Upcoming(Today, HolidaysAhead);

    /// <summary>
    /// For the script, which knows the time: the intervals during which the location is open, as minutes since 1970 in UTC, "from-to" joined by spaces.
    /// Instants need no time zone and no rule for clock changes in the browser.
    /// </summary>
    public string OpenStretches => string.Join(' ', Enumerable.Range(0, OpenDaysAhead).SelectMany(day => Calendar.OpenOn(Today.PlusDays(day)))
        .Select(open => string.Create(CultureInfo.InvariantCulture, $"{open.Start.ToUnixTimeSeconds() / 60}-{open.End.ToUnixTimeSeconds() / 60}")));
}
