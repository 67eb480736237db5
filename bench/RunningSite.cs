using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Ketamine.Web.Bench;

/// <summary>The built site in a separate process on a free loopback port, with a temporary data folder.</summary>
internal sealed partial class RunningSite : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _home;

    private RunningSite(Process process, string home, Uri address) => (_process, _home, Address) = (process, home, address);

    public Uri Address { get; }
    public IReadOnlyList<int> ProcessIds => [_process.Id];
    public string DataPath => Path.Combine(_home, "data");

    /// <summary>Memory of the site alone: pages that it shares with other processes count by their share (Pss in <c>smaps_rollup</c>).</summary>
    public double ProportionalMegabytes => ProportionalMegabytesOf(_process);

    /// <summary>Memory that the site has in use, shared pages counted whole (VmRSS).</summary>
    public double WorkingSetMegabytes => Megabytes(_process, "status", "VmRSS:");

    /// <summary>Seconds of CPU that the site has used, user and kernel.</summary>
    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Starts the site on <paramref name="content"/> and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">It ended, or didn't answer within 60 seconds.</exception>
    public static Task<RunningSite> StartAsync(string content, params string[] settings) =>
        StartPublishedAsync(AppContext.BaseDirectory, content, settings);

    /// <summary>Like <see cref="StartAsync"/>, from the folder that the site was published to.</summary>
    public static async Task<RunningSite> StartPublishedAsync(string program, string content, params string[] settings)
    {
        var home = Directory.CreateTempSubdirectory("ketamine-bench-").FullName;
        var address = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}");
        var process = Launch(program, address, content, Path.Combine(home, "data"), ["--Limits:Enabled=false", .. settings]);
        var site = new RunningSite(process, home, address);
        using var http = new HttpClient();
        for (var tries = 0; tries < 600 && !process.HasExited; tries++)
        {
            try
            {
                using var response = await http.GetAsync(new Uri(address, "/health/live"));
                return site;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }

        await site.DisposeAsync();
        throw new InvalidOperationException("The site ended, or didn't answer within 60 seconds.");
    }

    /// <summary>The paths of the articles on its list, in order.</summary>
    public async Task<IReadOnlyList<string>> ArticlesAsync()
    {
        using var http = new HttpClient();
        return [.. Article().Matches(await http.GetStringAsync(new Uri(Address, "/blog"))).Select(link => link.Groups[1].Value).Distinct()];
    }

    /// <summary>Starts the site's process and doesn't wait for anything.</summary>
    internal static Process Launch(string program, Uri address, string content, string data, params string[] settings)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(program, "Ketamine.Web.dll"), $"--urls={address}", $"--Content:Path={content}", $"--Data:Path={data}", .. settings])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    /// <inheritdoc cref="ProportionalMegabytes" />
    internal static double ProportionalMegabytesOf(Process site) => Megabytes(site, "smaps_rollup", "Pss:");

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    private static double Megabytes(Process process, string file, string field) =>
        double.Parse(
            File.ReadLines($"/proc/{process.Id}/{file}")
                .First(line => line.StartsWith(field, StringComparison.Ordinal))
                .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) / 1024;

    [GeneratedRegex("href=\"(/blog/[a-z0-9-]+)\"", RegexOptions.CultureInvariant)]
    private static partial Regex Article();
}
