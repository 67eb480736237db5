using System.Diagnostics;
using Ketamine.Web.Tests.Mail;

namespace Ketamine.Web.Tests.Data;

/// <summary>A PostgreSQL server of the test's own, in a temporary folder and on a port of its own.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("ketamine-postgres-").FullName;
    private readonly string _programs;
    private readonly int _port;
    private Process _process;

    private PostgresServer(string programs, int port)
    {
        (_programs, _port) = (programs, port);
        // It refuses to run as root, and then needs an own user's folder.
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
        var server = new PostgresServer(programs, EximServer.FreePort());
        await server.AnswersAsync();
        return server;
    }

    /// <summary>Ends it at once, without a checkpoint and with every connection broken off, as a power cut would.</summary>
    public async Task BreakOffAsync()
    {
        await SignalAsync("-QUIT");
        _process.Dispose();
    }

    /// <summary>Starts it once more on the same data; it recovers from its log first.</summary>
    public async Task StartAgainAsync()
    {
        _process = Serve();
        await AnswersAsync();
    }

    /// <summary>For a database by that name; migrating makes it.</summary>
    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Pooling=false";

    /// <summary>The site's settings for a database of its own on this server.</summary>
    public (string, string)[] Settings => [("Database:Provider", "Postgres"), ("ConnectionStrings:Clinic", ConnectionString($"clinic_{Guid.NewGuid():N}"))];

    public async ValueTask DisposeAsync()
    {
        // It ends its sessions and its children, and removes its shared memory.
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

    private async Task AnswersAsync()
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
        // Read, so that a full pipe never stops it.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
