using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>Creates the newsletter tables: subscribers, pending sign-ups, and a record of what was sent to whom.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261121_0400_Newsletter")]
public sealed class NewsletterMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "NewsletterKey",
            columns: table => new { Id = table.Column<int>(nullable: false), Secret = table.Column<byte[]>(nullable: false) },
            constraints: table => table.PrimaryKey("PK_NewsletterKey", key => key.Id)
        );
        // Inserted by the migration, so every database has it.
        string[] types = migrationBuilder.IsSqlite() ? ["INTEGER", "BLOB"] : ["integer", "bytea"];
        migrationBuilder.InsertData("NewsletterKey", ["Id", "Secret"], types, new object[] { 1, RandomNumberGenerator.GetBytes(32) });

        migrationBuilder.CreateTable(
            name: "NewsletterSubscribers",
            columns: table => new
            {
                Id = table.Column<Guid>(nullable: false),
                AddressHash = table.Column<byte[]>(nullable: false),
                Email = table.Column<string>(maxLength: 254, nullable: true),
                State = table.Column<string>(maxLength: 20, nullable: false),
                Since = table.Column<DateTime>(nullable: false),
                Reason = table.Column<string>(maxLength: 200, nullable: true),
                ConsentWords = table.Column<string>(nullable: false),
                ConsentAt = table.Column<DateTime>(nullable: false),
                ConsentSource = table.Column<string>(maxLength: 200, nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_NewsletterSubscribers", subscriber => subscriber.Id)
        );
        migrationBuilder.CreateIndex("IX_NewsletterSubscribers_AddressHash", "NewsletterSubscribers", "AddressHash", unique: true);
        migrationBuilder.CreateIndex("IX_NewsletterSubscribers_State", "NewsletterSubscribers", "State");

        migrationBuilder.CreateTable(
            name: "NewsletterSignUps",
            columns: table => new
            {
                Id = table.Column<Guid>(nullable: false),
                AddressHash = table.Column<byte[]>(nullable: false),
                Email = table.Column<string>(maxLength: 254, nullable: true),
                CodeHash = table.Column<byte[]>(nullable: false),
                LinkHash = table.Column<byte[]>(nullable: false),
                Tries = table.Column<int>(nullable: false),
                MailedAt = table.Column<DateTime>(nullable: false),
                ConfirmedAt = table.Column<DateTime>(nullable: true),
                ConsentWords = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_NewsletterSignUps", signUp => signUp.Id)
        );
        migrationBuilder.CreateIndex("IX_NewsletterSignUps_AddressHash", "NewsletterSignUps", "AddressHash", unique: true);
        migrationBuilder.CreateIndex("IX_NewsletterSignUps_LinkHash", "NewsletterSignUps", "LinkHash", unique: true);
        migrationBuilder.CreateIndex("IX_NewsletterSignUps_MailedAt", "NewsletterSignUps", "MailedAt");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable("NewsletterSignUps");
        migrationBuilder.DropTable("NewsletterSubscribers");
        migrationBuilder.DropTable("NewsletterKey");
    }
}
