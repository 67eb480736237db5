using Ketamine.Content;
using NodaTime;

namespace Ketamine.Web.Leads;

/// <summary>
/// When the clinic says that it will answer: by the close of the same day for what comes in while at least four open hours are left, else by the
/// close of the next open day. Holidays count as the clinic's calendar has them; a clinic without hours promises two days.
/// </summary>
public static class AnswerPromise
{
    private const int FurthestDays = 60;
    private static readonly Duration EnoughTimeToday = Duration.FromHours(4);

    /// <summary>The instant that is promised to someone who asks at <paramref name="now"/>.</summary>
    public static DateTimeOffset For(Clinic clinic, DateTimeOffset now)
    {
        var (asked, calendar) = (Instant.FromDateTimeOffset(now), clinic.Calendar);
        var today = asked.InZone(clinic.TimeZone).Date;
        foreach (var day in Enumerable.Range(0, FurthestDays).Select(today.PlusDays))
        {
            var open = calendar.OpenOn(day).Where(stretch => stretch.End > asked).ToList();
            if (open.Count == 0) continue;
            var left = open.Aggregate(Duration.Zero, (sum, stretch) => sum + (stretch.End - Instant.Max(stretch.Start, asked)));
            if (day > today || left >= EnoughTimeToday) return open[^1].End.ToDateTimeOffset();
        }

        return (asked + Duration.FromDays(2)).ToDateTimeOffset();
    }
}
