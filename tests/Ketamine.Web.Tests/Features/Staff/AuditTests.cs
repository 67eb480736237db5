using System.Net;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Features.Staff;

/// <summary>The audit log: entries can only be added, and a chain of hashes reveals changes made directly in the database.</summary>
public sealed class AuditTests
{
    private static readonly string[] Engines = ["sqlite", "postgres"];

    public static TheoryData<string> BothEngines => [.. Engines];

    [Theory, MemberData(nameof(BothEngines))]
    public async Task the_database_refuses_to_change_an_audit_entry(string engine)
    {
        await using var desk = await StartAsync(engine);
        await WriteAsync(desk.App, 3);
        foreach (var statement in new[] { """UPDATE "Audit" SET "Who" = 'x'""", """DELETE FROM "Audit" WHERE "Number" = 2""", """DELETE FROM "AuditTail" """ })
            await Should.ThrowAsync<Exception>(() => SqlAsync(desk.App, statement));
        if (engine == "postgres") await Should.ThrowAsync<Exception>(() => SqlAsync(desk.App, """TRUNCATE "Audit" """));
        (await VerifyAsync(desk.App)).IsIntact.ShouldBeTrue();
    }

    [Theory, MemberData(nameof(BothEngines))]
    public async Task an_audit_entry_deleted_edited_or_moved_in_the_database_is_found_and_named(string engine)
    {
        await using var desk = await StartAsync(engine);
        await WriteAsync(desk.App, 8);
        await SqlAsync(desk.App, engine == "sqlite"
            ? "DROP TRIGGER audit_keeps_lines; DROP TRIGGER audit_keeps_all;"
            : """DROP TRIGGER audit_keeps_lines ON "Audit"; DROP TRIGGER audit_keeps_all ON "Audit";""");
        (await VerifyAsync(desk.App)).IsIntact.ShouldBeTrue();

        await TamperAsync(
            """UPDATE "Audit" SET "Detail" = 'other' WHERE "Number" = 4""",
            """UPDATE "Audit" SET "Detail" = 'line 4' WHERE "Number" = 4""",
            "Entry 4 was changed or replaced."
        );
        await TamperAsync(
            """UPDATE "Audit" SET "Subject" = NULL WHERE "Number" = 4""",
            """UPDATE "Audit" SET "Subject" = 'S' WHERE "Number" = 4""",
            "Entry 4 was changed or replaced."
        );
        const string swap = """
            UPDATE "Audit" SET "Number" = 99 WHERE "Number" = 3;
            UPDATE "Audit" SET "Number" = 3 WHERE "Number" = 5;
            UPDATE "Audit" SET "Number" = 5 WHERE "Number" = 99
            """;
        await TamperAsync(
            swap,
            swap,
            "Entry 3 was changed or replaced."
        );
        await TamperAsync(
            """UPDATE "Audit" SET "Number" = 100 WHERE "Number" = 6""",
            """UPDATE "Audit" SET "Number" = 6 WHERE "Number" = 100""",
            "Entry 6 is missing."
        );
        await SqlAsync(desk.App, """DELETE FROM "Audit" WHERE "Number" = 8""");
        (await VerifyAsync(desk.App)).Faults.ShouldBe(["Entry 8, the last one, is missing."]);
        await SqlAsync(desk.App, """UPDATE "AuditTail" SET "Number" = 7""");
        (await VerifyAsync(desk.App)).Faults.ShouldBe(["The end of the audit log was changed: it doesn't match entry 7."]);

        async Task TamperAsync(string change, string back, string fault)
        {
            await SqlAsync(desk.App, change);
            (await VerifyAsync(desk.App)).Faults.ShouldContain(fault);
            await SqlAsync(desk.App, back);
            (await VerifyAsync(desk.App)).IsIntact.ShouldBeTrue($"after {back}");
        }
    }

    [Theory, MemberData(nameof(BothEngines))]
    public async Task many_simultaneous_writers_produce_one_chain(string engine)
    {
        await using var desk = await StartAsync(engine);
        await Task.WhenAll(Enumerable.Range(0, 40)
            .Select(i => Task.Run(() => desk.App.UseAsync<AuditLog>(audit => audit.WriteAsync("Dana", "test", $"{i}", null, CancellationToken.None)))));
        var verdict = await VerifyAsync(desk.App);
        verdict.Faults.ShouldBeEmpty();
        verdict.Entries.ShouldBe(40);
    }

    [Fact]
    public async Task an_audit_entry_whose_transaction_fails_is_not_written()
    {
        await using var desk = await StartAsync("sqlite");
        await WriteAsync(desk.App, 1);
        await desk.App.UseAsync<ClinicDb>(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.Database.ExecuteSqlRawAsync("""UPDATE "AuditTail" SET "Number" = 50""");
        });
        await WriteAsync(desk.App, 1);
        var verdict = await VerifyAsync(desk.App);
        verdict.IsIntact.ShouldBeTrue();
        verdict.Entries.ShouldBe(2);
    }

    [Fact]
    public async Task the_owners_page_says_that_the_chain_is_intact_or_where_it_is_broken()
    {
        await using var desk = await StartAsync("sqlite");
        var priya = await desk.App.HireAsync("Priya", StaffRole.Owner);
        var page = await priya.GetPageAsync("/staff/audit");
        page.One(".flash").Words().ShouldStartWith("The chain is intact.");
        page.QuerySelectorAll("tbody tr").ShouldContain(row => row.Words().Contains("Created a passkey: Front desk PC"));

        using (await priya.PressAsync(page, "/staff/audit?handler=Check")) { }
        await SqlAsync(desk.App, """DROP TRIGGER audit_keeps_lines; UPDATE "Audit" SET "Who" = '=cmd' WHERE "Number" = 1""");
        (await priya.GetPageAsync("/staff/audit")).One(".flash").Words()
            .ShouldContain("newer entries just now", customMessage: "a page doesn't read the whole log");
        using (await priya.PressAsync(await priya.GetPageAsync("/staff/audit"), "/staff/audit?handler=Check")) { }
        (await priya.GetPageAsync("/staff/audit")).One("[role=alert]").Words().ShouldContain("Entry 1 was changed");

        // The page verifies newer entries itself, and the whole log is verified again once a day.
        await WriteAsync(desk.App, 2);
        await SqlAsync(desk.App, """UPDATE "Audit" SET "Detail" = 'x' WHERE "Number" = (SELECT MAX("Number") FROM "Audit")""");
        (await priya.GetPageAsync("/staff/audit")).One("[role=alert]").QuerySelectorAll("li").Length.ShouldBe(2);

        using var csv = await priya.Browser.GetAsync("/staff/audit?handler=Csv");
        csv.StatusCode.ShouldBe(HttpStatusCode.OK);
        csv.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        var lines = (await csv.Content.ReadAsStringAsync()).Trim().Split("\r\n");
        lines[0].ShouldBe("entry,at,who,what,subject,detail,hash");
        lines[1].ShouldNotContain(",=cmd");
        lines[^1].ShouldContain("audit-exported");
    }

    private static async Task WriteAsync(ClinicApp app, int lines)
    {
        for (var i = 1; i <= lines; i++) await app.UseAsync<AuditLog>(audit => audit.WriteAsync("Dana", "test", "S", $"line {i}", CancellationToken.None));
    }

    private static Task<AuditVerdict> VerifyAsync(ClinicApp app) => app.UseAsync<AuditLog, AuditVerdict>(audit => audit.VerifyAsync(CancellationToken.None));

    private static Task SqlAsync(ClinicApp app, string statement) => app.UseAsync<ClinicDb>(db => db.Database.ExecuteSqlRawAsync(statement));

    private static async Task<DeskOnEngine> StartAsync(string engine)
    {
        var server = engine == "postgres" ? await PostgresServer.StartAsync() : null;
        var app = ClinicApp.With(_ => { });
        if (server is not null)
            foreach (var (key, value) in server.Settings) app.Set(key, value);
        _ = app.Http;
        return new DeskOnEngine(app, server);
    }

    private sealed record DeskOnEngine(ClinicApp App, PostgresServer? Server) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await App.DisposeAsync();
            if (Server is not null) await Server.DisposeAsync();
        }
    }
}
