namespace Ketamine.Web.Tests;

/// <summary>
/// A clock that stops until a test moves it. Its timers (Task.Delay, PeriodicTimer with this clock) fire only in
/// <see cref="Advance"/>, in order, each at its exact instant. In a leap of days, a repeating timer gets only the last ticks.
/// </summary>
public sealed class FakeClock(DateTimeOffset now) : TimeProvider
{
    // Whatever runs every minute would query the database ten thousand times in a week.
    private static readonly TimeSpan Leap = TimeSpan.FromDays(3);
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private DateTimeOffset _now = now;
    private TimeSpan _set;

    /// <summary>A Wednesday, ten in the morning in Denver.</summary>
    public FakeClock() : this(new DateTimeOffset(2027, 1, 13, 17, 0, 0, TimeSpan.Zero)) { }

    public DateTimeOffset Now => GetUtcNow();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    // As on a real machine, elapsed time and timers use a different clock than the wall clock.
    public override long GetTimestamp()
    {
        lock (_gate) return (_now - _set).UtcTicks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets the clock forward or back without any time passing: no timer fires, and each waits as long as before.</summary>
    public void Set(DateTimeOffset instant)
    {
        lock (_gate)
        {
            var by = instant - _now;
            (_now, _set) = (instant, _set + by);
            foreach (var timer in _timers) timer.Shift(by);
        }
    }

    public void Advance(TimeSpan by) => AdvanceTo(GetUtcNow() + by);

    public void AdvanceTo(DateTimeOffset instant)
    {
        var isLeap = instant - GetUtcNow() > Leap;
        while (true)
        {
            FakeTimer? next;
            lock (_gate)
            {
                next = _timers.Where(timer => timer.Due <= instant).MinBy(timer => timer.Due);
                if (next is null)
                {
                    if (instant > _now) _now = instant;
                    return;
                }

                if (isLeap) next.Skip(instant);
                if (next.Due > _now) _now = next.Due;
                next.Reschedule();
            }

            next.Fire();
        }
    }

    private sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        private const double MostTicks = 60;
        private TimeSpan _period;

        public DateTimeOffset Due { get; private set; }

        /// <summary>Drops all but the last sixty ticks of a leap; a machine that slept through them would give only one.</summary>
        public void Skip(DateTimeOffset instant)
        {
            if (_period <= TimeSpan.Zero || (instant - Due) / _period is not (> MostTicks and var ticks)) return;
            Due += _period * Math.Floor(ticks - MostTicks);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                _period = period;
                Due = clock._now + dueTime;
                clock._timers.Add(this);
            }

            // Like a real timer: due immediately means now, not at the next tick of the clock.
            if (dueTime == TimeSpan.Zero) ThreadPool.QueueUserWorkItem(_ => clock.Advance(TimeSpan.Zero));
            return true;
        }

        public void Reschedule()
        {
            if (_period <= TimeSpan.Zero) clock._timers.Remove(this);
            else Due += _period;
        }

        public void Fire() => callback(state);

        public void Shift(TimeSpan by) => Due += by;

        public void Dispose()
        {
            lock (clock._gate) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
