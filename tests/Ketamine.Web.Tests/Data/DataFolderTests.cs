using System.Diagnostics;
using System.Net;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Data;

/// <summary>What people told the clinic, as stored on the disk: private, and gone once it is deleted.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class DataFolderTests
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Fact]
    public async Task everything_the_site_writes_is_private_to_its_user_and_a_start_fixes_open_permissions()
    {
        await using var app = ClinicApp.With(_ => { });
        Directory.CreateDirectory(Path.Combine(app.DataPath, "logs"));
        File.WriteAllText(Path.Combine(app.DataPath, "logs", "site-20200101.json"), "{}");
        File.WriteAllText(Path.Combine(app.DataPath, "of-someone-else.txt"), "");
        File.SetUnixFileMode(app.DataPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | Others);
        File.SetUnixFileMode(Path.Combine(app.DataPath, "logs", "site-20200101.json"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        using (await app.PostFormAsync("/contact", ("name", "Robin"), ("email", "robin@example.com"), ("message", "A question"), ("consent", "yes")))
        {
        }

        (File.GetUnixFileMode(app.DataPath) & Others).ShouldBe(UnixFileMode.None);
        var open = Directory
            .EnumerateFileSystemEntries(app.DataPath, "*", SearchOption.AllDirectories)
            .Where(entry => (File.GetUnixFileMode(entry) & Others) != UnixFileMode.None);
        open.Select(Path.GetFileName).ShouldBe(["of-someone-else.txt"]);
        File.Exists(Path.Combine(app.DataPath, "clinic.db-wal")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("robin@example.com")]
    [InlineData("(303) 555-0177")]
    public async Task an_erased_person_is_in_no_file_of_the_data_folder(string person)
    {
        await using var app = ClinicApp.With(_ => { });
        using var kept = await app.PostFormAsync(
            "/contact",
            ("name", "Canary Robin"),
            ("email", "robin@example.com"),
            ("phone", "303 555 0177"),
            ("message", "The canary sings"),
            ("consent", "yes")
        );
        using var other = await app.PostFormAsync("/contact", ("name", "Sam"), ("email", "sam@example.com"), ("message", "Sam asks"), ("consent", "yes"));
        await WriteMailsAsync(app);
        FilesWith(app.DataPath, "canary").ShouldNotBeEmpty();

        var (code, output) = await RunAsync(app, "ops", "leads", "forget", person);
        code.ShouldBe(0, output);
        output.ShouldContain("Removed 1 lead with");
        output.ShouldContain("backup");
        FilesWith(app.DataPath, "canary").ShouldBeEmpty();
        (await app.UseAsync<ClinicDb, List<string>>(async db => [.. (await db.Set<Lead>().ToListAsync()).Select(lead => lead.Message!)])).ShouldBe([
            "Sam asks",
        ]);
        Directory.EnumerateFiles(Path.Combine(app.DataPath, "mail")).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task a_number_with_an_extension_erases_no_one_else_behind_the_same_number()
    {
        await using var app = ClinicApp.With(_ => { });
        foreach (var (name, phone) in new[] { ("Robin", "303-555-0142 ext. 12"), ("Sam", "303-555-0142 ext. 13"), ("Front desk", "303-555-0142") })
            using (await app.PostFormAsync("/contact", ("name", name), ("phone", phone), ("message", "A question"), ("consent", "yes")))
            {
            }

        var (code, output) = await RunAsync(app, "ops", "leads", "forget", "+1 303 555 0142 x12");
        code.ShouldBe(0, output);
        output.ShouldContain("Removed 1 lead with");
        output.ShouldContain("2 leads with the same number but another extension, or none, stayed");
        (await app.UseAsync<ClinicDb, List<string>>(async db => [.. (await db.Set<Lead>().ToListAsync()).Select(lead => lead.Name).Order()]))
            .ShouldBe(["Front desk", "Sam"]);
    }

    [Fact]
    public async Task erasing_someone_who_never_wrote_says_so()
    {
        await using var app = ClinicApp.With(_ => { });
        await app.Http.GetStringAsync("/");
        var (code, output) = await RunAsync(app, "ops", "leads", "forget", "nobody@example.com");
        code.ShouldBe(0, output);
        output.ShouldContain("nothing was removed");
    }

    [Fact]
    public async Task input_that_is_neither_an_address_nor_a_number_is_refused_and_removes_no_one()
    {
        await using var app = ClinicApp.With(_ => { });
        await app.Http.GetStringAsync("/");
        var (code, output) = await RunAsync(app, "ops", "leads", "forget", "Robin");
        code.ShouldBe(1);
        output.ShouldContain("name@example.com or +13035550142");
    }

    [Fact]
    public async Task data_deleted_by_retention_is_in_no_file_either()
    {
        await using var app = ClinicApp.With(_ => { });
        using var kept = await app.PostFormAsync(
            "/contact",
            ("name", "Canary Robin"),
            ("email", "robin@example.com"),
            ("message", "The canary sings"),
            ("consent", "yes")
        );
        await WriteMailsAsync(app);
        FilesWith(app.DataPath, "canary").ShouldNotBeEmpty();
        app.Clock.Set(app.Clock.Now.AddDays(731));
        await app.UseAsync<LeadService>(desk => desk.ApplyRetentionAsync(CancellationToken.None));
        FilesWith(app.DataPath, "canary").ShouldBeEmpty();
        (await app.UseAsync<ClinicDb, int>(db => db.Set<Lead>().CountAsync())).ShouldBe(0);
    }

    [Fact]
    public async Task a_backup_is_private_has_what_a_restore_needs_and_says_what_it_lacks()
    {
        await using var app = ClinicApp.With(_ => { });
        using var kept = await app.PostFormAsync("/contact", ("name", "Robin"), ("email", "robin@example.com"), ("message", "A question"), ("consent", "yes"));
        Directory.CreateDirectory(Path.Combine(app.DataPath, "keys"));
        File.WriteAllText(Path.Combine(app.DataPath, "keys", "key-1.xml"), "<key/>");
        var copy = Path.Combine(Path.GetDirectoryName(app.DataPath)!, "copy");
        var (code, output) = await RunAsync(app, "ops", "backup", copy, "--keys");
        code.ShouldBe(0, output);
        string[] files =
        [
            .. Directory.EnumerateFiles(copy, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(copy, file)).Order(StringComparer.Ordinal),
        ];
        new[] { "clinic.db", "keys/key-1.xml" }.Except(files).ShouldBeEmpty();
        foreach (var file in files) output.ShouldContain(Path.Combine(copy, file));
        output.ShouldContain("content folder and your settings");
        Directory
            .EnumerateFileSystemEntries(copy, "*", SearchOption.AllDirectories)
            .Append(copy)
            .Where(entry => (File.GetUnixFileMode(entry) & Others) != UnixFileMode.None)
            .ShouldBeEmpty();
        await using var restored = new ClinicDb(
            ((DbContextOptionsBuilder<ClinicDb>)new DbContextOptionsBuilder<ClinicDb>().UseSqlite($"Data Source={copy}/clinic.db;Pooling=false")).Options
        );
        (await restored.Set<Lead>().SingleAsync()).Sealed.ShouldNotBeNull("what Robin wrote is in it, sealed");
    }

    [Fact]
    public async Task a_write_ahead_log_deleted_while_the_site_runs_is_noticed_and_nothing_is_lost()
    {
        await using var app = ClinicApp.With(_ => { });
        using var kept = await app.PostFormAsync("/contact", ("name", "Robin"), ("email", "robin@example.com"), ("message", "A question"), ("consent", "yes"));
        kept.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        File.Delete(Path.Combine(app.DataPath, "clinic.db-wal"));
        for (var tries = 0; tries < 300 && !app.Log.Any(line => line.Contains("was deleted or replaced", StringComparison.Ordinal)); tries++)
            await Task.Delay(100);

        app.Log.Count(line => line.Contains("was deleted or replaced", StringComparison.Ordinal)).ShouldBe(1);
        app.Clock.Advance(TimeSpan.FromSeconds(3));
        using var refused = await app.PostFormAsync("/contact", ("name", "Sam"), ("email", "sam@example.com"), ("message", "Another"), ("consent", "yes"));
        var page = await refused.ReadPageAsync(HttpStatusCode.ServiceUnavailable);
        page.One("#message").TextContent.Trim().ShouldBe("Another");
        using var ready = await app.Http.GetAsync("/health/ready");
        (await ready.Content.ReadAsStringAsync()).ShouldBe("unready");
        var rescued = Directory.EnumerateFiles(app.DataPath, "clinic-rescued-*.db").ShouldHaveSingleItem();
        (File.GetUnixFileMode(rescued) & Others).ShouldBe(UnixFileMode.None);
        await using var db = new ClinicDb(
            ((DbContextOptionsBuilder<ClinicDb>)new DbContextOptionsBuilder<ClinicDb>().UseSqlite($"Data Source={rescued};Pooling=false")).Options
        );
        (await db.Set<Lead>().SingleAsync()).Sealed.ShouldNotBeNull("what Robin wrote is in it, sealed");
    }

    /// <summary>Writes every email in the outbox as a file, as a site without a mail server does.</summary>
    private static async Task WriteMailsAsync(ClinicApp app)
    {
        var transport = ActivatorUtilities.CreateInstance<FileTransport>(app.Services);
        foreach (var mail in await app.UseAsync<ClinicDb, List<OutboxMessage>>(db => db.Set<OutboxMessage>().AsNoTracking().ToListAsync()))
            await transport.SendAsync(mail, CancellationToken.None);
    }

    /// <summary>
    /// The files that contain a text, as plain bytes or in an email's encoding. Another process reads them: POSIX drops a process's locks on a file as soon as
    /// it closes the file anywhere, and without the site's locks on the database, a command would delete the write-ahead log under it.
    /// </summary>
    private static List<string> FilesWith(string folder, string text)
    {
        var encoded = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text))[..8];
        using var grep = Process.Start(
            new ProcessStartInfo("grep", ["-rail", "-e", text, "-e", encoded, folder]) { RedirectStandardOutput = true, UseShellExecute = false }
        )!;
        var files = grep.StandardOutput.ReadToEnd();
        grep.WaitForExit();
        grep.ExitCode.ShouldBeLessThan(2, "grep failed");
        return [.. files.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static async Task<(int Code, string Output)> RunAsync(ClinicApp app, params string[] line)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Ketamine.Web.dll"), .. line, $"--Content:Path={app.Folder.Root}", $"--Data:Path={app.DataPath}"]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return (process.ExitCode, await output + await error);
    }
}
