using System.CommandLine;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;
using Ketamine.Web.Ops;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Ops;

public sealed class LeadsCommandsTests : IDisposable
{
    private readonly ClinicApp _app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
        consultation:
          title: Free call
          weekly:
            - {day: thu, from: "09:00", to: "17:00"}
            - {day: fri, from: "09:00", to: "17:00"}
        """));

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task the_list_shows_an_emergency_then_danger_then_the_earliest_promise()
    {
        var rows = new[]
        {
            ("Early", "What does it cost?"), ("Later", "How long does it take?"), ("Danger", "I want to die"),
            ("Emergency", "My friend is not waking up"),
        };
        foreach (var (name, message) in rows)
        {
            (await _app.PostFormAsync("/contact", ("name", name), ("email", $"{name}@example.com"), ("message", message), ("consent", "yes"))).Dispose();
            _app.Clock.Advance(TimeSpan.FromHours(1));
        }

        var (_, said) = await RunAsync("list");
        string[] names = ["Emergency", "Danger", "Early", "Later"];
        names.Select(name => said.IndexOf($"  {name}:", StringComparison.Ordinal)).ShouldBeInOrder(SortDirection.Ascending, said);
        said.ShouldContain("(!!) ");
        said.ShouldContain("(!) ");
    }

    [Theory]
    [InlineData("I want to die", "risk")]
    [InlineData("My friend is not waking up", "emergency")]
    public async Task an_answered_risk_stays_on_the_list_until_someone_has_taken_it_over(string message, string what)
    {
        (await _app.PostFormAsync("/contact", ("name", "Wren"), ("email", "wren@example.com"), ("message", message), ("consent", "yes"))).Dispose();
        var lead = (await _app.UseAsync<ClinicDb, List<Lead>>(db => db.Set<Lead>().AsNoTracking().ToListAsync())).ShouldHaveSingleItem();
        var reference = lead.Reference;
        (await RunAsync("answered", reference.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant())).ShouldBe((0,
            $"{reference} is marked as answered, but it stays on the list until someone has taken over the {what}: "
                + $"ops leads taken-over {reference} --by clinician|911|no-risk\n"));
        var (_, listed) = await RunAsync("list");
        listed.ShouldContain(reference);
        listed.ShouldContain("answered, but no one has taken over");

        (await RunAsync("taken-over", reference, "--by", "clinician")).ShouldBe((0, $"{reference}: recorded who took over the {what}.\n"));
        (await RunAsync("list")).Said.ShouldStartWith("0 leads");
        (await RunAsync("taken-over", reference, "--by", "clinician")).Code.ShouldBe(1);
        var events = await _app.UseAsync<ClinicDb, List<LeadEvent>>(db => db.Set<LeadEvent>().AsNoTracking().ToListAsync());
        events.Select(one => $"{one.Who} {Ketamine.Web.Features.Staff.EventWords.Sentence(one)}").ShouldBe([
            "Someone on the server marked it as answered", "Someone on the server handed the risk to the clinician on duty"], ignoreOrder: true);
    }

    [Fact]
    public async Task every_command_that_changes_a_lead_is_in_its_history_and_in_the_audit_log()
    {
        var slots = (await _app.GetPageAsync("/consultation")).QuerySelectorAll<IHtmlInputElement>(".days input[name=slot]").ToList();
        foreach (var (name, slot) in new[] { ("Teo", slots[0].Value), ("Spam", slots[^1].Value) })
            (await _app.PostFormAsync("/consultation", ("slot", slot), ("name", name), ("email", $"{name}@example.com"), ("phone", "3035550155"),
                ("consent", "yes"))).Dispose();
        var leads = await _app.UseAsync<ClinicDb, List<Lead>>(db => db.Set<Lead>().AsNoTracking().ToListAsync());
        var (teo, spam) = (leads.Single(lead => lead.Name == "Teo").Reference, leads.Single(lead => lead.Name == "Spam").Reference);
        (await RunAsync("answered", teo)).Code.ShouldBe(0);
        (await RunAsync("free", spam)).Code.ShouldBe(0);
        (await RunAsync("release", spam)).Code.ShouldBe(0);
        var call = await _app.UseAsync<ClinicDb, Consultation>(db => db.Set<Consultation>().SingleAsync(call => call.Seat != null));
        _app.Clock.Set(call.StartsAt.AddMinutes(5));
        (await RunAsync("missed", teo)).ShouldBe((0, $"{teo}: marked as missed.\n"));

        var events = await _app.UseAsync<ClinicDb, List<LeadEvent>>(db => db.Set<LeadEvent>().AsNoTracking().ToListAsync());
        events.Select(one => $"{one.Who} {Ketamine.Web.Features.Staff.EventWords.Sentence(one)}").ShouldBe([
            "Someone on the server marked it as answered", "Someone on the server held it as likely spam: a made-up booking",
            "Someone on the server let it through: a person (held: a made-up booking)", "Someone on the server marked the call as missed",
        ], ignoreOrder: true);
        var entries = await _app.UseAsync<ClinicDb, List<AuditEntry>>(db => db.Set<AuditEntry>().AsNoTracking().OrderBy(entry => entry.Number).ToListAsync());
        entries.Where(entry => entry.Subject is not null).Select(entry => (entry.Who, entry.What, entry.Subject)).ShouldBe([
            (AuditLog.Ops, "lead-answered", teo), (AuditLog.Ops, "lead-call-freed", spam), (AuditLog.Ops, "lead-let-through", spam),
            (AuditLog.Ops, "lead-call-missed", teo),
        ]);
    }

    [Fact]
    public async Task an_answered_lead_without_risk_leaves_the_list()
    {
        (await _app.PostFormAsync("/contact", ("name", "Ines"), ("email", "ines@example.com"), ("message", "Hello"), ("consent", "yes"))).Dispose();
        var reference = (await _app.UseAsync<ClinicDb, List<Lead>>(db => db.Set<Lead>().AsNoTracking().ToListAsync())).ShouldHaveSingleItem().Reference;
        (await RunAsync("answered", reference)).ShouldBe((0, $"{reference} is marked as answered.\n"));
        (await RunAsync("list")).Said.ShouldStartWith("0 leads");
    }

    [Fact]
    public async Task staff_see_which_unconfirmed_calls_came_from_one_network_and_free_those_with_one_command()
    {
        var slots = (await _app.GetPageAsync("/consultation"))
            .QuerySelectorAll<IHtmlInputElement>(".days input[name=slot]")
            .Select(input => input.Value)
            .ToList();
        for (var i = 0; i < 6; i++)
            (
                await _app.PostFormAsync(
                    "/consultation",
                    ("slot", slots[i]),
                    ("name", $"p{i}"),
                    ("email", $"p{i}@example.com"),
                    ("phone", "3035550155"),
                    ("consent", "yes")
                )
            ).Dispose();
        await _app.UseAsync<ClinicDb>(async db =>
        {
            string[] made = ["p0", "p1", "p2", "p3"];
            var ids = (await db.Set<Lead>().AsNoTracking().ToListAsync()).Where(lead => made.Contains(lead.Name)).Select(lead => lead.Id).ToList();
            await db.Set<Lead>().Where(lead => ids.Contains(lead.Id)).ExecuteUpdateAsync(set => set.SetProperty(lead => lead.Network, "192.0.2.7"));
            await db.Set<Lead>().Where(lead => !ids.Contains(lead.Id)).ExecuteUpdateAsync(set => set.SetProperty(lead => lead.Network, "198.51.100.4"));
        });
        var (_, shown) = await RunAsync("unconfirmed");
        shown.ShouldStartWith("4 from 192.0.2.7; to free them: ops leads free ");
        shown.ShouldContain("2 from 198.51.100.4;");
        shown.ShouldContain("6 unconfirmed calls");

        var reference = shown.Split("ops leads free ")[1][..9];
        (await RunAsync("free", reference)).ShouldBe((0, "Freed 4 times. Their requests are held as spam; ops leads list --quarantined shows them.\n"));
        (await RunAsync("free")).Code.ShouldBe(1);
        (await RunAsync("free", "NONE-NONE")).Code.ShouldBe(1);
        (await RunAsync("unconfirmed")).Said.ShouldStartWith("2 from 198.51.100.4");
        (await RunAsync("free", "--all")).Said.ShouldStartWith("Freed 2 times");
        (await _app.UseAsync<ClinicDb, int>(db => db.Set<Consultation>().CountAsync(call => call.Seat != null))).ShouldBe(0);
    }

    /// <summary>Runs a command as typed, with the running site's services.</summary>
    private async Task<(int Code, string Said)> RunAsync(params string[] line)
    {
        _ = _app.Services;
        await using var said = new StringWriter();
        var command = LeadsCommands.Create(new OpsSite(() =>
        {
            var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateBuilder([
                $"--Data:Path={_app.DataPath}",
                $"--Content:Path={_app.Folder.Root}",
                "--Mail:From=clinic@juniper.example",
            ]);
            builder.Services.AddSingleton<TimeProvider>(_app.Clock);
            builder
                .Services.AddLocalization()
                .AddDataProtection()
                .SetApplicationName("Ketamine.Web")
                .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(_app.DataPath, "keys")));
            Ketamine.Web.Data.ClinicDatabase.AddData(builder.Services, builder.Configuration);
            Ketamine.Content.ContentServices.AddContent(builder.Services, builder.Configuration);
            Ketamine.Web.Mail.MailSetup.AddMail(builder.Services, builder.Configuration);
            builder.Services.AddLeads(builder.Configuration);
            builder.Services.AddConsultations();
            return builder.Build();
        }));
        var code = await command.Parse(line).InvokeAsync(new InvocationConfiguration { Output = said, Error = said });
        return (code, said.ToString().ReplaceLineEndings("\n"));
    }
}
