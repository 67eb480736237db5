using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests;

/// <summary>
/// One EF Core model and one cache of compiled queries per database engine. By default every host builds its own, which takes longer than most tests.
/// </summary>
internal static class SharedDatabaseModel
{
    private static readonly Shared Sqlite = new(new DbContextOptionsBuilder<ClinicDb>().UseSqlite("Data Source=:memory:"));
    private static readonly Shared Postgres = new(new DbContextOptionsBuilder<ClinicDb>().UseNpgsql("Host=unused"));

    public static void Use(IServiceCollection services) => services.ConfigureDbContext<ClinicDb>((_, options) =>
    {
        var shared = options.Options.Extensions.Any(extension => extension.GetType().Name.Contains("Npgsql", StringComparison.Ordinal)) ? Postgres : Sqlite;
        options.UseModel(shared.Model).UseMemoryCache(shared.Queries);
    });

    private sealed class Shared(DbContextOptionsBuilder options)
    {
        private readonly Lazy<IModel> _model = new(() =>
        {
            using var db = new ClinicDb((DbContextOptions<ClinicDb>)options.Options);
            return db.GetService<IDesignTimeModel>().Model;
        });

        public IModel Model => _model.Value;

        public MemoryCache Queries { get; } = new(new MemoryCacheOptions());
    }
}
