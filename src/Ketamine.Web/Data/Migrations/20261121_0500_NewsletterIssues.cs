using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>Creates the tables of newsletter issues and of who each was sent to.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261121_0500_NewsletterIssues")]
public sealed class NewsletterIssuesMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "NewsletterIssues",
            columns: table => new
            {
                Id = table.Column<Guid>(nullable: false),
                Name = table.Column<string>(maxLength: 200, nullable: false),
                Subject = table.Column<string>(maxLength: 200, nullable: false),
                FromName = table.Column<string>(maxLength: 100, nullable: false),
                Text = table.Column<string>(nullable: false),
                Html = table.Column<string>(nullable: false),
                State = table.Column<string>(maxLength: 20, nullable: false),
                CreatedAt = table.Column<DateTime>(nullable: false),
                SendAt = table.Column<DateTime>(nullable: false),
                EndedAt = table.Column<DateTime>(nullable: true),
                Trouble = table.Column<string>(maxLength: 500, nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_NewsletterIssues", issue => issue.Id)
        );
        migrationBuilder.CreateIndex("IX_NewsletterIssues_Name", "NewsletterIssues", "Name", unique: true);

        migrationBuilder.CreateTable(
            name: "NewsletterDeliveries",
            columns: table => new
            {
                IssueId = table.Column<Guid>(nullable: false),
                SubscriberId = table.Column<Guid>(nullable: false),
                State = table.Column<string>(maxLength: 20, nullable: false),
                Attempts = table.Column<int>(nullable: false),
                Doubts = table.Column<int>(nullable: false),
                DueAt = table.Column<DateTime>(nullable: false),
                FirstTriedAt = table.Column<DateTime>(nullable: true),
                SentAt = table.Column<DateTime>(nullable: true),
                LeftAt = table.Column<DateTime>(nullable: true),
                LastError = table.Column<string>(maxLength: 300, nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_NewsletterDeliveries", delivery => new { delivery.IssueId, delivery.SubscriberId });
                table.ForeignKey(
                    "FK_NewsletterDeliveries_NewsletterIssues_IssueId",
                    delivery => delivery.IssueId,
                    "NewsletterIssues",
                    "Id",
                    onDelete: ReferentialAction.Cascade
                );
                table.ForeignKey(
                    "FK_NewsletterDeliveries_NewsletterSubscribers_SubscriberId",
                    delivery => delivery.SubscriberId,
                    "NewsletterSubscribers",
                    "Id",
                    onDelete: ReferentialAction.Cascade
                );
            }
        );
        migrationBuilder.CreateIndex("IX_NewsletterDeliveries_IssueId_State_DueAt", "NewsletterDeliveries", ["IssueId", "State", "DueAt"]);
        migrationBuilder.CreateIndex("IX_NewsletterDeliveries_SubscriberId", "NewsletterDeliveries", "SubscriberId");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable("NewsletterDeliveries");
        migrationBuilder.DropTable("NewsletterIssues");
    }
}
