using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Ketamine.Web.Tests.Hostile;

namespace Ketamine.Web.Bench;

/// <summary>
/// A million hostile requests (or as many as <c>HOSTILE_REQUESTS</c> says), with the site's memory after each tenth. It fails on a response of 500 or
/// above, on a complete request without a response, on typed text that a page repeats unescaped, and on memory that grows by more than a quarter over the
/// second half.
/// </summary>
internal static class HostileLoad
{
    private const int Lanes = 32;
    private const double MostGrowth = 1.25;

    public static async Task<int> RunAsync()
    {
        var requests = Scale.Of("HOSTILE_REQUESTS", 1_000_000);
        await using var site = await RunningSite.StartAsync("content", "--Logs:Console=None");
        var faults = new ConcurrentQueue<string>();
        var statuses = new ConcurrentDictionary<int, int>();
        var clock = Stopwatch.StartNew();
        var memory = new List<(double Proportional, double WorkingSet)>();
        Console.WriteLine("  requests   seconds   proportional set   working set   faults");
        Measure(0);
        for (var tenth = 1; tenth <= 10; tenth++)
        {
            await SendAsync(requests / 10, tenth);
            Measure(tenth * (requests / 10));
        }

        Console.WriteLine(
            $"{statuses.Values.Sum():N0} requests: "
                + $"{string.Join(", ", statuses.OrderBy(status => status.Key).Select(status => $"{status.Value:N0} × {status.Key}"))}"
                + " (0: never finished by the sender, which gave up after a second)"
        );
        var growth = memory[^1].Proportional / memory[5].Proportional;
        Console.WriteLine(
            $"working set at the start {memory[0].WorkingSet:0} MB, in the middle {memory[5].WorkingSet:0} MB, at the end {memory[^1].WorkingSet:0} MB; "
                + $"proportional set, end to middle: {growth:0.00}; faults: {faults.Count}"
        );
        foreach (var fault in faults.Distinct().Take(20)) Console.WriteLine(fault);
        return faults.IsEmpty && growth < MostGrowth ? 0 : 1;

        void Measure(int sent)
        {
            memory.Add((site.ProportionalMegabytes, site.WorkingSetMegabytes));
            Console.WriteLine(
                $"{sent, 10:N0} {clock.Elapsed.TotalSeconds, 9:0} {memory[^1].Proportional, 15:0} MB {memory[^1].WorkingSet, 10:0} MB {faults.Count, 8}"
            );
        }

        Task SendAsync(int many, int seed) => Task.WhenAll(Enumerable.Range(0, Lanes).Select(async lane =>
        {
            var hostile = new HostileRequests((seed * 1000) + lane);
            for (var i = 0; i < many / Lanes; i++)
            {
                var request = hostile.Next();
                var (status, answer) = await hostile.SendAsync(site.Address, request);
                statuses.AddOrUpdate(status, 1, static (_, count) => count + 1);
                if (hostile.Fault(status, answer) is { } fault)
                    faults.Enqueue($"{fault}: {Encoding.Latin1.GetString(request.AsSpan(0, Math.Min(request.Length, 600)))}");
            }
        }));
    }
}
