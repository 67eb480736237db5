
namespace Ketamine.Web.Bench;

/// <summary>
/// The published site's memory with the sample clinic: idle, during mixed load, and idle again. <c>MINUTES</c> and <c>RATE</c> choose the load: a minute
/// and a half of 500 requests a second by default. Proportional set size counts what is shared with other processes by its share; it is what one more site
/// costs a machine.
/// </summary>
internal static class MemoryUse
{
    private const double MostIdle = 90;
    private const int Steps = 6;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync()
    {
        var home = Directory.CreateTempSubdirectory("memory-bench-").FullName;
        try
        {
            if (!StartSpeed.Publish(home)) return 1;
            await using var site = await RunningSite.StartPublishedAsync(home, "content", "--Logs:Console=None");
            Console.WriteLine($"{Environment.ProcessorCount} cores; published for this platform, sample clinic");
            Console.WriteLine("                                  proportional set   working set");
            await Task.Delay(Idle);
            var idle = site.ProportionalMegabytes;
            Print($"idle for {Idle.TotalSeconds:0} s", site);
            var mix = await MixedSpeed.MixAsync(site);
            var perSecond = Scale.Of("RATE", 500);
            var step = TimeSpan.FromMinutes(Scale.Of("MINUTES", 1.5) / Steps);
            for (var done = 1; done <= Steps; done++)
            {
                var start = done * 1_000_000;
                await Load.AtRateAsync(site.Address, 64, perSecond, step, number => mix(start + number));
                Print($"after {(done * step).TotalMinutes:0.#} min of {perSecond} requests/s", site);
            }

            await Task.Delay(Idle);
            Print($"idle again for {Idle.TotalSeconds:0} s", site);
            return idle < MostIdle ? 0 : 1;
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static void Print(string name, RunningSite site) =>
        Console.WriteLine($"{name, -36} {site.ProportionalMegabytes, 10:0} MB {site.WorkingSetMegabytes, 10:0} MB");
}
