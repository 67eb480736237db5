using System.Globalization;

namespace Ketamine.Web.Bench;

/// <summary>
/// The published site's memory with the sample clinic: idle, after a minute of mixed load, and idle again. Proportional set size counts what is shared
/// with other processes by its share; it is what one more site costs a machine.
/// </summary>
internal static class MemoryUse
{
    private const int PerSecond = 500;
    private const double MostIdle = 90;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var home = Directory.CreateTempSubdirectory("memory-bench-").FullName;
        try
        {
            if (!StartSpeed.Publish(home)) return 1;
            await using var site = await RunningSite.StartPublishedAsync(home, "content", "--Logs:Console=None");
            Console.WriteLine($"{Environment.ProcessorCount} cores; published for this platform, sample clinic");
            Console.WriteLine("                               proportional set   working set");
            await Task.Delay(Idle);
            var idle = site.ProportionalMegabytes;
            Print($"idle for {Idle.TotalSeconds:0} s", site);
            var mix = await MixedSpeed.MixAsync(site.Address);
            for (var minute = 0; minute < 3; minute++)
            {
                var start = (minute + 1) * 1_000_000;
                await Load.AtRateAsync(site.Address, 64, PerSecond, TimeSpan.FromSeconds(30), number => mix(start + number));
                Print($"after {(minute + 1) * 30} s of {PerSecond} requests/s", site);
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
        Console.WriteLine($"{name, -33} {site.ProportionalMegabytes, 10:0} MB {site.WorkingSetMegabytes, 10:0} MB");
}
