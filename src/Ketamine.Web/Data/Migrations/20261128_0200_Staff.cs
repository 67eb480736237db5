using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Data.Migrations;

/// <summary>Creates the tables of staff members and their passkeys, sessions, enrollment links, and recovery codes.</summary>
[DbContext(typeof(ClinicDb))]
[Migration("20261128_0200_Staff")]
public sealed class StaffMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "SealedSecrets",
            columns: table => new { Name = table.Column<string>(maxLength: 40, nullable: false), Value = table.Column<byte[]>(nullable: false) },
            constraints: table => table.PrimaryKey("PK_SealedSecrets", secret => secret.Name)
        );
        migrationBuilder.CreateTable(
            name: "Staff",
            columns: table => new
            {
                Id = table.Column<Guid>(nullable: false),
                Name = table.Column<string>(maxLength: 60, nullable: false),
                Email = table.Column<string>(maxLength: 254, nullable: false),
                EmailNormalized = table.Column<string>(maxLength: 254, nullable: false),
                Role = table.Column<string>(maxLength: 20, nullable: false),
                CreatedAt = table.Column<DateTime>(nullable: false),
                OffAt = table.Column<DateTime>(nullable: true),
                SingleKeys = table.Column<bool>(nullable: false),
                CalendarHash = table.Column<byte[]>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_Staff", member => member.Id)
        );
        migrationBuilder.CreateIndex("IX_Staff_EmailNormalized", "Staff", "EmailNormalized", unique: true);
        migrationBuilder.CreateIndex("IX_Staff_CalendarHash", "Staff", "CalendarHash", unique: true);
        migrationBuilder.CreateTable(
            name: "StaffPasskeys",
            columns: table => new
            {
                CredentialId = table.Column<byte[]>(maxLength: 1024, nullable: false),
                StaffId = table.Column<Guid>(nullable: false),
                Name = table.Column<string>(maxLength: 60, nullable: false),
                PublicKey = table.Column<byte[]>(nullable: false),
                SignCount = table.Column<long>(nullable: false),
                Transports = table.Column<string>(maxLength: 100, nullable: false),
                IsUserVerified = table.Column<bool>(nullable: false),
                IsBackupEligible = table.Column<bool>(nullable: false),
                IsBackedUp = table.Column<bool>(nullable: false),
                AttestationObject = table.Column<byte[]>(nullable: false),
                ClientDataJson = table.Column<byte[]>(nullable: false),
                CreatedAt = table.Column<DateTime>(nullable: false),
                UsedAt = table.Column<DateTime>(nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_StaffPasskeys", passkey => passkey.CredentialId);
                table.ForeignKey("FK_StaffPasskeys_Staff_StaffId", passkey => passkey.StaffId, "Staff", "Id", onDelete: ReferentialAction.Cascade);
            }
        );
        migrationBuilder.CreateIndex("IX_StaffPasskeys_StaffId", "StaffPasskeys", "StaffId");
        migrationBuilder.CreateTable(
            name: "StaffSessions",
            columns: table => new
            {
                Id = table.Column<Guid>(nullable: false),
                StaffId = table.Column<Guid>(nullable: false),
                TokenHash = table.Column<byte[]>(nullable: false),
                CeremonyHash = table.Column<byte[]>(nullable: false),
                Device = table.Column<string>(maxLength: 60, nullable: false),
                StartedAt = table.Column<DateTime>(nullable: false),
                SeenAt = table.Column<DateTime>(nullable: false),
                EndedAt = table.Column<DateTime>(nullable: true),
                CoveredAt = table.Column<DateTime>(nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_StaffSessions", session => session.Id);
                table.ForeignKey("FK_StaffSessions_Staff_StaffId", session => session.StaffId, "Staff", "Id", onDelete: ReferentialAction.Cascade);
            }
        );
        migrationBuilder.CreateIndex("IX_StaffSessions_StaffId", "StaffSessions", "StaffId");
        migrationBuilder.CreateIndex("IX_StaffSessions_TokenHash", "StaffSessions", "TokenHash", unique: true);
        migrationBuilder.CreateIndex("IX_StaffSessions_CeremonyHash", "StaffSessions", "CeremonyHash", unique: true);
        migrationBuilder.CreateTable(
            name: "StaffSecrets",
            columns: table => new
            {
                Id = table.Column<Guid>(nullable: false),
                StaffId = table.Column<Guid>(nullable: false),
                Kind = table.Column<string>(maxLength: 20, nullable: false),
                Hash = table.Column<byte[]>(nullable: false),
                CreatedAt = table.Column<DateTime>(nullable: false),
                ExpiresAt = table.Column<DateTime>(nullable: true),
                UsedAt = table.Column<DateTime>(nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_StaffSecrets", secret => secret.Id);
                table.ForeignKey("FK_StaffSecrets_Staff_StaffId", secret => secret.StaffId, "Staff", "Id", onDelete: ReferentialAction.Cascade);
            }
        );
        migrationBuilder.CreateIndex("IX_StaffSecrets_StaffId", "StaffSecrets", "StaffId");
        migrationBuilder.CreateIndex("IX_StaffSecrets_Hash", "StaffSecrets", "Hash", unique: true);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        foreach (var table in new[] { "StaffSecrets", "StaffSessions", "StaffPasskeys", "Staff", "SealedSecrets" })
            migrationBuilder.DropTable(table);
    }
}
