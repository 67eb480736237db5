namespace Ketamine.Web.Leads;

/// <summary>
/// When the clinic promises to answer: by closing time today if at least four open hours remain, otherwise by closing time on the next open day.
/// Follows the clinic's calendar, including holidays. A clinic that lists no hours promises an answer within two days.
/// </summary>
public static class AnswerPromise
{
    private const int FurthestDays = 60;
    private static readonly Duration EnoughTimeToday = Duration.FromHours(4);

    /// <summary>The deadline for answering someone who writes at <paramref name="now"/>.</summary>
    public static DateTimeOffset For(Clinic clinic, DateTimeOffset now)
    {
        var receivedAt = Instant.FromDateTimeOffset(now);
        var today = receivedAt.InZone(clinic.TimeZone).Date;
        foreach (var day in Enumerable.Range(0, FurthestDays).Select(today.PlusDays))
        {
            var open = clinic.Calendar.OpenOn(day).Where(period => period.End > receivedAt).ToList();
            if (open.Count == 0) continue;
            var timeLeft = open.Aggregate(Duration.Zero, (sum, period) => sum + (period.End - Instant.Max(period.Start, receivedAt)));
            if (day > today || timeLeft >= EnoughTimeToday) return open[^1].End.ToDateTimeOffset();
        }

        return (receivedAt + Duration.FromDays(2)).ToDateTimeOffset();
    }
}
