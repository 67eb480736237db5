using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>Creates the tables that count article views per day and record which reminders about expiring reviews were sent.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261121_0500_Articles")]
public sealed class ArticlesMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "ArticleViews",
            columns: table => new
            {
                Slug = table.Column<string>(maxLength: 100, nullable: false),
                Day = table.Column<DateOnly>(nullable: false),
                Count = table.Column<int>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_ArticleViews", views => new { views.Slug, views.Day })
        );
        migrationBuilder.CreateTable(
            name: "ReviewReminders",
            columns: table => new
            {
                Path = table.Column<string>(maxLength: 120, nullable: false),
                Reviewed = table.Column<DateOnly>(nullable: false),
                Step = table.Column<int>(nullable: false),
                At = table.Column<DateTime>(nullable: false),
            },
            constraints: table =>
                table.PrimaryKey(
                    "PK_ReviewReminders",
                    reminder => new
                    {
                        reminder.Path,
                        reminder.Reviewed,
                        reminder.Step,
                    }
                )
        );
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable("ReviewReminders");
        migrationBuilder.DropTable("ArticleViews");
    }
}
