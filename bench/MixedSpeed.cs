
namespace Ketamine.Web.Bench;

/// <summary>
/// What a clinic's visitors do, at a fixed rate: 80 % read articles, 10 % lists, 5 % search, 3 % ask for pages that don't exist, 2 % write. By default the
/// rate is 5,000 requests per second; <c>RATE</c> sets another.
/// </summary>
internal static class MixedSpeed
{
    // Give every visitor a connection. With only a few, readers would wait behind slow forms here, and not at the site.
    private const int Connections = 256;
    private const double MostP99 = 10;
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(20);
    private static readonly string[] Kinds = ["article", "list", "search", "missing", "lead"];

    public static async Task<int> RunAsync()
    {
        var rate = Scale.Of("RATE", 5_000);
        await using var site = await RunningSite.StartAsync("content", "--Logs:Console=None");
        var mix = await MixAsync(site);
        await Load.AtRateAsync(site.Address, Connections, rate / 5, TimeSpan.FromSeconds(5), number => mix(1_000_000 + number));
        await Load.AtRateAsync(site.Address, Connections, rate / 2, TimeSpan.FromSeconds(5), number => mix(2_000_000 + number));
        var cpu = site.CpuSeconds;
        var all = await Load.AtRateAsync(site.Address, Connections, rate, Lasts, mix);
        cpu = site.CpuSeconds - cpu;

        Console.WriteLine($"{rate:N0} requests a second wanted, {Connections} connections, {all.Lasted.TotalSeconds:0} s, {Environment.ProcessorCount} cores");
        Console.WriteLine("             a second    p50 ms    p99 ms  worst ms  answers");
        foreach (var kind in Kinds) Print(kind, all.Of(kind));
        Print("all", all);
        Console.WriteLine($"the site's CPU: {cpu / all.Lasted.TotalSeconds * 100:0} % of a core, {cpu * 1e6 / all.Responses.Count:0} µs a request");
        return all.ServerErrors == 0 && all.At(0.99) < MostP99 && all.PerSecond > 0.95 * rate ? 0 : 1;
    }

    /// <summary>The mixture: the same number always gives the same kind of request.</summary>
    internal static async Task<Func<int, (string Kind, byte[] Bytes)>> MixAsync(RunningSite site)
    {
        var address = site.Address;
        byte[][] articles = [.. (await site.ArticlesAsync()).Select(path => HttpLane.Get(address, path))];
        byte[][] lists = [.. new[] { "/blog", "/faqs", "/services", "/research", "/team" }.Select(path => HttpLane.Get(address, path))];
        byte[][] searches =
        [
            .. new[] { "depression", "blood+pressure", "how+does+ketamine+work", "cost", "side+effects", "anxeity", "can+i+drive+home" }
                .Select(words => HttpLane.Get(address, $"/search?q={words}")),
        ];
        return number => (number % 100) switch
        {
            // Spread over the hundred, so they don't all come in the same second.
            10 or 60 => ("lead", HttpLane.Lead(address, number)),
            20 or 50 or 80 => ("missing", HttpLane.Get(address, $"/no-such-page-{number}")),
            var rest when rest % 20 == 5 => ("search", searches[number / 20 % searches.Length]),
            var rest when rest % 10 == 7 => ("list", lists[number / 10 % lists.Length]),
            _ => ("article", articles[number % articles.Length]),
        };
    }

    private static void Print(string name, Load.Figures figures) =>
        Console.WriteLine(
            $"{name, -11} {figures.PerSecond, 9:N0} {figures.At(0.5), 9:0.0} {figures.At(0.99), 9:0.0} {figures.At(1), 9:0.0}  {figures.Statuses}"
        );
}
