using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>Adds a column for the extension of a lead's phone number. It is separate so that numbers can still be compared.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261128_0050_LeadPhoneExtension")]
public sealed class LeadPhoneExtensionMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>("PhoneExtension", "Leads", maxLength: 10, nullable: true);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn("PhoneExtension", "Leads");
}
