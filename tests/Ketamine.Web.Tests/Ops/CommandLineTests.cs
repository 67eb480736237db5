using System.Diagnostics;

namespace Ketamine.Web.Tests.Ops;

/// <summary>The program as started from a shell: its output and exit code.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("ketamine-line-");

    [Fact]
    public async Task the_sample_clinic_has_no_errors()
    {
        var (code, output, _) = await RunAsync("content", "check", Repository.PathOf("content"));
        code.ShouldBe(0, output);
        output.ShouldContain(" 0 errors,");
    }

    [Fact]
    public async Task a_folder_with_errors_is_reported_line_by_line_and_keeps_the_site_from_starting()
    {
        new ClinicFolder(Path.Combine(_home.FullName, "content")).Replace("clinic.yml", "timeZone: America/Denver", "timeZon: America/Denver");
        foreach (var line in new string[][] { ["content", "check", "--path", "content"], ["--urls=http://127.0.0.1:0"], ["ops", "leads", "list"] })
        {
            var (code, output, error) = await RunAsync(line);
            code.ShouldBe(1, string.Join(' ', line));
            (output + error).Split('\n').ShouldContain(line => line.Contains("clinic.yml:3: timeZon: not a known key", StringComparison.Ordinal));
            (output + error).ShouldContain("→ timeZone: America/Denver");
        }
    }

    [Theory]
    [InlineData("--Site:TrustedProxies:0=localhost", "Site:TrustedProxies contains \"localhost\"")]
    [InlineData("--Mail:Port=99999", "Mail:Port is \"99999\"")]
    [InlineData("--Database:Connections=2", "Database:Connections is 2; use a number from 4 to 1000")]
    [InlineData("--Database:Queue=-1", "Database:Queue is -1; use a number from 0 to 100000")]
    [InlineData("--Health:Key=short", "Health:Key has fewer than 16 characters")]
    [InlineData("--Data:Path=", "Data:Path is empty")]
    [InlineData("--Data:Path=/proc/clinic", "Data:Path is /proc/clinic, which can't be created or written")]
    [InlineData("--Keys:Path=/proc/clinic", "Keys:Path is /proc/clinic, which can't be created")]
    [InlineData("--Leads:CrisisPhrases=none.yml", "Leads:CrisisPhrases is none.yml, which doesn't exist")]
    [InlineData("--urls=nowhere", "The site can't start at nowhere: Invalid url: 'nowhere'")]
    public async Task a_wrong_setting_stops_the_start_with_a_one_line_message(string setting, string expected)
    {
        _ = new ClinicFolder(Path.Combine(_home.FullName, "content"));
        var (code, output, error) = await RunAsync("--urls=http://127.0.0.1:0", setting);
        code.ShouldBe(1);
        error.ShouldContain(expected);
        (output + error).ShouldNotContain("   at ");
    }

    [Fact]
    public async Task a_damaged_database_stops_the_start_with_a_line_that_says_what_to_do()
    {
        await StartFolderAsync();
        var file = Path.Combine(_home.FullName, "data", "clinic.db");
        var sound = File.ReadAllBytes(file);
        foreach (var damage in new Action<byte[]>[] { bytes => bytes.AsSpan(0, 100).Fill(0x41), bytes => bytes.AsSpan(4096, 4096).Fill(0xEE) })
        {
            var bytes = sound.ToArray();
            damage(bytes);
            File.WriteAllBytes(file, bytes);
            var (code, output, error) = await RunAsync("--urls=http://127.0.0.1:0");
            code.ShouldBe(1);
            error.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain("is damaged. Move it");
            (output + error).ShouldNotContain("   at ");
        }
    }

    [Fact]
    public async Task a_postgres_that_does_not_answer_stops_the_start_with_a_line()
    {
        _ = new ClinicFolder(Path.Combine(_home.FullName, "content"));
        var (code, output, error) = await RunAsync(
            "--urls=http://127.0.0.1:0",
            "--Database:Provider=Postgres",
            "--ConnectionStrings:Clinic=Host=127.0.0.1;Port=1;Database=clinic;Username=clinic"
        );
        code.ShouldBe(1);
        error.ShouldContain("PostgreSQL doesn't respond");
        (output + error).ShouldNotContain("   at ");
    }

    [Fact]
    public async Task a_taken_network_address_gets_a_one_line_message()
    {
        _ = new ClinicFolder(Path.Combine(_home.FullName, "content"));
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var (code, _, error) = await RunAsync($"--urls=http://{other.LocalEndpoint}");
        code.ShouldBe(1);
        error.ShouldContain("already in use");
        error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task an_unknown_command_starts_nothing_and_suggests_the_nearest()
    {
        var (code, output, error) = await RunAsync("contnet", "check");
        code.ShouldBe(1);
        (output + error).ShouldContain("content");
    }

    [Fact]
    public async Task a_backup_is_complete_and_never_overwrites_another()
    {
        await StartFolderAsync();
        (await RunAsync("ops", "backup", "copy", "--keys")).Code.ShouldBe(0);
        (await RunAsync("ops", "leads", "list", "--Data:Path=copy")).Output.ShouldContain("0 leads");
        var again = await RunAsync("ops", "backup", "copy");
        again.Code.ShouldBe(1);
        again.Error.ShouldContain("already exists");
    }

    [Fact]
    public async Task a_backup_without_the_keys_cannot_be_opened_and_says_so()
    {
        await StartFolderAsync();
        (await RunAsync("ops", "backup", "bare")).Output.ShouldContain("without which it can't be read");
        Directory.GetFileSystemEntries(Path.Combine(_home.FullName, "bare")).Select(Path.GetFileName).ShouldBe(["clinic.db"]);
        var (code, _, error) = await RunAsync("ops", "leads", "list", "--Data:Path=bare");
        code.ShouldBe(1);
        error.ShouldContain("Restore the keys folder that belongs to it");
        error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task staff_are_added_listed_reset_and_deactivated_and_the_audit_log_verifies()
    {
        _ = new ClinicFolder(Path.Combine(_home.FullName, "content"));
        var (code, output, error) = await RunAsync("ops", "staff", "add", "Priya", "priya@example.com", "--role", "Owner");
        code.ShouldBe(0, error);
        output.ShouldMatch("https://juniper.example/staff/enroll/[A-Za-z0-9_-]{43}");
        (await RunAsync("ops", "staff", "add", "Another", "PRIYA@example.com")).Error.ShouldContain("is already in use");
        (await RunAsync("ops", "staff", "add", "Dana", "dana@example")).Error.ShouldContain("is not an email address");
        (await RunAsync("ops", "staff", "list")).Output.ShouldContain("Priya  priya@example.com  owner  no passkey yet");
        (await RunAsync("ops", "staff", "off", "priya@example.com")).Error.ShouldContain("the only owner");
        (await RunAsync("ops", "staff", "reset", "priya@example.com")).Output.ShouldContain("/staff/enroll/");
        (await RunAsync("ops", "audit", "verify")).Output.ShouldContain("The chain is intact: 2 entries");
        (await RunAsync("ops", "audit", "export")).Output.ShouldContain(",staff-reset,Priya,");
    }

    [Fact]
    public async Task sentences_are_judged_one_per_line()
    {
        File.WriteAllText(Path.Combine(_home.FullName, "sentences.txt"), "Ketamine cures depression.\nPlease call us on Monday.\n");
        var (code, output, error) = await RunAsync("content", "claims", "sentences.txt", "--path", Repository.PathOf("content"));
        code.ShouldBe(0, error);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2);
        lines[0].ShouldStartWith("block ");
        lines[1].ShouldBe("none -");
    }

    [Theory]
    [InlineData("--Data:Pth=elsewhere", "--Data:Pth isn't a setting; did you mean --Data:Path?")]
    [InlineData("--Data:Path=elsewhere", "There is no clinic.db in ")]
    public async Task a_mistyped_data_folder_is_named_instead_of_read_as_empty(string setting, string says)
    {
        _ = new ClinicFolder(Path.Combine(_home.FullName, "content"));
        var (code, output, error) = await RunAsync("ops", "leads", "list", setting);
        (code, output).ShouldBe((1, ""));
        error.ShouldStartWith(says);
        Directory.Exists(Path.Combine(_home.FullName, "elsewhere")).ShouldBeFalse();
        Directory.Exists(Path.Combine(_home.FullName, "data")).ShouldBeFalse();
    }

    public void Dispose() => _home.Delete(recursive: true);

    // A clinic with a database that has one staff member.
    private async Task StartFolderAsync()
    {
        _ = new ClinicFolder(Path.Combine(_home.FullName, "content"));
        (await RunAsync("ops", "staff", "add", "Priya", "priya@example.com")).Code.ShouldBe(0);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] line)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = _home.FullName,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Ketamine.Web.dll"));
        foreach (var word in line) start.ArgumentList.Add(word);
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }

        return (process.ExitCode, await output, await error);
    }
}
