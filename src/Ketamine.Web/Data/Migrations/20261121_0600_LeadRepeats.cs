using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>
/// Numbers the leads that share a fingerprint, with a unique index, so that the database keeps only one of two identical requests that arrive at the
/// same moment.
/// </summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261121_0600_LeadRepeats")]
public sealed class LeadRepeatsMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<int>("Repeat", "Leads", nullable: false, defaultValue: 0);
        // Numbers existing leads by time, and by id where times are equal.
        migrationBuilder.Sql(
            """
            UPDATE "Leads" SET "Repeat" = (SELECT COUNT(*) FROM "Leads" AS e WHERE e."Fingerprint" = "Leads"."Fingerprint"
                AND (e."CreatedAt" < "Leads"."CreatedAt" OR (e."CreatedAt" = "Leads"."CreatedAt" AND e."Id" < "Leads"."Id")))
            """
        );
        migrationBuilder.DropIndex("IX_Leads_Fingerprint_CreatedAt", "Leads");
        migrationBuilder.CreateIndex("IX_Leads_Fingerprint_Repeat", "Leads", ["Fingerprint", "Repeat"], unique: true);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropIndex("IX_Leads_Fingerprint_Repeat", "Leads");
        migrationBuilder.CreateIndex("IX_Leads_Fingerprint_CreatedAt", "Leads", ["Fingerprint", "CreatedAt"]);
        migrationBuilder.DropColumn("Repeat", "Leads");
    }
}
