using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Ketamine.Web.Bench;

/// <summary>
/// A cached article page against nginx that serves the same Brotli bytes from disk, in interleaved rounds. Other work on the machine slows both sides of a
/// round equally, so compare ratios, not absolute figures. CPU per request hardly depends on it.
/// </summary>
internal static partial class PageSpeed
{
    private const int Rounds = 7;
    private const int Seconds = 4;

    public static async Task<int> RunAsync()
    {
        if (!DebianPackages.Install("wrk", "wrk") || !DebianPackages.Install("nginx", "nginx", "libnginx-mod-http-brotli-static")) return 2;
        await using var site = await RunningSite.StartAsync("content", "--Logs:Console=None");
        using var http = new HttpClient { BaseAddress = site.Address };
        var path = (await site.ArticlesAsync())[0];
        var page = await http.GetByteArrayAsync(new Uri(path, UriKind.Relative));
        var brotli = await BrotliAsync(http, path);
        using var nginx = Nginx.Start(page, brotli);
        Console.WriteLine(
            $"{path}: {page.Length:N0} bytes, {brotli.Length:N0} as Brotli; 64 connections, {Rounds} rounds of {Seconds} s, {Environment.ProcessorCount} cores"
        );

        var (ours, theirs) = (new List<Round>(), new List<Round>());
        // Warm: the just-in-time compiler has seen the path, and the file is in nginx's cache.
        await MeasureAsync(new Uri(site.Address, path), site.ProcessIds);
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(await MeasureAsync(new Uri(site.Address, path), site.ProcessIds));
            theirs.Add(await MeasureAsync(nginx.Address, nginx.ProcessIds));
        }

        Console.WriteLine("            requests/s   p50 ms   p99 ms   CPU µs/request");
        Print("this site", ours);
        Print("nginx", theirs);
        Console.WriteLine(
            $"ratio       {Ratio(round => round.PerSecond), 10:0.00} {Ratio(round => round.P50), 8:0.00} "
                + $"{Ratio(round => round.P99), 8:0.00} {Ratio(round => round.CpuMicroseconds), 16:0.00}   (median of the rounds' own)"
        );
        return 0;

        double Ratio(Func<Round, double> of) => ours.Zip(theirs, (mine, its) => of(mine) / of(its)).At(0.5);
    }

    private static async Task<byte[]> BrotliAsync(HttpClient http, string path)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("Accept-Encoding", "br");
            using var response = await http.SendAsync(request);
            if (response.Content.Headers.ContentEncoding.Contains("br")) return await response.Content.ReadAsByteArrayAsync();
            await Task.Delay(100);
        }
    }

    private static async Task<Round> MeasureAsync(Uri address, IReadOnlyList<int> processes)
    {
        var before = processes.Sum(Cpu);
        using var wrk = Process.Start(
            new ProcessStartInfo("wrk", ["-t1", "-c64", $"-d{Seconds}s", "--latency", "-H", "Accept-Encoding: br", address.ToString()])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        var said = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        if (said.Contains("Non-2xx", StringComparison.Ordinal)) throw new InvalidOperationException(said);
        var requests = double.Parse(Requests().Match(said).Groups[1].Value, CultureInfo.InvariantCulture);
        return new Round(
            double.Parse(PerSecond().Match(said).Groups[1].Value, CultureInfo.InvariantCulture),
            Milliseconds(said, "50%"), Milliseconds(said, "99%"), (processes.Sum(Cpu) - before) * 1e6 / requests);
    }

    /// <summary>Seconds of CPU that a process has used, user and kernel.</summary>
    private static double Cpu(int process)
    {
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / 100;
    }

    private static double Milliseconds(string said, string percentile)
    {
        var found = Regex.Match(said, Regex.Escape(percentile) + @"\s+([\d.]+)(us|ms|s)", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        return double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) * (found.Groups[2].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 });
    }

    private static void Print(string name, List<Round> rounds)
    {
        Console.WriteLine(
            $"{name, -11} {Of(round => round.PerSecond), 10:N0} {Of(round => round.P50), 8:0.00} {Of(round => round.P99), 8:0.00} "
                + $"{Of(round => round.CpuMicroseconds), 16:0.0}"
        );

        double Of(Func<Round, double> figure) => rounds.Select(figure).At(0.5);
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)", RegexOptions.CultureInvariant)]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"(\d+) requests in", RegexOptions.CultureInvariant)]
    private static partial Regex Requests();

    private sealed record Round(double PerSecond, double P50, double P99, double CpuMicroseconds);

    /// <summary>nginx with a separate folder and port, one worker per core, and the file kept open.</summary>
    private sealed class Nginx : IDisposable
    {
        private readonly Process _process;
        private readonly DirectoryInfo _home;

        private Nginx(Process process, DirectoryInfo home, Uri address) => (_process, _home, Address) = (process, home, address);

        public Uri Address { get; }

        public IReadOnlyList<int> ProcessIds => [.. File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];

        public static Nginx Start(byte[] page, byte[] brotli)
        {
            var home = Directory.CreateTempSubdirectory("ketamine-nginx-");
            if (!OperatingSystem.IsWindows()) home.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
            File.WriteAllBytes(Path.Combine(home.FullName, "page.html"), page);
            File.WriteAllBytes(Path.Combine(home.FullName, "page.html.br"), brotli);
            var port = LoopbackPort.Free();
            File.WriteAllText(Path.Combine(home.FullName, "nginx.conf"), $$"""
                load_module /usr/lib/nginx/modules/ngx_http_brotli_static_module.so;
                daemon off; worker_processes {{Environment.ProcessorCount}}; pid {{home.FullName}}/pid; error_log {{home.FullName}}/error.log;
                events { worker_connections 1024; }
                http {
                  types { text/html html; } access_log off; sendfile on; tcp_nopush on; open_file_cache max=100; keepalive_requests 100000000;
                  server { listen 127.0.0.1:{{port}}; root {{home.FullName}}; brotli_static on; add_header Cache-Control "public, max-age=60"; }
                }
                """);
            var process = Process.Start("/usr/sbin/nginx", ["-c", Path.Combine(home.FullName, "nginx.conf")]);
            Thread.Sleep(1000);
            return new Nginx(process, home, new Uri($"http://127.0.0.1:{port}/page.html"));
        }

        public void Dispose()
        {
            using (var stop = Process.Start("kill", ["-QUIT", _process.Id.ToString(CultureInfo.InvariantCulture)])) stop.WaitForExit();
            _process.WaitForExit();
            _process.Dispose();
            _home.Delete(recursive: true);
        }
    }
}
