using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Tests.Data;

internal static class MigrateTo
{
    /// <summary>Brings a database to the schema of an earlier version.</summary>
    /// <param name="migration">The last migration to apply, as declared: <c>20261121_0600_LeadRepeats</c>.</param>
    public static Task MigrateToAsync(this ClinicDb db, string migration)
    {
        db.GetService<IMigrationsAssembly>().Migrations.Keys.ShouldContain(migration);
        // EF Core expects 14 digits and an underscore for the time in an ID. Ours have one character fewer, so the name it finds starts one letter late.
        return db.GetService<IMigrator>().MigrateAsync(migration[15..]);
    }
}
