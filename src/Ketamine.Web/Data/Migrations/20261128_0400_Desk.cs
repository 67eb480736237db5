using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>What the desk knows of a lead: whose it is, when it comes up again, what was tried, and the lines of its timeline.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261128_0400_Desk")]
public sealed class DeskMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<Guid>("OwnerId", "Leads", nullable: true);
        migrationBuilder.AddColumn<DateTime>("TriedAt", "Leads", nullable: true);
        migrationBuilder.AddColumn<int>("Tries", "Leads", nullable: false, defaultValue: 0);
        migrationBuilder.AddColumn<DateTime>("NextAt", "Leads", nullable: true);
        migrationBuilder.AddColumn<string>("Next", "Leads", maxLength: 20, nullable: true);
        migrationBuilder.AddColumn<string>("ClosedFor", "Leads", maxLength: 20, nullable: true);
        migrationBuilder.AddColumn<DateTime>("RiskTakenAt", "Leads", nullable: true);
        migrationBuilder.AddColumn<string>("RiskTakenBy", "Leads", maxLength: 20, nullable: true);
        migrationBuilder.AddColumn<bool>("NumberWrong", "Leads", nullable: false, defaultValue: false);
        migrationBuilder.AddColumn<DateTime>("ChangeToNoteAt", "Leads", nullable: true);
        migrationBuilder.AddColumn<DateTime>("DoneAt", "Leads", nullable: true);
        migrationBuilder.AddColumn<int>("Version", "Leads", nullable: false, defaultValue: 0);
        // What was answered before the desk: done with, and risk in it was looked after then.
        migrationBuilder.Sql("""UPDATE "Leads" SET "DoneAt" = "AnsweredAt", "TriedAt" = "AnsweredAt" WHERE "Status" = 'Answered'""");
        migrationBuilder.Sql("""UPDATE "Leads" SET "RiskTakenAt" = "AnsweredAt" WHERE "Status" = 'Answered' AND "SuggestsRisk" """);
        migrationBuilder.CreateIndex("IX_Leads_DoneAt", "Leads", "DoneAt");
        migrationBuilder.CreateTable(
            name: "LeadEvents",
            columns: table => new
            {
                Id = table.Column<Guid>(nullable: false),
                LeadId = table.Column<Guid>(nullable: false),
                At = table.Column<DateTime>(nullable: false),
                Kind = table.Column<string>(maxLength: 30, nullable: false),
                StaffId = table.Column<Guid>(nullable: true),
                Who = table.Column<string>(maxLength: 100, nullable: true),
                Detail = table.Column<string>(maxLength: 200, nullable: true),
                Outcome = table.Column<string>(maxLength: 20, nullable: true),
                Form = table.Column<Guid>(nullable: true),
                Before = table.Column<string>(nullable: true),
                VersionAfter = table.Column<int>(nullable: false),
                UndoneAt = table.Column<DateTime>(nullable: true),
                Sealed = table.Column<byte[]>(nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_LeadEvents", happening => happening.Id);
                table.ForeignKey("FK_LeadEvents_Leads_LeadId", happening => happening.LeadId, "Leads", "Id", onDelete: ReferentialAction.Cascade);
            }
        );
        migrationBuilder.CreateIndex("IX_LeadEvents_LeadId_At", "LeadEvents", ["LeadId", "At"]);
        migrationBuilder.CreateIndex("IX_LeadEvents_Form", "LeadEvents", "Form", unique: true);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable("LeadEvents");
        migrationBuilder.DropIndex("IX_Leads_DoneAt", "Leads");
        foreach (
            var column in new[]
            {
                "OwnerId",
                "TriedAt",
                "Tries",
                "NextAt",
                "Next",
                "ClosedFor",
                "RiskTakenAt",
                "RiskTakenBy",
                "NumberWrong",
                "ChangeToNoteAt",
                "DoneAt",
                "Version",
            }
        )
            migrationBuilder.DropColumn(column, "Leads");
    }
}
