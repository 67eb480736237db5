using System.Collections.Concurrent;
using System.Text;

namespace Ketamine.Web.Tests.Hostile;

/// <summary>A few thousand hostile requests; <c>bench -- hostile</c> sends a million.</summary>
[Collection(Alone.Collection)]
public sealed class HostileRequestsTests
{
    private const int Requests = 5_000;
    private const int AtOnce = 8;

    [Fact]
    public async Task five_thousand_hostile_requests_are_answered_without_a_fault_of_ours_and_leave_the_site_as_it_was()
    {
        await using var app = new InventoryTests.Site();
        var site = app.Listen();
        using var http = new HttpClient { BaseAddress = site };
        var (home, style) = (await http.GetStringAsync("/"), await http.GetStringAsync("/site.css"));
        var faults = new ConcurrentQueue<string>();
        var statuses = new ConcurrentDictionary<int, int>();
        await SendAsync(site, seed: 1, Requests / 5, faults, statuses);
        // What a request leaves behind grows with every batch; what the site makes once, or in the background, doesn't.
        var grown = new List<long>();
        for (var seed = 2; seed < 6; seed++)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            await SendAsync(site, seed, Requests / 5, faults, statuses);
            grown.Add(GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        faults.Distinct().Take(10).ShouldBeEmpty();
        // The requests reached the pages and not just the parser.
        foreach (var status in new[] { 200, 301, 400, 404, 405, 422 })
            statuses.GetValueOrDefault(status).ShouldBeGreaterThan(20, $"answers {status}, of {string.Join(", ", statuses)}");
        (await http.GetStringAsync("/")).ShouldBe(home);
        (await http.GetStringAsync("/site.css")).ShouldBe(style);
        app.Log.Where(line => line.Contains("\"Level\":\"Error\"", StringComparison.Ordinal)).ShouldBeEmpty();
        grown.Min().ShouldBeLessThan(5_000_000, string.Join(", ", grown));
    }

    private static Task SendAsync(Uri site, int seed, int requests, ConcurrentQueue<string> faults, ConcurrentDictionary<int, int> statuses) =>
        Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async lane =>
        {
            var hostile = new HostileRequests((seed * 1000) + lane);
            for (var i = 0; i < requests / AtOnce; i++)
            {
                var request = hostile.Next();
                var (status, answer) = await hostile.SendAsync(site, request);
                statuses.AddOrUpdate(status, 1, static (_, count) => count + 1);
                if (hostile.Fault(status, answer) is { } fault)
                    faults.Enqueue($"{fault}: {Encoding.Latin1.GetString(request.AsSpan(0, Math.Min(request.Length, 600)))}");
            }
        }));
}
