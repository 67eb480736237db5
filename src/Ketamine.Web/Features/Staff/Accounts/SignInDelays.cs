using System.Collections.Concurrent;
using System.Net;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Staff.Accounts;

/// <summary>
/// Delays sign-in after failures: 10 seconds from the third failure on, doubling each time up to 15 minutes. It counts only failures, by IP address, so a whole
/// front desk can sign in at eight, and the delay doesn't reveal who has an account.
/// </summary>
public sealed class SignInDelays(TimeProvider clock)
{
    private const int Free = 2;
    private const int MostAddresses = 10_000;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (int Failures, DateTimeOffset Last)> _failures = new(StringComparer.Ordinal);

    /// <summary>How long this address still has to wait; zero if it may try now.</summary>
    public TimeSpan Wait(IPAddress? address)
    {
        var now = clock.GetUtcNow();
        if (!_failures.TryGetValue(RequestLimits.Origin(address), out var past) || now - past.Last > Forgotten || past.Failures <= Free) return TimeSpan.Zero;
        var delay = First * Math.Min(Math.Pow(2, past.Failures - Free - 1), Longest / First);
        return past.Last + delay > now ? past.Last + delay - now : TimeSpan.Zero;
    }

    public void Failed(IPAddress? address)
    {
        var now = clock.GetUtcNow();
        if (_failures.Count > MostAddresses) Forget(now);
        _failures.AddOrUpdate(RequestLimits.Origin(address), (1, now), (_, past) => now - past.Last > Forgotten ? (1, now) : (past.Failures + 1, now));
    }

    public void Succeeded(IPAddress? address) => _failures.TryRemove(RequestLimits.Origin(address), out _);

    private void Forget(DateTimeOffset now)
    {
        foreach (var (address, past) in _failures)
            if (now - past.Last > Longest) _failures.TryRemove(address, out _);
        if (_failures.Count > MostAddresses) _failures.Clear(); // under an attack from many addresses, protect the memory
    }
}
