using Ketamine.Content;
using NodaTime;

namespace Ketamine.Web.Leads;

/// <summary>
/// When the clinic says that it will answer: by the close of the same day for what comes in while at least four open hours are left, else by the
/// close of the next open day. Closed days of clinic.yml count; a clinic without hours promises two days.
/// </summary>
public static class AnswerPromise
{
    private static readonly Duration EnoughTimeToday = Duration.FromHours(4);

    /// <summary>The instant that is promised to someone who asks at <paramref name="now"/>.</summary>
    public static DateTimeOffset For(Clinic clinic, DateTimeOffset now)
    {
        var asked = Instant.FromDateTimeOffset(now);
        var today = asked.InZone(clinic.TimeZone).Date;
        for (var day = today; day < today.PlusDays(60); day = day.PlusDays(1))
        {
            if (Hours(clinic, day) is not var (opens, closes)) continue;
            var left = closes - Instant.Max(opens, asked);
            if (day > today || left >= EnoughTimeToday) return closes.ToDateTimeOffset();
        }

        return (asked + Duration.FromDays(2)).ToDateTimeOffset();
    }

    private static (Instant Opens, Instant Closes)? Hours(Clinic clinic, LocalDate day)
    {
        if (clinic.Consultation?.Closed.Any(closed => closed.Contains(day)) == true) return null;
        var hours = clinic.Hours.Where(h => h.Days.Contains(day.DayOfWeek)).ToList();
        return hours.Count == 0
            ? null
            : (day.At(hours.Min(h => h.Opens)).InZoneLeniently(clinic.TimeZone).ToInstant(), day.At(hours.Max(h => h.Closes)).InZoneLeniently(clinic.TimeZone).ToInstant());
    }
}
