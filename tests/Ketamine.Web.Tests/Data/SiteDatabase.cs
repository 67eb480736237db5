using Ketamine.Web.Data;
using Ketamine.Web.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Data;

/// <summary>The database of a site that runs in a separate process, opened with that site's keys.</summary>
internal sealed class SiteDatabase : IDisposable
{
    private readonly ServiceProvider _services;

    /// <param name="data">The site's data folder, which contains its keys.</param>
    public SiteDatabase(string data)
    {
        var configuration = new ConfigurationManager { ["Data:Path"] = data };
        _services = new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging().AddSiteKeys(configuration).AddData(configuration)
            .BuildServiceProvider();
    }

    /// <summary>One question to the database in a site's data folder.</summary>
    public static async Task<T> AskAsync<T>(string data, Func<ClinicDb, Task<T>> question)
    {
        using var database = new SiteDatabase(data);
        await using var db = database.Open();
        return await question(db);
    }

    public ClinicDb Open() => _services.GetRequiredService<IDbContextFactory<ClinicDb>>().CreateDbContext();

    public void Dispose() => _services.Dispose();
}
