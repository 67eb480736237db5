namespace Ketamine.Web.Mail;

/// <summary>How long to wait after a failed attempt.</summary>
internal static class Backoff
{
    /// <summary>Doubles with each attempt, from <paramref name="first"/> to <paramref name="longest"/>, and is then shortened by up to half.</summary>
    /// <param name="tries">How many attempts have failed, at least 1.</param>
    /// <param name="jitter">From 0 (half of the pause) to 1 (all of it): spreads out the retries of emails that failed together.</param>
    public static TimeSpan Pause(TimeSpan first, TimeSpan longest, int tries, double jitter)
    {
        var pause = first * Math.Min(Math.Pow(2, Math.Min(tries - 1, 40)), longest / first);
        return pause / 2 * (1 + jitter);
    }
}
