using Ketamine.Web.Data;
using Microsoft.AspNetCore.Mvc.Infrastructure;

namespace Ketamine.Web.Ops;

/// <summary>What the site does before it listens.</summary>
public static class SiteStart
{
    /// <summary>
    /// Reads the content, opens the database, and lists the pages, all at once. If the site can't start, writes the reasons to <paramref name="errors"/>,
    /// one per line.
    /// </summary>
    /// <returns>Whether the site can start.</returns>
    public static async Task<bool> TryPrepareAsync(this WebApplication app, TextWriter errors)
    {
        var databaseErrors = new StringWriter();
        var database = Task.Run(() => ClinicDatabase.TryMigrateAsync(app.Services, databaseErrors, CancellationToken.None));
        // A failure appears when the pages are mapped.
        _ = Task.Run(() => app.Services.GetRequiredService<IActionDescriptorCollectionProvider>().ActionDescriptors);
        var content = app.Services.TryReadContent(errors);
        var migrated = await database;
        await errors.WriteAsync(databaseErrors.ToString());
        return content && migrated;
    }
}
