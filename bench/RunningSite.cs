using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Ketamine.Web.Bench;

/// <summary>The built site as a process of its own on a free loopback port, with a data folder that goes with it.</summary>
internal sealed class RunningSite : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _home;

    private RunningSite(Process process, string home, Uri address) => (_process, _home, Address) = (process, home, address);

    public Uri Address { get; }
    public IReadOnlyList<int> ProcessIds => [_process.Id];
    public string DataPath => Path.Combine(_home, "data");

    /// <summary>Starts the site on <paramref name="content"/> and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">It did not answer within 60 seconds.</exception>
    public static async Task<RunningSite> StartAsync(string content, params string[] settings)
    {
        var home = Directory.CreateTempSubdirectory("ketamine-bench-").FullName;
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "Ketamine.Web.dll"),
                $"--urls={address}",
                $"--Content:Path={content}",
                $"--Data:Path={Path.Combine(home, "data")}",
                "--Limits:Enabled=false",
                .. settings,
            ]
        )
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var site = new RunningSite(process, home, address);
        using var http = new HttpClient();
        for (var tries = 0; tries < 600; tries++)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(address, "/health/live"));
                return site;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }

        await site.DisposeAsync();
        throw new InvalidOperationException("The site did not answer within 60 seconds");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
