using Ketamine.Content;
using NodaTime;

namespace Ketamine.Web.Leads;

/// <summary>
/// When the clinic promises to answer: by closing time today if at least four open hours remain, otherwise by closing time on the next open day.
/// Skips the closed days in clinic.yml. A clinic that lists no hours promises an answer within two days.
/// </summary>
public static class AnswerPromise
{
    private static readonly Duration EnoughTimeToday = Duration.FromHours(4);

    /// <summary>The deadline for answering someone who writes at <paramref name="now"/>.</summary>
    public static DateTimeOffset For(Clinic clinic, DateTimeOffset now)
    {
        var receivedAt = Instant.FromDateTimeOffset(now);
        var today = receivedAt.InZone(clinic.TimeZone).Date;
        for (var day = today; day < today.PlusDays(60); day = day.PlusDays(1))
        {
            if (Hours(clinic, day) is not var (opens, closes)) continue;
            var timeLeft = closes - Instant.Max(opens, receivedAt);
            if (day > today || timeLeft >= EnoughTimeToday) return closes.ToDateTimeOffset();
        }

        return (receivedAt + Duration.FromDays(2)).ToDateTimeOffset();
    }

    private static (Instant Opens, Instant Closes)? Hours(Clinic clinic, LocalDate day)
    {
        if (clinic.Consultation?.Closed.Any(closed => closed.Contains(day)) == true) return null;
        var hours = clinic.Hours.Where(h => h.Days.Contains(day.DayOfWeek)).ToList();
        return hours.Count == 0 ? null : (At(hours.Min(h => h.Opens)), At(hours.Max(h => h.Closes)));

        Instant At(LocalTime time) => day.At(time).InZoneLeniently(clinic.TimeZone).ToInstant();
    }
}
