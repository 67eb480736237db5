using System.Collections.Concurrent;
using System.Diagnostics;

namespace Ketamine.Web.Bench;

/// <summary>Requests to a site over many connections, and how long each took.</summary>
internal static class Load
{
    /// <summary>Each connection sends its next request as soon as it has the last response.</summary>
    /// <param name="next">The request of a number from 0, with its kind.</param>
    public static Task<Figures> AsFastAsServedAsync(Uri site, int connections, TimeSpan lasts, Func<int, (string Kind, byte[] Bytes)> next)
    {
        var number = -1;
        return RunAsync(site, connections, lasts, () => (next(Interlocked.Increment(ref number)), Due: null));
    }

    /// <summary>
    /// A fixed number of requests per second, no matter how long responses take. A request that finds every connection busy waits, and its wait counts, so
    /// one slow response isn't hidden by the requests that it delayed.
    /// </summary>
    public static Task<Figures> AtRateAsync(Uri site, int connections, int perSecond, TimeSpan lasts, Func<int, (string Kind, byte[] Bytes)> next)
    {
        var number = -1;
        return RunAsync(site, connections, lasts, () =>
        {
            var mine = Interlocked.Increment(ref number);
            return (next(mine), TimeSpan.FromSeconds((double)mine / perSecond));
        });
    }

    private static async Task<Figures> RunAsync(
        Uri site, int connections, TimeSpan lasts, Func<((string Kind, byte[] Bytes) Request, TimeSpan? Due)> next)
    {
        var responses = new ConcurrentBag<List<Response>>();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(LaneAsync)));
        return new Figures([.. responses.SelectMany(lane => lane)], clock.Elapsed);

        async Task LaneAsync()
        {
            using var lane = new HttpLane(site);
            var mine = new List<Response>();
            responses.Add(mine);
            while (clock.Elapsed < lasts)
            {
                var (request, due) = next();
                if (due > lasts) return;
                var from = clock.Elapsed;
                if (due is { } instant)
                {
                    if (instant > from)
                    {
                        // Don't blame the site for the timer's own delay.
                        await Task.Delay(instant - from);
                        from = clock.Elapsed;
                    }
                    else
                    {
                        from = instant;
                    }
                }

                var status = await lane.SendAsync(request.Bytes);
                mine.Add(new Response(request.Kind, status, (clock.Elapsed - from).TotalMilliseconds));
            }
        }
    }

    internal readonly record struct Response(string Kind, int Status, double Milliseconds);

    /// <summary>Every response of a run.</summary>
    internal sealed record Figures(IReadOnlyList<Response> Responses, TimeSpan Lasted)
    {
        public double PerSecond => Responses.Count / Lasted.TotalSeconds;

        public int ServerErrors => Responses.Count(response => response.Status >= 500);

        /// <summary>Only the responses of one kind.</summary>
        public Figures Of(string kind) => this with { Responses = [.. Responses.Where(response => response.Kind == kind)] };

        /// <param name="share">0.5 for the median, 1 for the slowest.</param>
        /// <returns>Milliseconds; 0 without any response.</returns>
        public double At(double share) => Responses.Select(response => response.Milliseconds).At(share);

        public string Statuses => string.Join(
            ", ", Responses.GroupBy(response => response.Status).OrderBy(same => same.Key).Select(same => $"{same.Count():N0} × {same.Key}"));
    }
}
