using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>The newsletter's columns and states under the names that the code now has for them.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261128_0300_NewsletterNames")]
public sealed class NewsletterNamesMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.RenameColumn("Doubts", "NewsletterDeliveries", "PossibleDuplicates");
        migrationBuilder.RenameColumn("Trouble", "NewsletterIssues", "StopReason");
        migrationBuilder.Sql("""UPDATE "NewsletterDeliveries" SET "State" = 'InFlight' WHERE "State" = 'HandingOver'""");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""UPDATE "NewsletterDeliveries" SET "State" = 'HandingOver' WHERE "State" = 'InFlight'""");
        migrationBuilder.RenameColumn("StopReason", "NewsletterIssues", "Trouble");
        migrationBuilder.RenameColumn("PossibleDuplicates", "NewsletterDeliveries", "Doubts");
    }
}
