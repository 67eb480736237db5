using System.Text.Json;
using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Data;

/// <summary>The SQLite versions that the site accepts, and its message about others.</summary>
public sealed class SqliteVersionTests
{
    [Theory]
    [InlineData("3.35.5")]
    [InlineData("3.50.1")]
    [InlineData("unknown")]
    public void an_sqlite_with_known_flaws_is_refused_with_its_version_and_the_required_one(string version)
    {
        var problem = ClinicDatabase.SqliteProblem(version).ShouldNotBeNull();
        problem.ShouldContain($"SQLite {version} is loaded");
        problem.ShouldContain("3.50.2 or later");
    }

    [Theory]
    [InlineData("3.50.2")]
    [InlineData("3.53.3")]
    [InlineData("4.0.0")]
    public void a_current_sqlite_is_accepted(string version) => ClinicDatabase.SqliteProblem(version).ShouldBeNull();

    [Fact]
    public async Task readiness_shows_the_sqlite_that_answers_queries()
    {
        const string key = "a-key-that-only-the-monitor-has";
        await using var app = new ClinicApp().Set("Health:Key", key);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/ready") { Headers = { { "Authorization", "Bearer " + key } } };
        using var response = await app.Http.SendAsync(request);
        using var ready = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var answered = await app.UseAsync<ClinicDb, string>(async db =>
        {
            await db.Database.OpenConnectionAsync();
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = "SELECT sqlite_version()";
            return (string)(await command.ExecuteScalarAsync())!;
        });
        ready.RootElement.GetProperty("versions").GetProperty("sqlite").GetString().ShouldBe(answered);
        Version.Parse(answered).ShouldBeGreaterThanOrEqualTo(ClinicDatabase.OldestSqlite);
    }
}
