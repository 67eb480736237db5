using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>
/// Adds a lead's answer to the question about danger and the network it came from, adds calls that are held until they are confirmed, and makes the
/// database reject two calls that overlap on one seat.
/// </summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261128_0100_LeadSafety")]
public sealed class LeadSafetyMigration : Migration
{
    private const string SeatCheck = """("Seat" IS NULL) = ("Status" IN ('Cancelled', 'Lapsed'))""";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("Danger", "Leads", maxLength: 10, nullable: true);
        migrationBuilder.AddColumn<bool>("Emergency", "Leads", nullable: false, defaultValue: false);
        migrationBuilder.AddColumn<string>("Network", "Leads", maxLength: 50, nullable: true);
        migrationBuilder.CreateIndex("IX_Leads_Network", "Leads", "Network");
        migrationBuilder.AddColumn<int>("OtherTries", "NewsletterSignUps", nullable: false, defaultValue: 0);

        // Older versions could leave a canceled call with a seat (a race) or two calls on one seat (overlapping hours). Frees the seat of the canceled
        // call, and gives the later of the two calls an unused seat number, so both stay booked.
        migrationBuilder.Sql("""UPDATE "Consultations" SET "Seat" = NULL WHERE "Status" = 'Cancelled'""");
        migrationBuilder.Sql(
            """
            UPDATE "Consultations" SET "Seat" = 100 + (SELECT COUNT(*) FROM "Consultations" AS e WHERE e."Id" < "Consultations"."Id")
            WHERE EXISTS (SELECT 1 FROM "Consultations" AS e WHERE e."Seat" = "Consultations"."Seat" AND e."Id" < "Consultations"."Id"
                AND e."StartsAt" < "Consultations"."EndsAt" AND e."EndsAt" > "Consultations"."StartsAt")
            """
        );
        if (migrationBuilder.IsSqlite())
        {
            migrationBuilder.Sql($"""ALTER TABLE "Consultations" ADD COLUMN "HeldUntil" TEXT NULL CONSTRAINT "CK_Consultations_Seat" CHECK ({SeatCheck})""");
            migrationBuilder.Sql(Trigger("Insert", "INSERT"));
            migrationBuilder.Sql(Trigger("Update", """UPDATE OF "Seat", "StartsAt", "EndsAt" """));
        }
        else
        {
            migrationBuilder.AddColumn<DateTime>("HeldUntil", "Consultations", nullable: true);
            migrationBuilder.AddCheckConstraint("CK_Consultations_Seat", "Consultations", SeatCheck);
            // Writes the seat as a range, because integers in a GiST index need an extension (btree_gist).
            migrationBuilder.Sql(
                $"""
                ALTER TABLE "Consultations" ADD CONSTRAINT "{ClinicDatabase.OverlapConstraint}"
                EXCLUDE USING gist (int4range("Seat", "Seat", '[]') WITH &&, tstzrange("StartsAt", "EndsAt") WITH &&)
                """
            );
        }

        migrationBuilder.CreateIndex("IX_Consultations_HeldUntil", "Consultations", "HeldUntil");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        if (migrationBuilder.IsSqlite())
        {
            migrationBuilder.Sql("""DROP TRIGGER "TR_Consultations_Overlap_Insert" """);
            migrationBuilder.Sql("""DROP TRIGGER "TR_Consultations_Overlap_Update" """);
        }
        else
        {
            migrationBuilder.Sql($"""ALTER TABLE "Consultations" DROP CONSTRAINT "{ClinicDatabase.OverlapConstraint}" """);
            migrationBuilder.DropCheckConstraint("CK_Consultations_Seat", "Consultations");
        }

        migrationBuilder.DropIndex("IX_Consultations_HeldUntil", "Consultations");
        migrationBuilder.DropColumn("HeldUntil", "Consultations");
        migrationBuilder.DropColumn("OtherTries", "NewsletterSignUps");
        migrationBuilder.DropIndex("IX_Leads_Network", "Leads");
        migrationBuilder.DropColumn("Network", "Leads");
        migrationBuilder.DropColumn("Emergency", "Leads");
        migrationBuilder.DropColumn("Danger", "Leads");
    }

    private static string Trigger(string name, string when) =>
        $"""
            CREATE TRIGGER "TR_Consultations_Overlap_{name}" BEFORE {when} ON "Consultations" WHEN NEW."Seat" IS NOT NULL
            BEGIN
                SELECT RAISE(ABORT, '{ClinicDatabase.OverlapConstraint}') WHERE EXISTS (SELECT 1 FROM "Consultations" AS c
                    WHERE c."Seat" = NEW."Seat" AND c."Id" <> NEW."Id" AND c."StartsAt" < NEW."EndsAt" AND c."EndsAt" > NEW."StartsAt");
            END
            """;
}
