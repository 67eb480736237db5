using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>Adds time off, when the link of a video call was sent, and which lead another one was merged into.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261128_0600_DeskCalls")]
public sealed class DeskCallsMigration : Migration
{
    private static readonly string[] Indexed = ["MergedIntoId", "FormerEmailHash", "FormerPhoneHash"];

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "TimeOff",
            columns: table => new
            {
                Id = table.Column<Guid>(nullable: false),
                StartsAt = table.Column<DateTime>(nullable: false),
                EndsAt = table.Column<DateTime>(nullable: false),
                CreatedAt = table.Column<DateTime>(nullable: false),
                Sealed = table.Column<byte[]>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_TimeOff", off => off.Id)
        );
        migrationBuilder.CreateIndex("IX_TimeOff_EndsAt", "TimeOff", "EndsAt");
        migrationBuilder.AddColumn<DateTime>("LinkSentAt", "Consultations", nullable: true);
        migrationBuilder.AddColumn<Guid>("MergedIntoId", "Leads", nullable: true);
        migrationBuilder.AddColumn<byte[]>("FormerEmailHash", "Leads", nullable: true);
        migrationBuilder.AddColumn<byte[]>("FormerPhoneHash", "Leads", nullable: true);
        foreach (var column in Indexed)
            migrationBuilder.CreateIndex($"IX_Leads_{column}", "Leads", column);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        foreach (var column in Indexed)
        {
            migrationBuilder.DropIndex($"IX_Leads_{column}", "Leads");
            migrationBuilder.DropColumn(column, "Leads");
        }

        migrationBuilder.DropColumn("LinkSentAt", "Consultations");
        migrationBuilder.DropTable("TimeOff");
    }
}
