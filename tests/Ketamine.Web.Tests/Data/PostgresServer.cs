using Ketamine.Web.Bench;
using System.Diagnostics;
using Ketamine.Web.Tests.Mail;

namespace Ketamine.Web.Tests.Data;

/// <summary>A PostgreSQL server for one test, with its own temporary folder and port.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("ketamine-postgres-").FullName;
    private readonly string _programs;
    private readonly int _port;
    private Process _process;

    private PostgresServer(string programs, int port)
    {
        (_programs, _port) = (programs, port);
        // It refuses to run as root. It then needs another user, who owns the folder.
        if (Environment.IsPrivilegedProcess) Start("chown", "postgres", _home).WaitForExit();
        using (
            var creation = StartUnprivileged(Path.Combine(programs, "initdb"), "-D", Path.Combine(_home, "data"), "-A", "trust", "-U", "postgres", "--no-sync")
        )
            creation.WaitForExit();
        _process = Serve();
    }

    public static async Task<PostgresServer> StartAsync()
    {
        var programs = (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .Select(version => Path.Combine(version, "bin")).Order(StringComparer.Ordinal).LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")));
        programs.ShouldNotBeNull("This test needs PostgreSQL: apt-get install postgresql (./test does it)");
        var server = new PostgresServer(programs, LoopbackPort.Free());
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>Kills it at once, without a checkpoint and with every connection cut off, like a power failure.</summary>
    public async Task BreakOffAsync()
    {
        await SignalAsync("-QUIT");
        _process.Dispose();
    }

    /// <summary>Starts it again on the same data. It first recovers from its log.</summary>
    public async Task StartAgainAsync()
    {
        _process = Serve();
        await WaitUntilReadyAsync();
    }

    /// <summary>The connection string for a database of that name. Migrating creates it.</summary>
    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Pooling=false";

    /// <summary>The site's settings for a separate database on this server.</summary>
    public (string, string)[] Settings => [("Database:Provider", "Postgres"), ("ConnectionStrings:Clinic", ConnectionString($"clinic_{Guid.NewGuid():N}"))];

    public async ValueTask DisposeAsync()
    {
        // Ends its sessions and child processes, and removes its shared memory.
        await SignalAsync("-INT");
        _process.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    private Process Serve() =>
        StartUnprivileged(
            Path.Combine(_programs, "postgres"),
            "-D",
            Path.Combine(_home, "data"),
            "-p",
            $"{_port}",
            "-k",
            _home,
            "-c",
            "listen_addresses=127.0.0.1"
        );

    private async Task WaitUntilReadyAsync()
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var probe = new Npgsql.NpgsqlConnection(ConnectionString("postgres"));
                await probe.OpenAsync();
                return;
            }
            catch (Npgsql.NpgsqlException) when (patience.Elapsed < TimeSpan.FromSeconds(30) && !_process.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    private async Task SignalAsync(string signal)
    {
        using (var stop = Start("kill", signal, File.ReadLines(Path.Combine(_home, "data", "postmaster.pid")).First())) await stop.WaitForExitAsync();
        await _process.WaitForExitAsync();
    }

    private static Process StartUnprivileged(string program, params string[] arguments) =>
        Environment.IsPrivilegedProcess ? Start("runuser", ["-u", "postgres", "--", program, .. arguments]) : Start(program, arguments);

    private static Process Start(string program, params string[] arguments)
    {
        var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = "/",
            }
        )!;
        // Read the output, so a full pipe never blocks the server.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
