
namespace Ketamine.Web.Bench;

/// <summary>
/// Questions to the clinic over 64 connections at once, each sent as soon as the last one is answered, while people read at a fixed rate. Reading is also
/// measured alone.
/// </summary>
internal static class LeadsSpeed
{
    private const int Connections = 64;
    private const int ReadsPerSecond = 200;
    private const double MostP99 = 150;
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync()
    {
        await using var site = await RunningSite.StartAsync("content", "--Logs:Console=None");
        var read = ("reading", HttpLane.Get(site.Address, "/faqs"));
        // Warm up both code paths.
        await Load.AsFastAsServedAsync(site.Address, 8, TimeSpan.FromSeconds(5), number => Lead(site, 9_000_000 + number));
        await Load.AtRateAsync(site.Address, 8, ReadsPerSecond, TimeSpan.FromSeconds(3), _ => read);

        var alone = await Load.AtRateAsync(site.Address, 8, ReadsPerSecond, Lasts, _ => read);
        var cpu = site.CpuSeconds;
        var reading = Load.AtRateAsync(site.Address, 8, ReadsPerSecond, Lasts, _ => read);
        var leads = await Load.AsFastAsServedAsync(site.Address, Connections, Lasts, number => Lead(site, number));
        var beside = await reading;
        cpu = site.CpuSeconds - cpu;

        Console.WriteLine($"{Connections} connections, {Lasts.TotalSeconds:0} s, {Environment.ProcessorCount} cores, SQLite");
        Console.WriteLine("                              a second    p50 ms    p99 ms  worst ms");
        Print("leads", leads);
        Print($"reading, {ReadsPerSecond}/s, alone", alone);
        Print($"reading, {ReadsPerSecond}/s, beside them", beside);
        Console.WriteLine($"reading beside to alone: p50 {beside.At(0.5) / alone.At(0.5):0.0}, p99 {beside.At(0.99) / alone.At(0.99):0.0}");
        Console.WriteLine($"leads: {leads.Statuses}; reading: {beside.Statuses}; the site's CPU per lead {cpu * 1000 / leads.Responses.Count:0.0} ms");
        return leads.ServerErrors + beside.ServerErrors == 0 && leads.At(0.99) < MostP99 ? 0 : 1;
    }

    private static (string Kind, byte[] Bytes) Lead(RunningSite site, int number) => ("lead", HttpLane.Lead(site.Address, number));

    private static void Print(string name, Load.Figures figures) =>
        Console.WriteLine($"{name, -28} {figures.PerSecond, 9:N0} {figures.At(0.5), 9:0.0} {figures.At(0.99), 9:0.0} {figures.At(1), 9:0.0}");
}
