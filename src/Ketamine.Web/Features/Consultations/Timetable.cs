namespace Ketamine.Web.Features.Consultations;

/// <summary>When a call takes place, in the clinic's time zone. Pages, emails, and the calendar file all render this value.</summary>
/// <param name="Start">The start, with its zone.</param>
/// <param name="Minutes">How long the call lasts.</param>
public readonly record struct CallTime(ZonedDateTime Start, int Minutes)
{
    public DateTimeOffset StartsAt => Start.ToInstant().ToDateTimeOffset();
    public DateTimeOffset EndsAt => StartsAt.AddMinutes(Minutes);

    /// <summary>The value of the form field: ISO 8601 in UTC, to the minute.</summary>
    public string Value => StartsAt.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    private const string Format = "yyyy-MM-dd'T'HH:mm'Z'";

    /// <summary>Parses a <see cref="Value"/>. Doesn't check whether the time is offered.</summary>
    public static bool TryParse(string? value, out DateTimeOffset startsAt) => DateTimeOffset.TryParseExact(
        value, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out startsAt);
}

/// <summary>Why the clinic doesn't offer a time, taken or not.</summary>
public enum NotOffered
{
    /// <summary>It has already started.</summary>
    Past,

    /// <summary>It starts within the notice period that the clinic needs.</summary>
    TooSoon,

    /// <summary>It is further ahead than bookings are open.</summary>
    TooFar,

    /// <summary>The clinic has no calls then: wrong day, wrong hour, or a closed day.</summary>
    NoSuchTime,
}

/// <summary>A period in which a call takes a seat.</summary>
public readonly record struct TakenTime(DateTimeOffset StartsAt, DateTimeOffset EndsAt);

/// <summary>
/// Computes the times of <c>consultation.weekly</c>. The grid of times doesn't depend on the current time. A local time that a clock change skips isn't
/// offered, one that occurs twice is offered once (the first), and the buffer between calls is kept in elapsed minutes across the change.
/// </summary>
/// <param name="rules">The weekly hours of calls.</param>
/// <param name="zone">The clinic's time zone.</param>
/// <param name="calendar">The clinic's holidays. There are no calls on closed days, and on days with shorter hours only calls within them.</param>
public sealed class Timetable(ConsultationRules rules, DateTimeZone zone, OpeningCalendar? calendar = null)
{
    /// <summary>The timetable of a clinic that takes bookings.</summary>
    /// <exception cref="InvalidOperationException">The clinic doesn't take bookings.</exception>
    public static Timetable Of(Clinic clinic) =>
        new(clinic.Consultation ?? throw new InvalidOperationException("The clinic doesn't take bookings."), clinic.TimeZone, clinic.Calendar);

    /// <summary>All times from the end of the notice period to the horizon, in order, taken or not.</summary>
    public IEnumerable<CallTime> Times(DateTimeOffset now)
    {
        var current = Instant.FromDateTimeOffset(now);
        var earliest = current + Duration.FromHours(rules.MinimumNoticeHours);
        return Grid(current.InZone(zone).Date).Where(time => time.Start.ToInstant() >= earliest);
    }

    // Starts the day before, because a call can run past midnight into the first day.
    private IEnumerable<CallTime> Grid(LocalDate today)
    {
        var free = Instant.MinValue; // when the seat is free again after the previous time
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

    /// <summary>The times at which a seat is free. A booking made under earlier rules blocks every time it overlaps, including the buffer.</summary>
    public ImmutableArray<CallTime> Free(DateTimeOffset now, IReadOnlyCollection<TakenTime> taken) =>
        [.. Times(now).Where(time => SeatsTaken(time, taken) < rules.Seats)];

    /// <summary>The offered time with this <see cref="CallTime.Value"/>; null if it isn't offered.</summary>
    public CallTime? Find(string? value, DateTimeOffset now)
    {
        foreach (var time in Times(now))
            if (time.Value == value) return time;
        return null;
    }

    /// <summary>Why a time isn't offered now; null if it is, taken or not.</summary>
    public NotOffered? WhyNot(DateTimeOffset startsAt, DateTimeOffset now)
    {
        if (startsAt <= now) return NotOffered.Past;
        var (wanted, today) = (Instant.FromDateTimeOffset(startsAt), now.InZone(zone).Date);
        if (wanted.InZone(zone).Date > today.PlusDays(rules.HorizonDays)) return NotOffered.TooFar;
        if (!Grid(today).Any(time => time.Start.ToInstant() == wanted)) return NotOffered.NoSuchTime;
        return wanted < Instant.FromDateTimeOffset(now) + Duration.FromHours(rules.MinimumNoticeHours) ? NotOffered.TooSoon : null;
    }

    /// <summary>How many seats are taken at a time, counting the buffer before and after it.</summary>
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
            // Counts in minutes of the day, because LocalTime wraps at midnight.
            var last = MinuteOfDay(hours.To) - rules.Minutes;
            for (var minute = MinuteOfDay(hours.From); minute <= last; minute += step)
                starts.Add(LocalTime.Midnight.PlusMinutes(minute));
        }

        return starts;
    }

    private bool Fits(LocalTime start, OpenTimes hours) => start >= hours.Opens && MinuteOfDay(start) + rules.Minutes <= MinuteOfDay(hours.Closes);

    private static int MinuteOfDay(LocalTime time) => time.Hour * 60 + time.Minute;
}
