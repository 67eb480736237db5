using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Data;

/// <summary>Migrations are written by hand, so these tests compare their result with the model's, on both engines.</summary>
public sealed class SchemaTests
{
    [Fact]
    public async Task on_sqlite_the_migrated_schema_matches_the_model()
    {
        var home = Directory.CreateTempSubdirectory("ketamine-schema-").FullName;
        try
        {
            await CompareAsync(
                name => new DbContextOptionsBuilder<ClinicDb>().UseSqlite($"Data Source={Path.Combine(home, name)};Pooling=false").Options,
                """
                SELECT m.name || '.' || c.name || ' ' || c.type || ' notnull=' || c."notnull" || ' default=' || COALESCE(c.dflt_value, '')
                    || ' pk=' || c.pk AS "Value"
                FROM sqlite_master m JOIN pragma_table_info(m.name) c
                WHERE m.type = 'table' AND m.name NOT LIKE '\_\_EF%' ESCAPE '\' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\'
                UNION ALL
                SELECT m.name || ' index ' || i.name || ' unique=' || i."unique" || ' partial=' || i.partial
                    || ' (' || (SELECT group_concat(x.name) FROM pragma_index_info(i.name) x) || ')'
                FROM sqlite_master m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND m.name NOT LIKE '\_\_EF%' ESCAPE '\'
                UNION ALL
                SELECT m.name || ' foreign key ' || f."from" || ' -> ' || f."table" || '.' || f."to" || ' on delete ' || f.on_delete
                FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
                """
            );
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public void a_start_knows_which_migration_is_the_newest()
    {
        using var db = new ClinicDb(new DbContextOptionsBuilder<ClinicDb>().UseSqlite("Data Source=:memory:").Options);
        ClinicDatabase.NewestMigration.ShouldBe(db.Database.GetMigrations().Last());
    }

    [Fact]
    public async Task on_postgres_the_migrated_schema_matches_the_model()
    {
        await using var server = await PostgresServer.StartAsync();
        await CompareAsync(
            name => new DbContextOptionsBuilder<ClinicDb>().UseNpgsql(server.ConnectionString(name)).Options,
            """
            SELECT table_name || '.' || column_name || ' ' || data_type || COALESCE('(' || character_maximum_length || ')', '')
                || ' nullable=' || is_nullable || ' default=' || COALESCE(column_default, '') AS "Value"
            FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\_\_EF%'
            UNION ALL
            SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\_\_EF%' AND indexname <> 'EX_Consultations_Overlap'
            UNION ALL
            SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE '%\_\_EF%' AND contype NOT IN ('n', 'x')
            """
        ); // EF Core can't express an exclusion constraint; RaceTests check that it works
    }

    [Fact]
    public async Task older_leads_of_one_request_are_numbered_in_order()
    {
        await using var server = await PostgresServer.StartAsync();
        var home = Directory.CreateTempSubdirectory("ketamine-schema-").FullName;
        try
        {
            foreach (var options in new[] { new DbContextOptionsBuilder<ClinicDb>().UseNpgsql(server.ConnectionString("numbered")).Options,
                new DbContextOptionsBuilder<ClinicDb>().UseSqlite($"Data Source={Path.Combine(home, "numbered")};Pooling=false").Options })
            {
                await using var db = new ClinicDb(options);
                await db.MigrateToAsync("20261121_0500_NewsletterIssues");
                // Names are the expected numbers: one request sent four times, the last two at the same instant, and another one sent once.
                foreach (var (id, asked, name, at) in new[] { (1, 7, "0", 1), (2, 7, "2", 3), (3, 7, "1", 2), (4, 7, "3", 3), (5, 8, "0", 2) })
                {
                    await db.Database.ExecuteSqlAsync(
                        $"""
                        INSERT INTO "Leads" ("Id", "Reference", "Kind", "Status", "Name", "ReachBy", "VoicemailAllowed", "MayNameClinic", "ConsentWords",
                            "ConsentVersion", "ConsentAt", "CreatedAt", "AnswerBy", "SuggestsRisk", "StaffTokenHash", "Fingerprint")
                        VALUES ({new Guid(id, 0, 0, new byte[8])}, {$"R{id}"}, 'Contact', 'New', {name}, 1, {false}, {false}, '', '',
                            {Day(at)}, {Day(at)}, {Day(at)}, {false}, {new[] { (byte)id }}, {new[] { (byte)asked }})
                        """
                    );
                }

                await db.MigrateToAsync("20261121_0600_LeadRepeats");
                (await db.Database.SqlQueryRaw<string>("""SELECT "Name" || '=' || "Repeat" AS "Value" FROM "Leads" ORDER BY "Id" """).ToListAsync())
                    .Order(StringComparer.Ordinal).ShouldBe(["0=0", "0=0", "1=1", "2=2", "3=3"]);
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }

        static DateTime Day(int day) => new(2026, 1, day, 0, 0, 0, DateTimeKind.Utc);
    }

    [Fact]
    public async Task older_calls_that_overlap_or_kept_a_seat_when_canceled_are_migrated()
    {
        await using var server = await PostgresServer.StartAsync();
        var home = Directory.CreateTempSubdirectory("ketamine-schema-").FullName;
        try
        {
            foreach (var options in new[] { new DbContextOptionsBuilder<ClinicDb>().UseNpgsql(server.ConnectionString("overlap")).Options,
                new DbContextOptionsBuilder<ClinicDb>().UseSqlite($"Data Source={Path.Combine(home, "overlap")};Pooling=false").Options })
            {
                await using var db = new ClinicDb(options);
                await db.MigrateToAsync("20261121_0600_LeadRepeats");
                var lead = new Guid(1, 0, 0, new byte[8]);
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO "Leads" ("Id", "Reference", "Kind", "Status", "Name", "ReachBy", "VoicemailAllowed", "MayNameClinic", "ConsentWords",
                        "ConsentVersion", "ConsentAt", "CreatedAt", "AnswerBy", "SuggestsRisk", "StaffTokenHash", "Fingerprint")
                    VALUES ({lead}, 'R1', 'Consultation', 'New', 'Jo', 1, {false}, {false}, '', '',
                        {At(0)}, {At(0)}, {At(0)}, {false}, {new byte[] { 1 }}, {new byte[] { 1 }})
                    """
                );
                // Three overlapping calls in a row, one at the same time on another seat, and one that was canceled and moved at the same moment.
                (int Id, int From, int Seat, string Status)[] some =
                    [(1, 0, 0, "Booked"), (2, 10, 0, "Booked"), (3, 15, 0, "Booked"), (4, 0, 1, "Booked"), (5, 60, 0, "Cancelled")];
                foreach (var (id, from, seat, status) in some)
                {
                    await db.Database.ExecuteSqlAsync(
                        $"""
                        INSERT INTO "Consultations" ("Id", "LeadId", "StartsAt", "EndsAt", "Seat", "By", "Status", "TokenHash", "Sequence",
                            "CreatedAt", "ChangedAt")
                        VALUES ({new Guid(id, 0, 0, new byte[8])}, {lead}, {At(from)}, {At(from + 20)}, {seat}, 'Phone', {status}, {new[] { (byte)id }}, 0,
                            {At(0)}, {At(0)})
                        """
                    );
                }

                await db.Database.MigrateAsync();
                var calls = (await db.Set<Ketamine.Web.Features.Consultations.Consultation>().AsNoTracking().ToListAsync())
                    .OrderBy(call => call.TokenHash[0])
                    .ToList();
                calls.Count.ShouldBe(5);
                calls[4].Seat.ShouldBeNull();
                calls[0].Seat.ShouldBe(0);
                calls[3].Seat.ShouldBe(1);
                calls.Take(4).Select(call => call.Seat).ShouldBeUnique();
                calls.ShouldAllBe(call => call.HeldUntil == null);
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }

        static DateTime At(int minute) => new DateTime(2027, 1, 14, 16, 0, 0, DateTimeKind.Utc).AddMinutes(minute);
    }

    private static async Task CompareAsync(Func<string, DbContextOptions<ClinicDb>> options, string catalog)
    {
        await using var migrated = new ClinicDb(options("migrated"));
        await migrated.Database.MigrateAsync();
        await using var modeled = new ClinicDb(options("modeled"));
        await modeled.Database.EnsureCreatedAsync();
        var (made, wanted) = (await ReadAsync(migrated, catalog), await ReadAsync(modeled, catalog));
        wanted.Count.ShouldBeGreaterThan(40);
        made.ShouldBe(wanted);
    }

    private static async Task<List<string>> ReadAsync(ClinicDb db, string catalog) =>
        [.. (await db.Database.SqlQueryRaw<string>(catalog).ToListAsync()).Order(StringComparer.Ordinal)];
}
