using Ketamine.Web.Bench;
using Ketamine.Web.Tests.Data;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Leads;

/// <summary>No lead or email is lost, whenever the process dies.</summary>
public sealed class KillTests(Xunit.Abstractions.ITestOutputHelper output) : IAsyncLifetime
{
    private const int Requests = 500;
    private const int Kills = 8;

    private readonly string _home = Directory.CreateTempSubdirectory("ketamine-kill-").FullName;
    private readonly SmtpSink _mailServer = new();
    private readonly Random _random = new();
    private readonly Uri _address = new($"http://127.0.0.1:{LoopbackPort.Free()}");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _database?.Dispose();
        _mailServer.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task a_site_killed_at_random_moments_loses_no_lead_and_sends_each_email()
    {
        var time = Stopwatch.StartNew();
        // The server accepts an email some time before it replies, so a kill can happen between sending and marking.
        _mailServer.Answer = said =>
        {
            if (said == ".") Thread.Sleep(_random.Next(10));
            return null;
        };
        var clinic = new ClinicFolder(Path.Combine(_home, "content"));
        (string, string)[] settings =
        [
            ("Content:Path", clinic.Root),
            ("Data:Path", Data),
            ("Limits:Enabled", "false"),
            ("Mail:From", "clinic@juniper.example"),
            ("Mail:Staff:0", "staff@juniper.example"),
            // Long enough for a busy machine: an attempt that is given up may have arrived, and would count as a duplicate without a kill.
            .. _mailServer.Settings(), ("Mail:TimeoutSeconds", "15"),
        ];

        var waiting = new ConcurrentQueue<int>(Enumerable.Range(0, Requests));
        var references = new ConcurrentDictionary<int, string>();
        var unanswered = 0;
        var kills = 0;
        for (var living = false; !living;)
        {
            // On a busy machine, a start takes longer. Fewer kills are then enough, and the test still ends within a minute.
            living = kills == Kills || time.Elapsed > TimeSpan.FromSeconds(25);
            await using var site = await SiteProcess.StartAsync(_address, settings);
            using var killed = new CancellationTokenSource();
            var posting = Enumerable.Range(0, 8).Select(_ => PostAsync()).ToArray();
            if (!living)
            {
                // After its share of the requests, at any moment during the next few.
                var enough = Requests * (kills + 1) / (Kills + 1);
                while (references.Count < enough) await Task.Delay(1);
                await Task.Delay(_random.Next(60));
                await killed.CancelAsync();
                await site.KillAsync();
                kills++;
            }

            await Task.WhenAll(posting);
            if (living) await MailsAreOutAsync();

            async Task PostAsync()
            {
                using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _address };
                while (!killed.IsCancellationRequested && waiting.TryDequeue(out var number))
                {
                    try
                    {
                        using var response = await http.PostAsync("/contact", Form(number));
                        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
                        references[number] = $"Question {number}";
                    }
                    catch (HttpRequestException)
                    {
                        // As a person would: they got no response, so they send it again.
                        Interlocked.Increment(ref unanswered);
                        waiting.Enqueue(number);
                    }
                }
            }
        }

        await using var db = Database();
        var leads = await db.Set<Lead>().AsNoTracking().ToListAsync();
        references.Count.ShouldBe(Requests);
        leads.Select(lead => lead.Message!).Order().ShouldBe(references.Values.Order(), "every request that was answered made one lead, and no other is there");

        var rows = await db.Set<OutboxMessage>().AsNoTracking().Where(mail => mail.Kind == "lead-staff" || mail.Kind == "lead-confirmation").ToListAsync();
        rows.ShouldAllBe(row => row.State == OutboxState.Sent);
        foreach (var kind in new[] { "lead-staff", "lead-confirmation" })
            rows.Where(row => row.Kind == kind).Select(row => row.LeadId!.Value).Order().ShouldBe(leads.Select(lead => lead.Id).Order());

        var arrived = _mailServer.Received.Select(mail => $"<{mail.MessageId}>").GroupBy(id => id).ToDictionary(mails => mails.Key, mails => mails.Count());
        arrived.Keys.Order().ShouldBe(rows.Select(row => row.MessageId).Order(), "each email arrived, and nothing else did");
        arrived.Values.Max().ShouldBeLessThanOrEqualTo(2);
        var twice = arrived.Values.Count(count => count == 2);
        twice.ShouldBeLessThanOrEqualTo(kills * OutboxWorker.AtOnce, "only what was in hand at a kill may come twice");

        output.WriteLine(
            $"{Requests} leads, {kills} kills, {unanswered} requests cut off and sent again, "
                + $"{rows.Count} mails, {twice} of them twice, {time.Elapsed.TotalSeconds:0} s"
        );
        kills.ShouldBePositive();
        unanswered.ShouldBeGreaterThan(0, "the kills fell while requests were under way, or this test shows nothing");
    }

    private string Data => Path.Combine(_home, "data");

    private ClinicDb Database() => (_database ??= new SiteDatabase(Data)).Open();

    private SiteDatabase? _database;

    private static FormUrlEncodedContent Form(int number) => new(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["name"] = $"Person {number}",
        ["email"] = $"person{number}@example.com",
        ["message"] = $"Question {number}",
        ["consent"] = "yes",
    });

    private async Task MailsAreOutAsync()
    {
        while (true)
        {
            await using var db = Database();
            if (!await db.Set<OutboxMessage>().AnyAsync(mail => mail.State != OutboxState.Sent && mail.Kind != "lead-overdue")) return;
            await Task.Delay(100);
        }
    }
}
