using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>Gives the newsletter's columns and states the names that the code uses now.</summary>
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
