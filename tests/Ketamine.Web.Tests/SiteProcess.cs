using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace Ketamine.Web.Tests;

/// <summary>
/// The built site in a separate process, as in production, for what can't be tested from inside (kill -9, the machine's certificates).
/// </summary>
internal sealed class SiteProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private SiteProcess(Uri address, IEnumerable<(string Key, string Value)> settings, IEnumerable<(string Key, string Value)> environment)
    {
        Address = address;
        // The same build of the site is next to the tests.
        var program = Path.Combine(AppContext.BaseDirectory, "Ketamine.Web.dll");
        // A write past the limit that SmallDisk may set is then an error, as on a full disk, instead of a signal that ends the process.
        var start = new ProcessStartInfo(
            "env",
            [
                "--ignore-signal=XFSZ",
                Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
                program,
                "--urls",
                address.ToString(),
                .. settings.Select(setting => $"--{setting.Key}={setting.Value}"),
            ]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        foreach (var (key, value) in environment) start.Environment[key] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts the site at <paramref name="address"/> and returns once it answers.</summary>
    public static async Task<SiteProcess> StartAsync(
        Uri address,
        IEnumerable<(string Key, string Value)> settings,
        params (string Key, string Value)[] environment
    )
    {
        var site = new SiteProcess(address, settings, environment);
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(address.Host, address.Port);
                return site;
            }
            catch (SocketException) when (!site._process.HasExited && patience.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(20);
            }
            catch (SocketException e)
            {
                throw new InvalidOperationException($"The site did not start: {string.Join('\n', site._output)}", e);
            }
        }
    }

    public Uri Address { get; }

    public int Id => _process.Id;

    /// <summary>What it wrote to the console.</summary>
    public IReadOnlyList<string> Output => [.. _output];

    /// <summary>Waits for a line with all of these words: a line can arrive a moment after the answer to the request that caused it.</summary>
    public async Task WritesAsync(params string[] words)
    {
        var patience = Stopwatch.StartNew();
        while (!Output.Any(line => Array.TrueForAll(words, word => line.Contains(word, StringComparison.Ordinal))))
        {
            if (patience.Elapsed > TimeSpan.FromSeconds(20))
                throw new TimeoutException($"No line with {string.Join(" and ", words)}:\n{string.Join('\n', Output)}");
            await Task.Delay(20);
        }
    }

    /// <summary>kill -9: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }
}
