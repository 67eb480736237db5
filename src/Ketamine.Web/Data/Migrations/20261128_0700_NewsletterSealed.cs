using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>The addresses of readers and sign-ups get a sealed column. They move to the table Unsealed, from which the running site seals them.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261128_0700_NewsletterSealed")]
public sealed class NewsletterSealedMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var (json, text) = ActiveProvider!.EndsWith("PostgreSQL", StringComparison.Ordinal) ? ("json_build_object", "::text") : ("json_object", "");
        foreach (var (table, kind) in new[] { ("NewsletterSubscribers", "Subscribers"), ("NewsletterSignUps", "SignUps") })
        {
            migrationBuilder.Sql(
                $"""
                INSERT INTO "Unsealed" ("Id", "Kind", "Words")
                SELECT "Id", '{kind}', {json}('Email', "Email"){text} FROM "{table}" WHERE "Email" IS NOT NULL
                """
            );
            migrationBuilder.AddColumn<byte[]>("Sealed", table, nullable: true);
            migrationBuilder.Sql($"""ALTER TABLE "{table}" DROP COLUMN "Email" """);
        }
    }

    protected override void Down(MigrationBuilder migrationBuilder) =>
        throw new NotSupportedException("Sealed addresses can't be opened by a migration. Go back with a backup from before, and the keys that belong to it.");
}
