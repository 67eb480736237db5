using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>
/// Finds an email of one kind without reading the whole outbox: in a flood of spam, each form asks whether staff have had the day's warning.
/// </summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261130_0100_OutboxKinds")]
public sealed class OutboxKindsMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateIndex("IX_Outbox_Kind_CreatedAt", "Outbox", ["Kind", "CreatedAt"]);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropIndex("IX_Outbox_Kind_CreatedAt", "Outbox");
}
