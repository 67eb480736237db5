using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>The log of revoked consent, what each lead ended, and which emails go to prospects.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261129_0100_ContactStops")]
public sealed class ContactStopsMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<int>("Stopped", "Leads", nullable: false, defaultValue: 0);
        migrationBuilder.AddColumn<bool>("ToProspect", "Outbox", nullable: false, defaultValue: false);
        migrationBuilder.CreateTable(
            name: "ContactStops",
            columns: table => new
            {
                Id = table.Column<Guid>(nullable: false),
                Channel = table.Column<string>(maxLength: 20, nullable: false),
                AddressHash = table.Column<byte[]>(nullable: false),
                How = table.Column<string>(maxLength: 20, nullable: false),
                By = table.Column<string>(maxLength: 100, nullable: false),
                At = table.Column<DateTime>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_ContactStops", stop => stop.Id)
        );
        migrationBuilder.CreateIndex("IX_ContactStops_AddressHash", "ContactStops", "AddressHash");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable("ContactStops");
        migrationBuilder.DropColumn("ToProspect", "Outbox");
        migrationBuilder.DropColumn("Stopped", "Leads");
    }
}
