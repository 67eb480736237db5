using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;
using Ketamine.Web.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Leads;

/// <summary>Many requests at the same moment, on the engine whose transactions run in parallel: each is saved once.</summary>
public sealed class BurstTests : IAsyncLifetime
{
    private readonly ClinicApp _app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
        consultation:
          title: Free call
          weekly:
            - {day: thu, from: "09:00", to: "12:00"}
            - {day: fri, from: "09:00", to: "12:00"}
        """));

    private PostgresServer? _server;

    public async Task InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        foreach (var (key, value) in _server.Settings) _app.Set(key, value);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Fact]
    public async Task on_postgres_sixty_people_who_write_at_the_same_moment_are_sixty_leads()
    {
        var responses = await AtOnceAsync(60, i => _app.PostFormAsync("/contact", Form($"p{i}")));
        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.SeeOther);
        responses.Select(Location).ShouldBeUnique();
        (await LeadsAsync()).Select(lead => lead.Name).Order().ShouldBe(Enumerable.Range(0, 60).Select(i => $"p{i}").Order());
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("lead-staff").Count().ShouldBe(60);
        _app.Mailbox.OfKind("lead-confirmation").Count().ShouldBe(60);
    }

    [Fact]
    public async Task on_postgres_when_six_people_want_each_of_ten_times_one_gets_it_and_the_rest_are_offered_other_times()
    {
        var wanted = await FreeAsync(10);
        var responses = await AtOnceAsync(60, i => _app.PostFormAsync("/consultation", [("slot", wanted[i % 10]), .. Form($"p{i}")]));
        for (var time = 0; time < 10; time++)
        {
            responses.Where((_, i) => i % 10 == time).Select(response => response.StatusCode).Order()
                .ShouldBe([HttpStatusCode.SeeOther, .. Enumerable.Repeat(HttpStatusCode.Conflict, 5)]);
        }

        foreach (var loser in responses.Where(response => response.StatusCode == HttpStatusCode.Conflict))
            (await loser.ReadPageAsync(HttpStatusCode.Conflict)).QuerySelectorAll("#slot-nearest input").ShouldNotBeEmpty();
        var calls = await _app.UseAsync<ClinicDb, List<Consultation>>(db => db.Set<Consultation>().AsNoTracking().ToListAsync());
        calls.Select(call => call.StartsAt).Distinct().Count().ShouldBe(10);
        calls.Select(call => call.LeadId).Order().ShouldBe((await LeadsAsync()).Select(lead => lead.Id).Order());
    }

    [Theory]
    [InlineData("/contact", "lead-staff")]
    [InlineData("/consultation", "consultation-staff")]
    public async Task on_postgres_the_same_request_twenty_times_at_once_is_one_lead_with_one_answer(string form, string staffMail)
    {
        var slot = (await FreeAsync(1))[0];
        for (var turn = 1; turn <= 2; turn++)
        {
            var responses = await AtOnceAsync(20, _ => _app.PostFormAsync(form, [("slot", slot), .. Form("jo")]));
            responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.SeeOther);
            var references = await Task.WhenAll(responses.Select(async done => (await _app.GetPageAsync(Location(done))).One(".done__reference").Words()));
            references.Distinct().ShouldHaveSingleItem();
            (await LeadsAsync()).Count.ShouldBe(turn);
            await _app.DeliverMailAsync();
            _app.Mailbox.OfKind(staffMail).Count().ShouldBe(turn);
            if (form == "/consultation") return; // its time is taken from here on
            // After the duplicate window, again at once: the earlier lead doesn't matter anymore.
            _app.Clock.Advance(LeadIntake.DuplicateWindow + TimeSpan.FromSeconds(1));
        }
    }

    private static (string, string)[] Form(string who) =>
        [
            ("name", who), ("email", $"{who}@example.com"),
            ("phone", $"303555{(who == "jo" ? 0 : int.Parse(who[1..], System.Globalization.CultureInfo.InvariantCulture)) + 1000}"),
            ("message", "Is this for me?"), ("consent", "yes"),
        ];

    private static string Location(HttpResponseMessage response) => response.Headers.Location!.ToString();

    private static Task<HttpResponseMessage[]> AtOnceAsync(int many, Func<int, Task<HttpResponseMessage>> post) =>
        Task.WhenAll(Enumerable.Range(0, many).Select(i => Task.Run(() => post(i))));

    private async Task<List<string>> FreeAsync(int count) =>
        [.. (await _app.GetPageAsync("/consultation")).QuerySelectorAll<IHtmlInputElement>(".days input[name=slot]").Select(input => input.Value).Take(count)];

    private Task<List<Lead>> LeadsAsync() => _app.UseAsync<ClinicDb, List<Lead>>(db => db.Set<Lead>().AsNoTracking().ToListAsync());
}
