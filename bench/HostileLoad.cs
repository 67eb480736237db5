using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Ketamine.Web.Tests.Hostile;

namespace Ketamine.Web.Bench;

/// <summary>A million requests that mean no good (or as many as <c>HOSTILE_REQUESTS</c> says), with the site's memory before and after.</summary>
internal static class HostileLoad
{
    public static async Task<int> RunAsync()
    {
        var requests = int.Parse(Environment.GetEnvironmentVariable("HOSTILE_REQUESTS") ?? "1000000", CultureInfo.InvariantCulture);
        await using var site = await RunningSite.StartAsync("content", "--Logs:Console=None");
        var faults = new ConcurrentQueue<string>();
        var statuses = new ConcurrentDictionary<int, int>();
        await SendAsync(requests / 10, seed: 1);
        var before = Memory(site);
        await SendAsync(requests - (requests / 10), seed: 2);
        Console.WriteLine(
            $"{requests:N0} requests: {string.Join(", ", statuses.OrderBy(status => status.Key).Select(status => $"{status.Value:N0} × {status.Key}"))}"
        );
        Console.WriteLine($"memory after a tenth {before / 1024:N0} MB, at the end {Memory(site) / 1024:N0} MB; faults: {faults.Count}");
        foreach (var fault in faults.Distinct().Take(20)) Console.WriteLine(fault);
        return faults.IsEmpty ? 0 : 1;

        Task SendAsync(int many, int seed) => Task.WhenAll(Enumerable.Range(0, 16).Select(async lane =>
        {
            var hostile = new HostileRequests((seed * 1000) + lane);
            for (var i = 0; i < many / 16; i++)
            {
                var request = hostile.Next();
                var (status, answer) = await HostileRequests.SendAsync(site.Address, request);
                statuses.AddOrUpdate(status, 1, static (_, count) => count + 1);
                if (HostileRequests.Fault(status, answer) is { } fault)
                    faults.Enqueue($"{fault}: {Encoding.Latin1.GetString(request.AsSpan(0, Math.Min(request.Length, 600)))}");
            }
        }));
    }

    /// <summary>Proportional set size in kB.</summary>
    private static long Memory(RunningSite site) =>
        site.ProcessIds.Sum(id =>
            File.ReadLines($"/proc/{id}/smaps_rollup")
                .Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
                .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
        );
}
