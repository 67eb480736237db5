using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Ketamine.Web.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Bench;

/// <summary>
/// People write to the clinic while its mail server is a black hole for half a minute, in each of three ways. Then the server's own list is compared with
/// the database: what was accepted, what was delivered once the server worked again, what arrived twice, and how long the slowest visitor waited.
/// </summary>
internal static class BlackHoles
{
    private const int Visitors = 8;
    private const int MailTimeoutSeconds = 10;
    private static readonly TimeSpan HoleLasts = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenRequests = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync()
    {
        Console.WriteLine(
            $"{Visitors} visitors write for {HoleLasts.TotalSeconds:0} s; Mail:TimeoutSeconds={MailTimeoutSeconds}; {Environment.ProcessorCount} cores"
        );
        Console.WriteLine("the mail server           accepted  other answers  lost  emails  delivered  after the end  twice  longest wait  reading");
        var right = true;
        foreach (var hole in new[] { SmtpHole.Silent, SmtpHole.Slow, SmtpHole.LostAfterData }) right &= await MeasureAsync(hole);
        return right ? 0 : 1;
    }

    private static async Task<bool> MeasureAsync(SmtpHole hole)
    {
        using var server = new BlackHoleSmtp { Hole = hole };
        await using var site = await RunningSite.StartAsync(
            "content", "--Logs:Console=None", "--Mail:Host=127.0.0.1", $"--Mail:Port={server.Port}", "--Mail:Security=None",
            "--Mail:From=clinic@juniper.example", "--Mail:Staff:0=staff@juniper.example", $"--Mail:TimeoutSeconds={MailTimeoutSeconds}"
        );
        var (accepted, others) = (new ConcurrentBag<string>(), 0);
        var (slowestPost, slowestRead) = (TimeSpan.Zero, TimeSpan.Zero);
        var clock = Stopwatch.StartNew();
        var waits = await Task.WhenAll(Enumerable.Range(0, Visitors).Select(VisitAsync).Append(ReadAsync()));
        slowestPost = waits[..^1].Max();
        slowestRead = waits[^1];

        server.Hole = SmtpHole.None;
        var after = Stopwatch.StartNew();
        var mails = await MailsAsync(site.DataPath);
        while (mails.Exists(mail => mail.State != OutboxState.Sent) && after.Elapsed < MostPatience)
        {
            await Task.Delay(250);
            mails = await MailsAsync(site.DataPath);
        }

        var kept = await LeadsAsync(site.DataPath);
        var lost = accepted.Except(kept, StringComparer.Ordinal).Count();
        var delivered = mails.Count(mail => server.Taken.ContainsKey(mail.MessageId));
        var twice = server.Taken.Count(taken => taken.Value > 1);
        Console.WriteLine(
            $"{Name(hole), -25} {accepted.Count, 8} {others, 14} {lost, 5} {mails.Count, 7} {delivered, 10} {after.Elapsed.TotalSeconds, 12:0} s "
                + $"{twice, 6} {slowestPost.TotalMilliseconds, 10:0} ms {slowestRead.TotalMilliseconds, 5:0} ms"
        );
        return lost == 0 && others == 0 && delivered == mails.Count && mails.Count >= 2 * accepted.Count && twice <= server.TakenUnheard
            && slowestPost < MostWait && slowestRead < MostWait;

        async Task<TimeSpan> VisitAsync(int visitor)
        {
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = site.Address };
            var slowest = TimeSpan.Zero;
            for (var i = 0; clock.Elapsed < HoleLasts; i++)
            {
                var message = $"Question {visitor}-{i}";
                using var form = new FormUrlEncodedContent([
                    new("name", $"Person {visitor}"), new("email", $"person{visitor}-{i}@example.com"), new("message", message), new("consent", "yes"),
                ]);
                var wait = Stopwatch.StartNew();
                using var response = await http.PostAsync(new Uri("/contact", UriKind.Relative), form);
                if (wait.Elapsed > slowest) slowest = wait.Elapsed;
                if (response.StatusCode is HttpStatusCode.SeeOther) accepted.Add(message);
                else Interlocked.Increment(ref others);
                await Task.Delay(BetweenRequests);
            }

            return slowest;
        }

        async Task<TimeSpan> ReadAsync()
        {
            using var http = new HttpClient { BaseAddress = site.Address };
            var slowest = TimeSpan.Zero;
            while (clock.Elapsed < HoleLasts)
            {
                var wait = Stopwatch.StartNew();
                using (var response = await http.GetAsync(new Uri("/faqs", UriKind.Relative))) response.EnsureSuccessStatusCode();
                if (wait.Elapsed > slowest) slowest = wait.Elapsed;
                await Task.Delay(50);
            }

            return slowest;
        }
    }

    private static string Name(SmtpHole hole) => hole switch
    {
        SmtpHole.Silent => "accepts, never answers",
        SmtpHole.Slow => "answers a second late",
        _ => "loses packets after DATA",
    };

    // Emails about these leads; one that warns of a lead left unanswered is not due yet.
    private static Task<List<OutboxMessage>> MailsAsync(string data) => SiteDatabase.AskAsync(
        data, db => db.Set<OutboxMessage>().AsNoTracking().Where(mail => mail.Kind == "lead-staff" || mail.Kind == "lead-confirmation").ToListAsync());

    private static Task<List<string>> LeadsAsync(string data) => SiteDatabase.AskAsync(
        data, async db => (await db.Set<Lead>().AsNoTracking().ToListAsync()).ConvertAll(lead => lead.Message!));
}
