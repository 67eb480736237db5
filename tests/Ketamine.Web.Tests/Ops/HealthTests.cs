using System.Net;
using System.Text.Json;
using Ketamine.Web.Data;
using Microsoft.Data.Sqlite;

namespace Ketamine.Web.Tests.Ops;

public sealed class HealthTests
{
    private const string Key = "a-long-and-random-key";

    [Fact]
    public async Task strangers_see_only_one_word()
    {
        await using var app = ClinicApp.With(_ => { }).Set("Health:Key", Key);
        var rows = new[]
        {
            (null, "/health/live", "live"),
            (null, "/health/ready", "ready"),
            ("guessed-guessed-guessed", "/health/ready", "ready"),
        };
        foreach (var (key, path, word) in rows)
        {
            using var response = await GetAsync(app, path, key);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await response.Content.ReadAsStringAsync()).ShouldBe(word);
        }
    }

    [Fact]
    public async Task with_the_key_the_report_has_the_details_operators_need()
    {
        await using var app = ClinicApp.With(_ => { }).Set("Health:Key", Key);
        using var response = await GetAsync(app, "/health/ready", Key);
        using var report = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        report.RootElement.GetProperty("status").GetString().ShouldBe("ready");
        report.RootElement.GetProperty("database").GetString().ShouldBe("writable");
        report.RootElement.GetProperty("mail").GetProperty("unsent").GetInt32().ShouldBe(0);
        report.RootElement.GetProperty("versions").GetProperty("tzdb").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task without_a_key_set_no_key_opens_the_details()
    {
        await using var app = ClinicApp.With(_ => { });
        using var response = await GetAsync(app, "/health/ready", "");
        (await response.Content.ReadAsStringAsync()).ShouldBe("ready");
    }

    [Fact]
    public async Task many_requests_at_once_read_the_database_once_and_write_nothing()
    {
        await using var app = ClinicApp.With(_ => { });
        await app.Http.GetStringAsync("/health/ready");
        var log = new FileInfo(Path.Combine(app.DataPath, "clinic.db-wal"));
        var (before, room) = (log.Length, Path.Combine(app.DataPath, "room"));
        for (var i = 0; i < 500; i++)
        {
            await app.Http.GetStringAsync("/health/ready");
            File.Exists(room).ShouldBeFalse();
            if (i % 100 == 0) app.Clock.Advance(TimeSpan.FromSeconds(3));
        }

        log.Refresh();
        log.Length.ShouldBe(before);
    }

    [Fact]
    public async Task a_site_that_cannot_save_logs_the_reason_once_and_logs_its_recovery()
    {
        await using var app = ClinicApp.With(_ => { });
        await app.Http.GetStringAsync("/health/ready");
        // A folder in place of the file, so not even root can reserve space.
        Directory.CreateDirectory(Path.Combine(app.DataPath, "room"));
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(3));
            using var response = await app.Http.GetAsync("/health/ready");
            response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await response.Content.ReadAsStringAsync()).ShouldBe("unready");
        }

        Directory.Delete(Path.Combine(app.DataPath, "room"));
        app.Clock.Advance(TimeSpan.FromSeconds(3));
        (await app.Http.GetStringAsync("/health/ready")).ShouldBe("ready");
        app.Log.Count(line => line.Contains("not ready to take leads", StringComparison.Ordinal)).ShouldBe(1);
        app.Log.Count(line => line.Contains("ready to take leads again", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task while_another_program_has_the_database_locked_the_answer_comes_within_seconds()
    {
        await using var app = ClinicApp.With(_ => { });
        await app.Http.GetStringAsync("/health/ready");
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(app.DataPath, ClinicDatabase.FileName)};Pooling=false"))
        {
            await other.OpenAsync();
            await using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            await command.ExecuteNonQueryAsync();
            app.Clock.Advance(TimeSpan.FromSeconds(3));
            // SQLite itself waits for ten seconds.
            using var response = await app.Http.GetAsync("/health/ready").WaitAsync(TimeSpan.FromSeconds(8));
            response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }

        app.Log.ShouldContain(line => line.Contains("the database has been locked for 3 s", StringComparison.Ordinal));
        app.Clock.Advance(TimeSpan.FromSeconds(3));
        (await app.Http.GetStringAsync("/health/ready")).ShouldBe("ready");
    }

    private static async Task<HttpResponseMessage> GetAsync(ClinicApp app, string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        return await app.Http.SendAsync(request);
    }
}
