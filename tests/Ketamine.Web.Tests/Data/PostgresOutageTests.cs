using System.Collections.Concurrent;
using System.Net;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Data;

/// <summary>PostgreSQL goes down in the middle of its work and comes back while people write.</summary>
public sealed class PostgresOutageTests
{
    private const int Writers = 6;

    [Fact]
    public async Task restarting_postgres_under_load_loses_nothing_that_was_accepted()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var app = ClinicApp.With(_ => { }).Set("Limits:Enabled", "false");
        foreach (var (key, value) in server.Settings) app.Set(key, value);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = app.Listen() };
        var responses = new ConcurrentQueue<(string Message, HttpStatusCode Status, string Page)>();
        using var enough = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteAsync(http, writer, responses, enough.Token)));

        await UntilAsync(responses, HttpStatusCode.SeeOther, 20);
        await server.BreakOffAsync();
        await UntilAsync(responses, HttpStatusCode.ServiceUnavailable, 12);
        (await http.GetStringAsync(new Uri("/", UriKind.Relative))).ShouldContain("</html>");
        var accepted = responses.Count(response => response.Status == HttpStatusCode.SeeOther);
        await server.StartAgainAsync();
        await UntilAsync(responses, HttpStatusCode.SeeOther, accepted + 15);
        await enough.CancelAsync();
        await writing;

        responses.Select(response => response.Status).Distinct().Order().ShouldBe([HttpStatusCode.SeeOther, HttpStatusCode.ServiceUnavailable]);
        responses.Where(response => response.Status == HttpStatusCode.ServiceUnavailable)
            .ShouldAllBe(response => response.Page.Contains(response.Message, StringComparison.Ordinal));
        var leads = await app.UseAsync<ClinicDb, List<Lead>>(db => db.Set<Lead>().AsNoTracking().ToListAsync());
        var kept = leads.Select(lead => lead.Message!).ToList();
        kept.ShouldBeUnique();
        var confirmed = responses.Where(response => response.Status == HttpStatusCode.SeeOther).Select(response => response.Message).ToList();
        confirmed.Except(kept).ShouldBeEmpty("accepted and lost");
        // The outage cut off the response to a commit: the sender got a 503, but the request is saved.
        kept.Except(confirmed).Count().ShouldBeLessThanOrEqualTo(Writers);
        // The outbox pauses after a database failure.
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        await app.DeliverMailAsync();
        // All requests come from one network, so they are held from the sixteenth on.
        app.Mailbox.OfKind("lead-staff").Count().ShouldBe(leads.Count(lead => lead.Status != LeadStatus.Quarantined));
    }

    private static async Task WriteAsync(
        HttpClient http, int writer, ConcurrentQueue<(string Message, HttpStatusCode Status, string Page)> responses, CancellationToken enough)
    {
        for (var number = 0; !enough.IsCancellationRequested; number++)
        {
            var message = $"Question {number} of writer {writer}";
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["name"] = "Robin", ["email"] = $"robin{writer}.{number}@example.com", ["message"] = message, ["consent"] = "yes",
            });
            using var response = await http.PostAsync(new Uri("/contact", UriKind.Relative), form, CancellationToken.None);
            responses.Enqueue((message, response.StatusCode, await response.Content.ReadAsStringAsync(CancellationToken.None)));
        }
    }

    private static async Task UntilAsync(ConcurrentQueue<(string Message, HttpStatusCode Status, string Page)> responses, HttpStatusCode status, int many)
    {
        for (var tries = 0; responses.Count(response => response.Status == status) < many; tries++)
        {
            tries.ShouldBeLessThan(600, $"no {many} answers of {status} within a minute");
            await Task.Delay(100);
        }
    }
}
