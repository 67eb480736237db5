using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>Creates the table of booked calls, with a unique index that gives a seat at a given time to only one of them.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261121_0300_Consultations")]
public sealed class ConsultationsMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "Consultations",
            columns: table => new
            {
                Id = table.Column<Guid>(nullable: false),
                LeadId = table.Column<Guid>(nullable: false),
                StartsAt = table.Column<DateTime>(nullable: false),
                EndsAt = table.Column<DateTime>(nullable: false),
                Seat = table.Column<int>(nullable: true),
                By = table.Column<string>(maxLength: 10, nullable: false),
                Status = table.Column<string>(maxLength: 20, nullable: false),
                TokenHash = table.Column<byte[]>(nullable: false),
                Sequence = table.Column<int>(nullable: false),
                CreatedAt = table.Column<DateTime>(nullable: false),
                ChangedAt = table.Column<DateTime>(nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Consultations", call => call.Id);
                table.ForeignKey("FK_Consultations_Leads_LeadId", call => call.LeadId, "Leads", "Id", onDelete: ReferentialAction.Cascade);
            }
        );
        migrationBuilder.CreateIndex("IX_Consultations_LeadId", "Consultations", "LeadId");
        migrationBuilder.CreateIndex("IX_Consultations_TokenHash", "Consultations", "TokenHash", unique: true);
        migrationBuilder.CreateIndex("IX_Consultations_StartsAt_Seat", "Consultations", ["StartsAt", "Seat"], unique: true);
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("Consultations");
}
