using System.Net;
using Ketamine.Content;
using Ketamine.Content.Model;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Ketamine.Web.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Features.Staff;

/// <summary>Runs the desk's queries on PostgreSQL, because the other tests use SQLite: every page, and merging, freeing, and erasing.</summary>
public sealed class DeskOnPostgresTests
{
    [Fact]
    public async Task a_day_at_the_desk_works_on_postgres_too()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
            hours:
              - {days: [mon, tue, wed, thu, fri], opens: "09:00", closes: "17:00"}
            consultation:
              title: Free call
              weekly: [{day: thu, from: "09:00", to: "12:00"}]
              by: [phone, video]
            """));
        foreach (var (key, value) in server.Settings) app.Set(key, value);
        foreach (var message in new[] { "First", "Second" })
            using (await app.PostFormAsync("/contact", ("name", "Ada"), ("email", "ada@example.org"), ("message", message), ("consent", "yes"))) { }
        var references = await app.UseAsync<ClinicDb, List<string>>(db => db.Set<Lead>().Select(lead => lead.Reference).ToListAsync());
        var priya = await app.HireAsync("Priya", StaffRole.Owner);
        var by = new StaffStamp(Guid.NewGuid(), "Luis");
        await app.UseAsync<BookingService>(async booking =>
        {
            var lead = await app.UseAsync<LeadService, Lead?>(leads => leads.FindAsync(references[0], CancellationToken.None));
            var time = (await booking.FreeAsync(CancellationToken.None, ignoreNotice: true))[0];
            (await booking.BookForAsync(lead!, time, CallKind.Video, by, CancellationToken.None)).ShouldBeTrue();
        });
        await app.UseAsync<TimeOffService>(times => times.AddAsync(app.Clock.Now, app.Clock.Now.AddDays(2), "Away", by, CancellationToken.None));
        (await priya.GetPageAsync("/staff")).QuerySelectorAll("section:has(#now) .row").ShouldContain(row => row.Words().Contains("In time off"));
        foreach (var path in new[] { "/staff/calls?day=2027-01-14", "/staff/calls?week=true", "/staff/calls/time-off", $"/staff/leads/{references[0]}",
            $"/staff/leads/{references[0]}/call", "/staff/numbers", "/staff/newsletter", "/staff/content", "/staff/audit", "/staff/calendar", "/staff?q=ada" })
        {
            using var page = await priya.Browser.GetAsync(path);
            page.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }

        var merge = $"/staff/leads/{references[1]}/merge/{references[0]}";
        using (var merged = await priya.PressAsync(await priya.GetPageAsync(merge), merge))
            merged.Headers.Location!.ToString().ShouldBe($"/staff/leads/{references[0]}");
        var stays = (await priya.GetPageAsync($"/staff/leads/{references[0]}")).One("main").Words();
        stays.ShouldContain("First");
        stays.ShouldContain("Second");
        var ada = EmailAddress.Parse("ada@example.org");
        (await app.UseAsync<LeadService, (int Leads, int Mails)>(leads => leads.ForgetAsync(ada, CancellationToken.None))).Leads.ShouldBe(2);
    }
}
