using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>The extension of a lead's phone number, beside the number, which stays comparable.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261128_0050_LeadPhoneExtension")]
public sealed class LeadPhoneExtensionMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>("PhoneExtension", "Leads", maxLength: 10, nullable: true);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn("PhoneExtension", "Leads");
}
