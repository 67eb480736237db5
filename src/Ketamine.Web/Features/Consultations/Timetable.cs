using System.Collections.Immutable;
using System.Globalization;
using Ketamine.Content;
using NodaTime;

namespace Ketamine.Web.Features.Consultations;

/// <summary>A time that a call can start, in the clinic's zone. Everything that shows it (page, mails, calendar file) is rendered from this one value.</summary>
/// <param name="Start">The instant with its zone.</param>
/// <param name="Minutes">How long the call lasts.</param>
public readonly record struct CallTime(ZonedDateTime Start, int Minutes)
{
    public DateTimeOffset StartsAt => Start.ToInstant().ToDateTimeOffset();
    public DateTimeOffset EndsAt => StartsAt.AddMinutes(Minutes);

    /// <summary>The value of the form's field: ISO 8601 in UTC, to the minute.</summary>
    public string Value => StartsAt.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    private const string Format = "yyyy-MM-dd'T'HH:mm'Z'";

    /// <summary>Reads a <see cref="Value"/> back as its instant, whether or not it is offered.</summary>
    public static bool TryParse(string? value, out DateTimeOffset startsAt) => DateTimeOffset.TryParseExact(
        value, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out startsAt);
}

/// <summary>Why a time can't be booked, though nobody has taken it.</summary>
public enum NotOffered
{
    /// <summary>It has begun or is over.</summary>
    Past,

    /// <summary>Inside the notice that the clinic needs.</summary>
    TooSoon,

    /// <summary>Beyond the days that are open for booking.</summary>
    TooFar,

    /// <summary>The clinic takes no call then: another day, another hour, a closed day.</summary>
    NoSuchTime,
}

/// <summary>A stretch of a seat that is taken.</summary>
public readonly record struct TakenTime(DateTimeOffset StartsAt, DateTimeOffset EndsAt);

/// <summary>
/// The times of <c>consultation.weekly</c>, as instants. They form one grid, whatever the moment it is asked at. A local time that a clock change skips is
/// not offered, one that it repeats is offered once (the first), and calls keep their distance in real minutes over the change.
/// </summary>
/// <param name="rules">The weekly hours of calls.</param>
/// <param name="zone">The clinic's.</param>
/// <param name="calendar">The clinic's holidays: no call on a closed day, and on a short one only calls within its hours.</param>
public sealed class Timetable(ConsultationRules rules, DateTimeZone zone, OpeningCalendar? calendar = null)
{
    /// <summary>The times of a clinic that takes bookings.</summary>
    /// <exception cref="InvalidOperationException">The clinic takes none.</exception>
    public static Timetable Of(Clinic clinic) =>
        new(clinic.Consultation ?? throw new InvalidOperationException("The clinic takes no bookings."), clinic.TimeZone, clinic.Calendar);

    /// <summary>All times from notice to horizon, in order, whoever has taken them.</summary>
    public IEnumerable<CallTime> Times(DateTimeOffset now)
    {
        var asked = Instant.FromDateTimeOffset(now);
        var earliest = asked + Duration.FromHours(rules.MinimumNoticeHours);
        return Grid(asked.InZone(zone).Date).Where(time => time.Start.ToInstant() >= earliest);
    }

    // From the day before on: a call that runs past midnight reaches into the first day.
    private IEnumerable<CallTime> Grid(LocalDate today)
    {
        var free = Instant.MinValue; // when the seat is free again after the time before
        for (var day = today.PlusDays(-1); day <= today.PlusDays(rules.HorizonDays); day = day.PlusDays(1))
        {
            if (rules.Closed.Any(closed => closed.Contains(day))) continue;
            var holiday = calendar?.HolidayOn(day);
            if (holiday is { Hours: null }) continue;
            foreach (var start in LocalStarts(day.DayOfWeek).Where(start => holiday?.Hours is not { } hours || Fits(start, hours)))
            {
                var mapped = zone.MapLocal(day + start);
                if (mapped.Count == 0) continue;
                var time = mapped.First();
                if (time.ToInstant() < free) continue;
                free = time.ToInstant() + Duration.FromMinutes(rules.Minutes + rules.BufferMinutes);
                yield return new CallTime(time, rules.Minutes);
            }
        }
    }

    /// <summary>The times at which a seat is free. A booking made under other rules takes every time that it touches, buffer included.</summary>
    public ImmutableArray<CallTime> Free(DateTimeOffset now, IReadOnlyCollection<TakenTime> taken) =>
        [.. Times(now).Where(time => SeatsTaken(time, taken) < rules.Seats)];

    /// <summary>The offered time that <paramref name="value"/> names; null for one that is not offered.</summary>
    public CallTime? Find(string? value, DateTimeOffset now)
    {
        foreach (var time in Times(now))
            if (time.Value == value) return time;
        return null;
    }

    /// <summary>Why a time is not among those that can be booked now; null when it is, taken or not.</summary>
    public NotOffered? WhyNot(DateTimeOffset startsAt, DateTimeOffset now)
    {
        if (startsAt <= now) return NotOffered.Past;
        var (wanted, today) = (Instant.FromDateTimeOffset(startsAt), Instant.FromDateTimeOffset(now).InZone(zone).Date);
        if (wanted.InZone(zone).Date > today.PlusDays(rules.HorizonDays)) return NotOffered.TooFar;
        if (!Grid(today).Any(time => time.Start.ToInstant() == wanted)) return NotOffered.NoSuchTime;
        return wanted < Instant.FromDateTimeOffset(now) + Duration.FromHours(rules.MinimumNoticeHours) ? NotOffered.TooSoon : null;
    }

    /// <summary>How many seats are taken at a time.</summary>
    public int SeatsTaken(CallTime time, IEnumerable<TakenTime> taken)
    {
        var from = time.StartsAt.AddMinutes(-rules.BufferMinutes);
        var to = time.EndsAt.AddMinutes(rules.BufferMinutes);
        return taken.Count(other => other.StartsAt < to && other.EndsAt > from);
    }

    private SortedSet<LocalTime> LocalStarts(IsoDayOfWeek day)
    {
        var step = rules.Minutes + rules.BufferMinutes;
        var starts = new SortedSet<LocalTime>();
        foreach (var hours in rules.Weekly.Where(hours => hours.Day == day))
        {
            // Minutes of the day, because a LocalTime wraps at midnight.
            var last = MinuteOfDay(hours.To) - rules.Minutes;
            for (var minute = MinuteOfDay(hours.From); minute <= last; minute += step)
                starts.Add(LocalTime.Midnight.PlusMinutes(minute));
        }

        return starts;
    }

    private bool Fits(LocalTime start, OpenTimes hours) => start >= hours.Opens && MinuteOfDay(start) + rules.Minutes <= MinuteOfDay(hours.Closes);

    private static int MinuteOfDay(LocalTime time) => time.Hour * 60 + time.Minute;
}
