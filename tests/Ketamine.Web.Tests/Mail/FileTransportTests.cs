using System.Globalization;
using Ketamine.Web.Mail;
using Microsoft.EntityFrameworkCore;
using MimeKit;

namespace Ketamine.Web.Tests.Mail;

public sealed class FileTransportTests
{
    [Fact]
    public async Task without_a_host_emails_become_files_whose_names_sort_by_time_and_it_is_logged()
    {
        await using var office = await PostOffice.OpenAsync(realTransport: true);
        await office.Worker.StartAsync(CancellationToken.None);
        await office.AddAsync(PostOffice.Draft(kind: "z-first"));
        office.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await office.AddAsync(PostOffice.Draft(kind: "a-second"));
        await office.DeliverAsync();
        await office.Worker.StopAsync(CancellationToken.None);

        var files = Directory.GetFiles(Path.Combine(office.Folder, "mail")).Order(StringComparer.Ordinal).Select(Path.GetFileName).ToList();
        files.Count.ShouldBe(2);
        files[0]!.ShouldStartWith("20270113T170000.000Z-z-first-");
        files[1]!.ShouldStartWith("20270113T170000.001Z-a-second-");
        files.ShouldAllBe(file => file!.EndsWith(".eml"));
        office.Log.Lines.Where(line => line.Contains("Mail:Host isn't set", StringComparison.Ordinal)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task a_machine_with_another_calendar_names_files_the_same_way()
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("th-TH");
        await using var office = await PostOffice.OpenAsync(realTransport: true);
        await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        Path.GetFileName(Directory.GetFiles(Path.Combine(office.Folder, "mail")).ShouldHaveSingleItem()).ShouldStartWith("20270113T170000.000Z-");
    }

    [Fact]
    public async Task a_file_is_the_message_as_it_would_be_sent_and_only_the_site_can_read_it()
    {
        await using var office = await PostOffice.OpenAsync(realTransport: true);
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        var file = Directory.GetFiles(Path.Combine(office.Folder, "mail")).ShouldHaveSingleItem();
        var mail = await MimeMessage.LoadAsync(file);
        (mail.From.ToString(), mail.To.ToString(), mail.Subject, $"<{mail.MessageId}>").ShouldBe(
            ("clinic@juniper.example", "ada@example.com", "We have your message", (await office.RowAsync(id)).MessageId)
        );
        mail.TextBody!.ReplaceLineEndings("\n").ShouldBe("A person will answer by tomorrow.\n");
        (await File.ReadAllTextAsync(file)).Split('\n')[..^1].ShouldAllBe(line => line.EndsWith('\r'));
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task a_repeat_after_a_crash_replaces_the_earlier_file()
    {
        await using var office = await PostOffice.OpenAsync(realTransport: true);
        await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        await using (var db = await office.DatabaseAsync())
            await db.Set<OutboxMessage>().ExecuteUpdateAsync(row => row.SetProperty(m => m.State, OutboxState.Sending));
        office.Clock.Advance(TimeSpan.FromMinutes(2));
        await office.DeliverAsync();
        Directory.GetFiles(Path.Combine(office.Folder, "mail")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task an_unwritable_folder_pauses_the_queue_and_is_logged()
    {
        await using var office = await PostOffice.OpenAsync(realTransport: true);
        var mail = Path.Combine(office.Folder, "mail");
        if (Directory.Exists(mail)) Directory.Delete(mail, recursive: true);
        await File.WriteAllTextAsync(mail, "in the way");
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        var row = await office.RowAsync(id);
        row.State.ShouldBe(OutboxState.Waiting);
        row.LastError.ShouldNotBeNull().ShouldContain("isn't writable");
    }
}
