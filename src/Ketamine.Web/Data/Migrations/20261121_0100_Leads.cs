using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>Creates the table of leads: requests from prospective patients.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261121_0100_Leads")]
public sealed class LeadsMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "Leads",
            columns: table => new
            {
                Id = table.Column<Guid>(nullable: false),
                Reference = table.Column<string>(maxLength: 9, nullable: false),
                Kind = table.Column<string>(maxLength: 20, nullable: false),
                Status = table.Column<string>(maxLength: 20, nullable: false),
                Name = table.Column<string>(maxLength: 100, nullable: false),
                Email = table.Column<string>(maxLength: 254, nullable: true),
                EmailNormalized = table.Column<string>(maxLength: 254, nullable: true),
                Phone = table.Column<string>(maxLength: 16, nullable: true),
                ReachBy = table.Column<int>(nullable: false),
                VoicemailAllowed = table.Column<bool>(nullable: false),
                MayNameClinic = table.Column<bool>(nullable: false),
                Message = table.Column<string>(nullable: true),
                About = table.Column<string>(maxLength: 300, nullable: true),
                Answers = table.Column<string>(nullable: true),
                Times = table.Column<string>(maxLength: 500, nullable: true),
                ConsentWords = table.Column<string>(nullable: false),
                ConsentVersion = table.Column<string>(maxLength: 20, nullable: false),
                ConsentAt = table.Column<DateTime>(nullable: false),
                CreatedAt = table.Column<DateTime>(nullable: false),
                AnswerBy = table.Column<DateTime>(nullable: false),
                AnsweredAt = table.Column<DateTime>(nullable: true),
                SuggestsRisk = table.Column<bool>(nullable: false),
                StaffTokenHash = table.Column<byte[]>(nullable: false),
                Fingerprint = table.Column<byte[]>(nullable: false),
                Suspicion = table.Column<string>(maxLength: 100, nullable: true),
                SeenAt = table.Column<DateTime>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_Leads", lead => lead.Id)
        );
        migrationBuilder.CreateIndex("IX_Leads_Reference", "Leads", "Reference", unique: true);
        migrationBuilder.CreateIndex("IX_Leads_StaffTokenHash", "Leads", "StaffTokenHash", unique: true);
        migrationBuilder.CreateIndex("IX_Leads_EmailNormalized", "Leads", "EmailNormalized");
        migrationBuilder.CreateIndex("IX_Leads_Phone", "Leads", "Phone");
        migrationBuilder.CreateIndex("IX_Leads_Fingerprint_CreatedAt", "Leads", ["Fingerprint", "CreatedAt"]);
        migrationBuilder.CreateIndex("IX_Leads_Status_AnswerBy", "Leads", ["Status", "AnswerBy"]);
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("Leads");
}
