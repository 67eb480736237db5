using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>Creates the outbox: emails saved in the same transaction as the change that causes them.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261121_0200_Outbox")]
public sealed class OutboxMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "Outbox",
            columns: table => new
            {
                Id = table.Column<Guid>(nullable: false),
                MessageId = table.Column<string>(maxLength: 300, nullable: false),
                Kind = table.Column<string>(maxLength: 60, nullable: false),
                To = table.Column<string>(maxLength: 254, nullable: false),
                FromName = table.Column<string>(maxLength: 100, nullable: true),
                Subject = table.Column<string>(maxLength: 200, nullable: false),
                Text = table.Column<string>(nullable: false),
                Html = table.Column<string>(nullable: false),
                ReplyTo = table.Column<string>(maxLength: 254, nullable: true),
                Headers = table.Column<string>(nullable: false),
                Attachments = table.Column<string>(nullable: false),
                Priority = table.Column<int>(nullable: false),
                LeadId = table.Column<Guid>(nullable: true),
                CreatedAt = table.Column<DateTime>(nullable: false),
                NotBefore = table.Column<DateTime>(nullable: false),
                NotAfter = table.Column<DateTime>(nullable: true),
                DueAt = table.Column<DateTime>(nullable: false),
                Attempts = table.Column<int>(nullable: false),
                FirstTriedAt = table.Column<DateTime>(nullable: true),
                ClaimedBy = table.Column<string>(maxLength: 100, nullable: true),
                SentAt = table.Column<DateTime>(nullable: true),
                State = table.Column<string>(maxLength: 20, nullable: false),
                LastError = table.Column<string>(maxLength: 500, nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_Outbox", message => message.Id)
        );
        migrationBuilder.CreateIndex("IX_Outbox_MessageId", "Outbox", "MessageId", unique: true);
        migrationBuilder.CreateIndex("IX_Outbox_State_Priority_DueAt", "Outbox", ["State", "Priority", "DueAt"]);
        migrationBuilder.CreateIndex("IX_Outbox_LeadId", "Outbox", "LeadId");
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("Outbox");
}
