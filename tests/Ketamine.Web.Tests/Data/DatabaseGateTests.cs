using System.Data;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Ketamine.Content.Model;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Ketamine.Web.Tests.Mail;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Ketamine.Web.Tests.Data;

/// <summary>A slow database delays only those who write to it.</summary>
public sealed class DatabaseGateTests
{
    [Fact]
    public async Task a_locked_database_delays_only_forms_which_are_saved_once_it_is_free()
    {
        await using var app = ClinicApp.With(_ => { });
        var site = app.Listen();
        using var http = Client(site);
        await http.GetStringAsync("/");
        var locked = await LockAsync(app);
        var posts = Enumerable.Range(0, 150).Select(i => PostAsync(http, i)).ToList();
        await Task.Delay(500);
        var slowest = TimeSpan.Zero;
        for (var i = 0; i < 50; i++)
        {
            var clock = Stopwatch.StartNew();
            await http.GetStringAsync("/");
            // A page that isn't cached and doesn't use the database.
            await http.GetStringAsync("/search?q=call");
            if (clock.Elapsed > slowest) slowest = clock.Elapsed;
        }

        posts.Count(post => post.IsCompleted).ShouldBe(0);
        await locked.DisposeAsync();
        var responses = await Task.WhenAll(posts);
        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.SeeOther);
        (await app.UseAsync<ClinicDb, int>(db => db.Set<Lead>().CountAsync())).ShouldBe(150);
        // A page that waited for the lock would take almost as long as the lock, about ten seconds.
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task when_the_queue_is_full_the_next_form_is_refused_right_away_with_everything_typed()
    {
        await using var app = ClinicApp.With(_ => { }).Set("Database:Queue", "5");
        using var http = Client(app.Listen());
        await http.GetStringAsync("/");
        var locked = await LockAsync(app);
        var posts = Enumerable.Range(0, 20).Select(i => PostAsync(http, i)).ToList();
        var refused = 0;
        while (refused < 14)
        {
            var done = await Task.WhenAny(posts).WaitAsync(TimeSpan.FromSeconds(8));
            posts.Remove(done);
            var page = await (await done).ReadPageAsync(HttpStatusCode.ServiceUnavailable);
            page.One("#message").TextContent.Trim().ShouldStartWith("A question ");
            page.One("input[name=name]").GetAttribute("value").ShouldBe("Robin");
            refused++;
        }

        await locked.DisposeAsync();
        foreach (var post in posts) (await post).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await app.UseAsync<ClinicDb, int>(db => db.Set<Lead>().CountAsync())).ShouldBe(6);
    }

    [Fact]
    public async Task on_sqlite_waiting_forms_are_saved_before_other_work()
    {
        await using var app = ClinicApp.With(_ => { });
        using var http = Client(app.Listen());
        await http.GetStringAsync("/");
        (await PostAsync(http, 99)).StatusCode.ShouldBe(HttpStatusCode.SeeOther); // so that the others take little time
        var databases = app.Services.GetRequiredService<IDbContextFactory<ClinicDb>>();
        await using var writing = await databases.CreateDbContextAsync();
        var turn = await writing.Database.BeginTransactionAsync();
        var forms = Enumerable.Range(0, 30).Select(i => PostAsync(http, i)).ToList();
        await Task.Delay(300);
        var savedBefore = OtherWorkAsync();
        await turn.CommitAsync();
        // If all took turns in order, only the few forms that already had a connection would come first.
        (await savedBefore).ShouldBeGreaterThan(10);
        foreach (var form in forms) (await form).StatusCode.ShouldBe(HttpStatusCode.SeeOther);

        async Task<int> OtherWorkAsync()
        {
            await using var db = await databases.CreateDbContextAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            return await db.Set<Lead>().CountAsync();
        }
    }

    [Fact]
    public async Task a_transaction_that_another_program_keeps_from_beginning_gives_up_its_turn()
    {
        await using var app = ClinicApp.With(_ => { });
        await app.Http.GetStringAsync("/");
        var databases = app.Services.GetRequiredService<IDbContextFactory<ClinicDb>>();
        await using var first = await databases.CreateDbContextAsync();
        await first.Database.OpenConnectionAsync();
        await first.Database.ExecuteSqlAsync($"PRAGMA busy_timeout=50");
        ((SqliteConnection)first.Database.GetDbConnection()).DefaultTimeout = 1;
        await using (await LockAsync(app))
            await Should.ThrowAsync<SqliteException>(() => first.Database.BeginTransactionAsync());

        // The first connection is still open.
        await using var second = await databases.CreateDbContextAsync();
        await using var transaction = await second.Database.BeginTransactionAsync().WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_save_that_the_database_refuses_gives_up_its_turn_while_its_connection_stays_open(bool isAlone)
    {
        await using var app = ClinicApp.With(_ => { });
        await app.Http.GetStringAsync("/");
        var databases = app.Services.GetRequiredService<IDbContextFactory<ClinicDb>>();
        await using var first = await databases.CreateDbContextAsync();
        await first.Database.OpenConnectionAsync();
        await first.Database.ExecuteSqlAsync($"""CREATE TRIGGER "full" BEFORE INSERT ON "Outbox" BEGIN SELECT RAISE(ABORT, 'full'); END""");
        first.Add(OutboxMessage.From(PostOffice.Draft(), new MailOptions { From = EmailAddress.Parse("clinic@juniper.example") }, DateTimeOffset.UnixEpoch));
        if (isAlone)
        {
            await Should.ThrowAsync<DbUpdateException>(() => first.SaveChangesAsync());
        }
        else
        {
            await using var transaction = await first.Database.BeginTransactionAsync();
            await Should.ThrowAsync<DbUpdateException>(() => first.SaveChangesAsync());
        }

        await using var second = await databases.CreateDbContextAsync();
        await using (await second.Database.BeginTransactionAsync().WaitAsync(TimeSpan.FromSeconds(5)))
        {
        }

        // It may take another.
        await using (await first.Database.BeginTransactionAsync().WaitAsync(TimeSpan.FromSeconds(5)))
        {
        }
    }

    [Fact]
    public async Task no_context_goes_back_to_the_pool_with_an_open_connection()
    {
        await using var app = ClinicApp.With(_ => { });
        using var http = Client(app.Listen());
        await http.GetStringAsync("/");
        (await PostAsync(http, 1)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var databases = app.Services.GetRequiredService<IDbContextFactory<ClinicDb>>();
        // More than were ever in use at once, so every pooled context is among them.
        var pooled = Enumerable.Range(0, 64).Select(_ => databases.CreateDbContext()).ToList();
        pooled.ShouldAllBe(db => db.Database.GetDbConnection().State == ConnectionState.Closed);
        foreach (var db in pooled) await db.DisposeAsync();
    }

    [Fact]
    public async Task on_postgres_an_instance_stays_within_its_connection_limit_and_every_request_is_saved()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var app = ClinicApp.With(_ => { }).Set("Database:Connections", "4");
        foreach (var (key, value) in server.Settings) app.Set(key, value);
        // Kept open between uses, as a clinic's connections are: right after one is closed, the server still lists it next to its successor.
        app.Set("ConnectionStrings:Clinic", app.Setting("ConnectionStrings:Clinic").Replace("Pooling=false", "Pooling=true", StringComparison.Ordinal));
        using var http = Client(app.Listen());
        await http.GetStringAsync("/");
        using var stop = new CancellationTokenSource();
        var most = CountAsync(server, stop.Token);
        var responses = await Task.WhenAll(Enumerable.Range(0, 120).Select(i => PostAsync(http, i)));
        await stop.CancelAsync();
        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.SeeOther);
        (await most).ShouldBeInRange(1, 4);
    }

    private static async Task<int> CountAsync(PostgresServer server, CancellationToken stop)
    {
        var most = 0;
        await using var own = new NpgsqlConnection(server.ConnectionString("postgres"));
        await own.OpenAsync(CancellationToken.None);
        while (!stop.IsCancellationRequested)
        {
            // The server's own workers, such as autovacuum, aren't connections of the site.
            await using var command = new NpgsqlCommand(
                "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE 'clinic_%' AND backend_type = 'client backend'", own);
            most = Math.Max(most, Convert.ToInt32(await command.ExecuteScalarAsync(CancellationToken.None), CultureInfo.InvariantCulture));
            await Task.Delay(5, CancellationToken.None);
        }

        return most;
    }

    /// <summary>Takes the write lock as another program would, and releases it on disposal.</summary>
    private static async Task<SqliteConnection> LockAsync(ClinicApp app)
    {
        var other = new SqliteConnection($"Data Source={Path.Combine(app.DataPath, ClinicDatabase.FileName)};Pooling=false");
        await other.OpenAsync();
        await using var command = other.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync();
        return other;
    }

    private static HttpClient Client(Uri site) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 1000 }) { BaseAddress = site };

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, int number)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["name"] = "Robin", ["email"] = $"robin{number}@example.com", ["message"] = $"A question {number}", ["consent"] = "yes",
        });
        return await http.PostAsync(new Uri("/contact", UriKind.Relative), form);
    }
}
