using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>Creates the audit log, with triggers that reject changes and deletions, and the row that marks its end.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261128_0300_Audit")]
public sealed class AuditMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "Audit",
            columns: table => new
            {
                Number = table.Column<long>(nullable: false),
                At = table.Column<DateTime>(nullable: false),
                Who = table.Column<string>(maxLength: 100, nullable: false),
                What = table.Column<string>(maxLength: 40, nullable: false),
                Subject = table.Column<string>(maxLength: 200, nullable: true),
                Detail = table.Column<string>(maxLength: 200, nullable: true),
                Hash = table.Column<byte[]>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_Audit", entry => entry.Number)
        );
        migrationBuilder.CreateIndex("IX_Audit_Subject", "Audit", "Subject");
        migrationBuilder.CreateTable(
            name: "AuditTail",
            columns: table => new
            {
                Id = table.Column<int>(nullable: false),
                Number = table.Column<long>(nullable: false),
                Hash = table.Column<byte[]>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_AuditTail", tail => tail.Id)
        );
        if (ActiveProvider!.EndsWith("PostgreSQL", StringComparison.Ordinal))
        {
            migrationBuilder.Sql(
                """
                INSERT INTO "AuditTail" ("Id", "Number", "Hash") VALUES (1, 0, '\x');
                CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'The audit can only be added to'; END $$;
                CREATE TRIGGER audit_keeps_lines BEFORE UPDATE OR DELETE ON "Audit" FOR EACH ROW EXECUTE FUNCTION audit_refuses();
                CREATE TRIGGER audit_keeps_all BEFORE TRUNCATE ON "Audit" FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses();
                CREATE TRIGGER audit_keeps_its_end BEFORE DELETE ON "AuditTail" FOR EACH ROW EXECUTE FUNCTION audit_refuses();
                """
            );
        }
        else
        {
            migrationBuilder.Sql(
                """
                INSERT INTO "AuditTail" ("Id", "Number", "Hash") VALUES (1, 0, x'');
                CREATE TRIGGER audit_keeps_lines BEFORE UPDATE ON "Audit" BEGIN SELECT RAISE(ABORT, 'The audit can only be added to'); END;
                CREATE TRIGGER audit_keeps_all BEFORE DELETE ON "Audit" BEGIN SELECT RAISE(ABORT, 'The audit can only be added to'); END;
                CREATE TRIGGER audit_keeps_its_end BEFORE DELETE ON "AuditTail" BEGIN SELECT RAISE(ABORT, 'The audit can only be added to'); END;
                """
            );
        }
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable("Audit");
        migrationBuilder.DropTable("AuditTail");
        if (ActiveProvider!.EndsWith("PostgreSQL", StringComparison.Ordinal))
            migrationBuilder.Sql("DROP FUNCTION audit_refuses();");
    }
}
