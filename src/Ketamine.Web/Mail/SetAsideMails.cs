namespace Ketamine.Web.Mail;

/// <summary>
/// Emails whose rows couldn't be read or written. Each is set aside, longer each time, so a broken row doesn't delay the others. If several fail in a row, the
/// database is at fault, and all email waits for a moment. Thread-safe.
/// </summary>
internal sealed class SetAsideMails(TimeProvider clock)
{
    private const int ConsecutiveFaults = 8;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PauseForAll = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, (int Times, DateTimeOffset Until)> _mails = [];
    private int _consecutive;
    private DateTimeOffset _pausedUntil;

    /// <summary>How long to wait before the next claim; zero if one may be made now.</summary>
    public TimeSpan PauseLeft
    {
        get
        {
            lock (_gate) return _pausedUntil > clock.GetUtcNow() ? _pausedUntil - clock.GetUtcNow() : TimeSpan.Zero;
        }
    }

    /// <summary>The emails not to claim now.</summary>
    public IReadOnlyList<Guid> Ids()
    {
        lock (_gate) return [.. _mails.Where(mail => mail.Value.Until > clock.GetUtcNow()).Select(mail => mail.Key)];
    }

    public void Add(Guid id)
    {
        lock (_gate)
        {
            var (now, times) = (clock.GetUtcNow(), _mails.GetValueOrDefault(id).Times + 1);
            _mails[id] = (times, now + Backoff.Pause(FirstPause, LongestPause, times, jitter: 1));
            if (++_consecutive < ConsecutiveFaults) return;
            (_consecutive, _pausedUntil) = (0, now + PauseForAll);
        }
    }

    /// <summary>Call this once the row was written.</summary>
    public void Remove(Guid id)
    {
        lock (_gate)
        {
            _consecutive = 0;
            _mails.Remove(id);
        }
    }
}
