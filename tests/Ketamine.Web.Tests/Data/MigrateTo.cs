using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ketamine.Web.Tests.Data;

internal static class MigrateTo
{
    /// <summary>Brings a database to the schema of an earlier version.</summary>
    /// <param name="migration">The last migration to apply, as it is declared: <c>20261121_0600_LeadRepeats</c>.</param>
    public static Task MigrateToAsync(this ClinicDb db, string migration)
    {
        db.GetService<IMigrationsAssembly>().Migrations.Keys.ShouldContain(migration);
        // EF Core takes 14 digits and a line for an id's time. Ours have one sign fewer, so what it takes for the name begins a letter late.
        return db.GetService<IMigrator>().MigrateAsync(migration[15..]);
    }
}
