using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>
/// What people told the clinic gets one sealed column a row. What there is moves to the table Unsealed; only the running site has the keys to seal it,
/// and does so before it serves anything.
/// </summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261128_0500_Sealed")]
public sealed class SealedMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var postgres = ActiveProvider!.EndsWith("PostgreSQL", StringComparison.Ordinal);
        migrationBuilder.CreateTable(
            name: "Unsealed",
            columns: table => new
            {
                Id = table.Column<Guid>(nullable: false),
                Kind = table.Column<string>(maxLength: 20, nullable: false),
                Words = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_Unsealed", row => new { row.Kind, row.Id })
        );
        var (json, text, nested) = postgres ? ("json_build_object", "::text", "{0}::json") : ("json_object", "", "json({0})");
        migrationBuilder.Sql(
            $"""
            INSERT INTO "Unsealed" ("Id", "Kind", "Words")
            SELECT "Id", 'Leads', {json}('Name', "Name", 'Email', "Email", 'Phone', "Phone", 'PhoneExtension', "PhoneExtension", 'Message', "Message", 'About', "About", 'Answers', "Answers", 'Times', "Times"){text} FROM "Leads"
            """
        );
        migrationBuilder.Sql(
            $"""
            INSERT INTO "Unsealed" ("Id", "Kind", "Words")
            SELECT "Id", 'Outbox', {json}('To', "To", 'ReplyTo', "ReplyTo", 'Text', "Text", 'Html', "Html",
                'Headers', {string.Format(null, nested, "\"Headers\"")}, 'Attachments', {string.Format(null, nested, "\"Attachments\"")}){text} FROM "Outbox"
            """
        );
        migrationBuilder.AddColumn<byte[]>("Sealed", "Leads", nullable: true);
        migrationBuilder.AddColumn<byte[]>("EmailHash", "Leads", nullable: true);
        migrationBuilder.AddColumn<byte[]>("PhoneHash", "Leads", nullable: true);
        migrationBuilder.AddColumn<byte[]>("Sealed", "Outbox", nullable: true);
        migrationBuilder.Sql("""UPDATE "Leads" SET "Network" = NULL""");
        migrationBuilder.DropIndex("IX_Leads_EmailNormalized", "Leads");
        migrationBuilder.DropIndex("IX_Leads_Phone", "Leads");
        // By hand, because EF Core rebuilds a SQLite table for it, from a model that hand-written migrations don't carry.
        foreach (var column in new[] { "Name", "Email", "EmailNormalized", "Phone", "PhoneExtension", "Message", "About", "Answers", "Times" })
            migrationBuilder.Sql($"""ALTER TABLE "Leads" DROP COLUMN "{column}" """);
        foreach (var column in new[] { "To", "ReplyTo", "Text", "Html", "Headers", "Attachments" })
            migrationBuilder.Sql($"""ALTER TABLE "Outbox" DROP COLUMN "{column}" """);
        migrationBuilder.CreateIndex("IX_Leads_EmailHash", "Leads", "EmailHash");
        migrationBuilder.CreateIndex("IX_Leads_PhoneHash", "Leads", "PhoneHash");
    }

    protected override void Down(MigrationBuilder migrationBuilder) =>
        throw new NotSupportedException("Sealed rows can't be opened by a migration. Go back with a backup from before, and the keys that belong to it.");
}
