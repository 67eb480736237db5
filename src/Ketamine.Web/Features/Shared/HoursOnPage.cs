using System.Globalization;
using Ketamine.Content;
using NodaTime;

namespace Ketamine.Web.Features.Shared;

/// <summary>Opening hours where they stand on a page: an ordinary week, and the holidays of the weeks to come.</summary>
/// <param name="Calendar">Of the clinic or one of its places.</param>
/// <param name="Today">The edition's day in the clinic's zone.</param>
public sealed record HoursOnPage(OpeningCalendar Calendar, LocalDate Today)
{
    // Far enough to plan a visit and the way home for the holidays.
    private const int HolidaysAhead = 45;

    // A page may lie open, or in a cache that is behind, for some days.
    private const int OpenDaysAhead = 8;

    /// <summary>Holidays that are near enough to be named.</summary>
    public IEnumerable<Holiday> Holidays => Calendar.Upcoming(Today, HolidaysAhead);

    /// <summary>
    /// For the script that knows the time: the stretches during which the place is open, as minutes since 1970 in UTC, "from-to" joined by spaces.
    /// Instants need no time zone and no rule for clock changes in the browser.
    /// </summary>
    public string OpenStretches => string.Join(' ', Enumerable.Range(0, OpenDaysAhead).SelectMany(day => Calendar.OpenOn(Today.PlusDays(day)))
        .Select(open => string.Create(CultureInfo.InvariantCulture, $"{open.Start.ToUnixTimeSeconds() / 60}-{open.End.ToUnixTimeSeconds() / 60}")));
}
