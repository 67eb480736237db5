using System.Diagnostics;
using System.Globalization;

namespace Ketamine.Web.Bench;

/// <summary>
/// How long the site takes from its command line to the first page, and how much memory it uses when idle: published for this platform and as a plain
/// build, with the sample and with 10,000 articles, with an empty data folder and started again. Medians; processor time hardly depends on other work
/// on the machine.
/// </summary>
internal static class StartSpeed
{
    private const int Starts = 5;
    private const int Articles = 10_000;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(3);

    public static async Task<int> RunAsync()
    {
        var count = Scale.Of("ARTICLES", Articles);
        var home = Directory.CreateTempSubdirectory("start-bench-").FullName;
        try
        {
            var published = Path.Combine(home, "site");
            if (!Publish(published)) return 1;
            var (sample, many) = (Path.GetFullPath("content"), Path.Combine(home, "many"));
            Console.WriteLine($"{Environment.ProcessorCount} cores; published: {SizeOf(published) / 1024 / 1024} MB");
            Console.WriteLine("                                            first page   processor    memory");
            await PrintAsync("published, sample, empty data folder", published, sample, Path.Combine(home, "a"), keep: false, Starts);
            await PrintAsync("published, sample, started again", published, sample, Path.Combine(home, "a"), keep: true, Starts);
            await PrintAsync("plain build, sample, started again", AppContext.BaseDirectory, sample, Path.Combine(home, "b"), keep: true, Starts);
            if (count > 0)
            {
                ContentLoad.Generate(sample, many, count);
                await PrintAsync($"published, {count:N0} articles, empty data folder", published, many, Path.Combine(home, "c"), keep: false, 1);
                await PrintAsync($"published, {count:N0} articles, started again", published, many, Path.Combine(home, "c"), keep: true, 3);
            }

            return 0;
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task PrintAsync(string what, string site, string content, string data, bool keep, int starts)
    {
        // Until the pages are saved for the next start.
        if (keep) await StartAsync(site, content, data, idle: false, Path.Combine(data, "cache", "pages.bin"));
        var figures = new List<(double Wall, double Cpu, double Memory)>();
        for (var i = 0; i < starts; i++)
        {
            if (!keep && Directory.Exists(data)) Directory.Delete(data, recursive: true);
            figures.Add(await StartAsync(site, content, data, idle: i == starts - 1));
        }

        Console.WriteLine(
            $"{what, -44}{figures.Select(figure => figure.Wall).At(0.5), 8:0} ms "
                + $"{figures.Select(figure => figure.Cpu).At(0.5), 8:0} ms {figures[^1].Memory, 6:0} MB"
        );
    }

    /// <summary>
    /// Milliseconds to the first 200, milliseconds of processor time until then, and the proportional set size in MB after a while of idling.
    /// </summary>
    private static async Task<(double Wall, double Cpu, double Memory)> StartAsync(string site, string content, string data, bool idle, string? awaited = null)
    {
        var address = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}");
        using var http = new HttpClient();
        var time = Stopwatch.StartNew();
        using var process = RunningSite.Launch(site, address, content, data, "--Logs:Console=None");
        try
        {
            while (true)
            {
                if (process.HasExited) throw new InvalidOperationException($"The site ended with exit code {process.ExitCode}.");
                try
                {
                    using var response = await http.GetAsync(address);
                    if (response.IsSuccessStatusCode) break;
                }
                catch (HttpRequestException)
                {
                    await Task.Delay(5);
                }
            }

            var (wall, cpu) = (time.Elapsed.TotalMilliseconds, process.TotalProcessorTime.TotalMilliseconds);
            if (idle) await Task.Delay(Idle);
            for (var waited = TimeSpan.Zero; awaited is not null && !File.Exists(awaited) && waited < LongestWait; waited += Look) await Task.Delay(Look);
            return (wall, cpu, idle ? RunningSite.ProportionalMegabytesOf(process) : 0);
        }
        finally
        {
            // Stop it as an orchestrator does, so it saves what it keeps for the next start.
            using (Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])) await process.WaitForExitAsync();
        }
    }

    internal static bool Publish(string folder)
    {
        using var publish = Process.Start(
            "dotnet",
            ["publish", "src/Ketamine.Web", "-c", "Release", "--use-current-runtime", "--no-self-contained", "-o", folder, "-v", "quiet"]
        );
        publish.WaitForExit();
        return publish.ExitCode == 0;
    }

    private static long SizeOf(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
