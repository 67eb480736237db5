using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>Of the same request at the same moment the database keeps one: each lead of a fingerprint has a number of its own.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261121_0600_LeadRepeats")]
public sealed class LeadRepeatsMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<int>("Repeat", "Leads", nullable: false, defaultValue: 0);
        // Leads of before are numbered in their order; the id decides between two of one instant.
        migrationBuilder.Sql("""
            UPDATE "Leads" SET "Repeat" = (SELECT COUNT(*) FROM "Leads" AS e WHERE e."Fingerprint" = "Leads"."Fingerprint"
                AND (e."CreatedAt" < "Leads"."CreatedAt" OR (e."CreatedAt" = "Leads"."CreatedAt" AND e."Id" < "Leads"."Id")))
            """);
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
