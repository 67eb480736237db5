using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ketamine.Content;
using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Bench;

/// <summary>
/// An issue scheduled from the command line and sent by the built site, which is killed (-9) repeatedly while the mail server fails a share of all
/// commands. Then the mail server's own list is compared with the ledger.
/// </summary>
internal static class NewsletterKills
{
    /// <summary>10,000 readers, 30 % of commands failing, a hundred kills, one every few seconds.</summary>
    public static async Task<int> RunAsync()
    {
        var figures = await RunAsync(10_000, 0.3, mostKills: 100, TimeSpan.FromSeconds(4), Console.Out);
        Console.WriteLine(figures.Told);
        return figures.Right ? 0 : 1;
    }

    /// <param name="failing">The share of the mail server's commands that fail, 0 to 1.</param>
    /// <param name="between">The time from the site listening to its kill: random, from half to one and a half times this.</param>
    public static async Task<Figures> RunAsync(int readers, double failing, int mostKills, TimeSpan between, TextWriter output)
    {
        var home = Directory.CreateTempSubdirectory("ketamine-newsletter-").FullName;
        try
        {
            using var server = new FlakySmtp(failing);
            var run = new Run(home, LoopbackPort.Free(), server.Port);
            await run.PrepareAsync(readers);
            var clock = Stopwatch.StartNew();
            var (_, told) = await run.CommandAsync("ops", "newsletter", "send", "--file", Path.Combine(home, "november.md"));
            await output.WriteAsync(told);
            var kills = 0;
            for (var ended = false; !ended;)
            {
                using var site = await run.StartAsync();
                var life = Stopwatch.StartNew();
                var lasts = kills < mostKills ? between * (0.5 + Random.Shared.NextDouble()) : TimeSpan.MaxValue;
                while (life.Elapsed < lasts && !(ended = await run.EndedAsync())) await Task.Delay(100);
                site.Kill();
                await site.WaitForExitAsync();
                if (!ended) kills++;
                if (!ended && kills % 10 == 0)
                    await output.WriteLineAsync($"{clock.Elapsed.TotalSeconds:0} s: {kills} kills, {server.Taken.Count} of {readers} reached");
            }

            var seconds = clock.Elapsed.TotalSeconds;
            (_, told) = await run.CommandAsync("ops", "newsletter", "status");
            await output.WriteAsync(told);
            return await run.FiguresAsync(readers, kills, seconds, server);
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(home, recursive: true);
        }
    }

    /// <param name="Reached">Readers whose email the server accepted.</param>
    /// <param name="Twice">Of these, readers for whom it accepted more than one.</param>
    /// <param name="Named">Readers whom the ledger lists as possible duplicates.</param>
    /// <param name="Unnamed">Readers who got more copies than the ledger has possible duplicates, plus one: must be none.</param>
    /// <param name="OtherIds">Readers whose copies had different Message-IDs: must be none.</param>
    internal sealed record Figures(
        int Readers,
        int Kills,
        double Seconds,
        int Commands,
        int Failed,
        int Reached,
        int Sent,
        int Twice,
        int Named,
        int Unnamed,
        int OtherIds
    )
    {
        public bool Right => Reached == Readers && Sent == Readers && Unnamed == 0 && OtherIds == 0;

        public string Told =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Readers} readers, {Kills} kills, {Failed} of {Commands} SMTP commands failed ({100.0 * Failed / Commands:0} %), {Seconds:0} s: "
                    + $"{Reached} reached, {Sent} sent by the ledger, {Readers - Reached} left out; "
            )
            + $"{Named} named as perhaps sent twice (the failure fell after DATA), {Twice} of them were; "
            + $"sent twice without being named: {Unnamed}; with another Message-ID: {OtherIds}";
    }

    private sealed class Run(string home, int port, int smtp)
    {
        private string Data => Path.Combine(home, "data");

        public async Task PrepareAsync(int readers)
        {
            Directory.CreateDirectory(Path.Combine(home, "content"));
            Directory.CreateDirectory(Data);
            await File.WriteAllTextAsync(Path.Combine(home, "content", "clinic.yml"), """
                name: Juniper House
                url: https://juniper.example
                timeZone: America/Denver
                address:
                  street: 12 Aspen Way
                  city: Boulder
                  region: CO
                  postalCode: "80301"
                  country: US
                newsletter:
                  heading: Get on the list for the latest news and updates
                  invitation: About once a month.
                  thanks: Thanks for subscribing!
                """);
            await File.WriteAllTextAsync(
                Path.Combine(home, "november.md"),
                "---\ntitle: November at Juniper House\nsummary: New evening hours.\n---\n\nWe are open until eight on Thursdays.\n"
            );
            await SiteDatabase.AskAsync(Data, async db =>
            {
                await db.Database.MigrateAsync();
                var key = await db.Set<NewsletterKey>().SingleAsync();
                var now = TimeProvider.System.GetUtcNow();
                for (var i = 0; i < readers; i++)
                {
                    var address = EmailAddress.Parse($"reader{i}@reader.example");
                    db.Add(new Subscriber(address, key.HashOf(address), new Agreement("yes", now, "bench"), now));
                }

                return await db.SaveChangesAsync();
            });
        }

        public async Task<(int Code, string Told)> CommandAsync(params string[] arguments)
        {
            using var process = Start(arguments);
            var error = process.StandardError.ReadToEndAsync();
            var told = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, told + await error);
        }

        /// <summary>Starts the site and returns once it listens.</summary>
        public async Task<Process> StartAsync()
        {
            var site = Start($"--urls=http://127.0.0.1:{port}");
            site.OutputDataReceived += (_, _) => { };
            site.BeginOutputReadLine();
            var errors = site.StandardError.ReadToEndAsync();
            while (true)
            {
                try
                {
                    using var probe = new TcpClient();
                    await probe.ConnectAsync(IPAddress.Loopback, port);
                    return site;
                }
                catch (SocketException) when (!site.HasExited)
                {
                    await Task.Delay(20);
                }
                catch (SocketException e)
                {
                    throw new InvalidOperationException($"The site did not start: {await errors}", e);
                }
            }
        }

        public Task<bool> EndedAsync() =>
            SiteDatabase.AskAsync(Data, db => db.Set<Issue>().AnyAsync(issue => issue.State == IssueState.Ended || issue.State == IssueState.Stopped));

        public async Task<Figures> FiguresAsync(int readers, int kills, double seconds, FlakySmtp server)
        {
            var ledger = await SiteDatabase.AskAsync(Data, db => db.Set<Delivery>()
                .Join(db.Set<Subscriber>(), d => d.SubscriberId, s => s.Id, (d, s) => new { Reader = s, d.State, d.PossibleDuplicates })
                .ToListAsync());
            var duplicates = ledger.ToDictionary(row => row.Reader.Email!, row => row.PossibleDuplicates, StringComparer.OrdinalIgnoreCase);
            return new Figures(
                readers,
                kills,
                seconds,
                server.Commands,
                server.Failed,
                server.Taken.Count,
                ledger.Count(row => row.State == DeliveryState.Sent),
                server.Taken.Count(taken => taken.Value > 1),
                duplicates.Count(duplicate => duplicate.Value > 0),
                server.Taken.Count(taken => taken.Value > 1 + duplicates[taken.Key]),
                server.MessageIds.Count(ids => ids.Value.Count > 1)
            );
        }

        private Process Start(params string[] arguments)
        {
            var start = new ProcessStartInfo(
                Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
                [Path.Combine(AppContext.BaseDirectory, "Ketamine.Web.dll"), .. arguments]
            )
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (var (key, value) in new (string, string)[]
            {
                ("DOTNET_ENVIRONMENT", "Production"),
                ("Content__Path", Path.Combine(home, "content")),
                ("Data__Path", Data),
                ("Limits__Enabled", "false"),
                ("Mail__Host", "127.0.0.1"),
                ("Mail__Port", smtp.ToString(CultureInfo.InvariantCulture)),
                ("Mail__Security", "None"),
                ("Mail__From", "clinic@juniper.example"),
                ("Mail__Staff__0", "staff@juniper.example"),
                ("Mail__PerMinute", "60000"),
                ("Mail__TimeoutSeconds", "1"),
                ("Newsletter__RetryAfter", "00:00:00.001"),
                // Short runs: tiered compilation would never pay off.
                ("DOTNET_TieredPGO", "0"),
            }) start.Environment[key] = value;
            return Process.Start(start)!;
        }
    }
}
