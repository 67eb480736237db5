using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Ketamine.Web.Tests.Features.Staff;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Data;

/// <summary>What people told the clinic, as stored on the disk: readable only with the keys.</summary>
public sealed class SealingTests
{
    private static readonly (string Field, string Value)[] Told =
    [
        ("name", "Canaryname"), ("email", "canaryemail@example.org"), ("phone", "303 555 0187"), ("message", "Canarymessage in words"), ("consent", "yes"),
        ("reach", "call"), ("voicemail", "yes"),
    ];

    private static readonly string[] Canaries =
        ["Canaryname", "canaryemail", "3035550187", "Canarymessage", "Canarynote", "Canaryreply", "canaryreader", "canarysignup"];

    [Fact]
    public async Task a_database_without_its_keys_reveals_nothing_that_people_wrote()
    {
        await using var app = ClinicApp.With(_ => { });
        var reference = await WriteAsync(app);
        var dana = await app.HireAsync();
        var path = $"/staff/leads/{reference}";
        using (await dana.PressAsync(await dana.GetPageAsync(path), $"{path}?handler=Note", ("note", "Canarynote for the team"))) { }
        await app.UseAsync<ClinicDb>(async db =>
        {
            // An email that waits, whatever the worker does, so its text stays in the outbox.
            var lead = await db.Set<Lead>().SingleAsync();
            var key = await db.Set<NewsletterKey>().SingleAsync();
            var reader = EmailAddress.Parse("canaryreader@example.org");
            db.Add(new Subscriber(reader, key.HashOf(reader), new Agreement("yes", app.Clock.Now, "test"), app.Clock.Now));
            var signUp = EmailAddress.Parse("canarysignup@example.org");
            db.Add(new SignUp(signUp, key.HashOf(signUp)));
            db.Add(OutboxMessage.From(new MailDraft { Kind = "test", To = EmailAddress.Parse(lead.Email!), Subject = "Subject",
                NotBefore = app.Clock.Now.AddDays(9), Body = new MailBody().Paragraph("Canaryreply to them") }, new MailOptions(), app.Clock.Now));
            await db.SaveChangesAsync();
        });
        (await dana.GetPageAsync(path)).One("main").TextContent.ShouldContain("Canarymessage in words", customMessage: "with the keys it can be read");

        var backup = Path.Combine(app.DataPath, "copy.db");
        await app.UseAsync<ClinicDb>(db => db.Database.ExecuteSqlAsync($"VACUUM INTO {backup}"));
        foreach (var file in Directory.EnumerateFiles(app.DataPath, "*.db*"))
        {
            var bytes = await ReadAsync(file);
            foreach (var canary in Canaries) Contains(bytes, canary).ShouldBeFalse($"{Path.GetFileName(file)} holds {canary}");
        }

        Contains(await ReadAsync(backup), reference).ShouldBeTrue("references are not secret: it is the right file");
    }

    [Fact]
    public async Task a_sealed_value_opens_only_in_its_own_row()
    {
        await using var app = ClinicApp.With(_ => { });
        await WriteAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await WriteAsync(app, "Other");
        await app.UseAsync<ClinicDb>(db =>
            db.Database.ExecuteSqlRawAsync("""UPDATE "Leads" SET "Sealed" = (SELECT "Sealed" FROM "Leads" ORDER BY "Id" LIMIT 1)""")
        );
        var leads = await app.UseAsync<ClinicDb, List<Lead>>(db => db.Set<Lead>().AsNoTracking().OrderBy(lead => lead.Id).ToListAsync());
        leads[0].Name.ShouldBe("Canaryname");
        Should.Throw<KeysLostException>(() => leads[1].Name);
    }

    [Fact]
    public async Task a_sealed_value_that_was_changed_does_not_open()
    {
        await using var app = ClinicApp.With(_ => { });
        await WriteAsync(app);
        var value = await app.UseAsync<ClinicDb, byte[]>(async db => (await db.Set<Lead>().AsNoTracking().SingleAsync()).Sealed!);
        value[^5] ^= 1;
        await app.UseAsync<ClinicDb>(db => db.Set<Lead>().ExecuteUpdateAsync(set => set.SetProperty(lead => lead.Sealed, value)));
        var lead = await app.UseAsync<ClinicDb, Lead>(db => db.Set<Lead>().AsNoTracking().SingleAsync());
        Should.Throw<KeysLostException>(() => lead.Message);
    }

    [Fact]
    public async Task a_person_is_found_and_forgotten_by_a_keyed_hash_of_their_address()
    {
        await using var app = ClinicApp.With(_ => { });
        await WriteAsync(app);
        var hash = await app.UseAsync<ClinicDb, byte[]?>(async db => (await db.Set<Lead>().AsNoTracking().SingleAsync()).EmailHash);
        hash.ShouldNotBeNull().ShouldNotBe(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes("canaryemail@example.org")),
            "a hash that anyone can compute can be guessed");
        (await app.UseAsync<LeadService,
            (int Leads, int Mails)>(desk => desk.ForgetAsync(EmailAddress.Parse("CanaryEmail@example.org"), CancellationToken.None))).Leads.ShouldBe(1);
    }

    [Fact]
    public async Task data_sealed_with_old_keys_stays_readable_after_a_new_key()
    {
        await using var app = ClinicApp.With(_ => { });
        await WriteAsync(app);
        app.Services.GetRequiredService<IKeyManager>().CreateNewKey(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(500));
        await WriteAsync(app, "Other");
        (await app.UseAsync<ClinicDb, List<Lead>>(db => db.Set<Lead>().AsNoTracking().ToListAsync())).Select(lead => lead.Name).Order()
            .ShouldBe(["Canaryname", "Other"]);
    }

    [Fact]
    public async Task a_site_without_its_keys_does_not_start_and_says_what_to_restore()
    {
        await using var first = ClinicApp.With(_ => { });
        await WriteAsync(first);
        using var error = new StringWriter();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(first.Clock);
        services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager { ["Data:Path"] = first.DataPath };
        services.AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(configuration);
        services.AddData(configuration);
        await using var provider = services.BuildServiceProvider();
        (await ClinicDatabase.TryMigrateAsync(provider, error, CancellationToken.None)).ShouldBeFalse();
        error.ToString().ShouldContain("Restore the keys folder that belongs to it from a backup");
    }

    [Fact]
    public void with_a_certificate_the_keys_folder_alone_decrypts_nothing_and_older_keys_are_encrypted_too()
    {
        var folder = Directory.CreateTempSubdirectory("ketamine-keys-").FullName;
        try
        {
            var file = Path.Combine(folder, "keys.pfx");
            using (var rsa = RSA.Create(2048))
                File.WriteAllBytes(file, new CertificateRequest("CN=keys", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                    .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200)).Export(X509ContentType.Pfx, "secret"));
            var open = new ConfigurationManager { ["Keys:Path"] = Path.Combine(folder, "keys") };
            var under = new ConfigurationManager
            {
                ["Keys:Path"] = Path.Combine(folder, "keys"), ["Keys:Certificate"] = file, ["Keys:CertificatePassword"] = "secret",
            };
            var value = SiteKeys.Open(open).CreateProtector("test").Protect("Canary");
            var key = Directory.GetFiles(Path.Combine(folder, "keys")).ShouldHaveSingleItem();
            File.ReadAllText(key).ShouldContain("<value>");

            SiteKeys.Open(under).CreateProtector("test").Unprotect(value).ShouldBe("Canary");
            File.ReadAllText(key).ShouldNotContain("<value>");
            if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(key).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Should.Throw<CryptographicException>(() => SiteKeys.Open(open).CreateProtector("test").Unprotect(value));

            var wrong = new ConfigurationManager { ["Keys:Path"] = folder, ["Keys:Certificate"] = file, ["Keys:CertificatePassword"] = "wrong" };
            Should.Throw<Microsoft.Extensions.Options.OptionsValidationException>(() => SiteKeys.Open(wrong).CreateProtector("test").Protect("x"))
                .Message.ShouldStartWith($"Keys:Certificate is {file}, which can't be used: ");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void after_a_certificate_is_replaced_data_sealed_under_either_one_still_opens()
    {
        var folder = Directory.CreateTempSubdirectory("ketamine-keys-").FullName;
        try
        {
            foreach (var name in new[] { "old", "new" })
            {
                using var rsa = RSA.Create(2048);
                File.WriteAllBytes(Path.Combine(folder, $"{name}.pfx"), new CertificateRequest($"CN={name}", rsa, HashAlgorithmName.SHA256,
                    RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200))
                    .Export(X509ContentType.Pfx, name));
            }

            var before = SiteKeys.Open(Under("old")).CreateProtector("test").Protect("Canary");
            var key = Directory.GetFiles(Path.Combine(folder, "keys")).ShouldHaveSingleItem();
            var wrapped = File.ReadAllText(key);
            Should.Throw<CryptographicException>(() => SiteKeys.Open(Under("new")).CreateProtector("test").Unprotect(before));

            var both = Under("new");
            (both["Keys:PreviousCertificate"], both["Keys:PreviousCertificatePassword"]) = (Path.Combine(folder, "old.pfx"), "old");
            var exchanging = SiteKeys.Open(both).CreateProtector("test");
            exchanging.Unprotect(before).ShouldBe("Canary");
            var after = exchanging.Protect("Later");
            File.ReadAllText(key).ShouldNotBe(wrapped, "the key is encrypted to the new certificate");
            if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(key).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

            // The old certificate isn't needed anymore. A keys folder restored from an earlier backup is converted by the same two settings.
            SiteKeys.Open(Under("new")).CreateProtector("test").Unprotect(before).ShouldBe("Canary");
            SiteKeys.Open(Under("new")).CreateProtector("test").Unprotect(after).ShouldBe("Later");
            Should.Throw<CryptographicException>(() => SiteKeys.Open(Under("old")).CreateProtector("test").Unprotect(before));
            File.WriteAllText(key, wrapped);
            SiteKeys.Open(both).CreateProtector("test").Unprotect(after).ShouldBe("Later");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        ConfigurationManager Under(string name) => new()
        {
            ["Keys:Path"] = Path.Combine(folder, "keys"), ["Keys:Certificate"] = Path.Combine(folder, $"{name}.pfx"), ["Keys:CertificatePassword"] = name,
        };
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task an_old_database_is_sealed_at_the_next_start_wherever_it_was_stopped(string engine)
    {
        await using var server = engine == "postgres" ? await PostgresServer.StartAsync() : null;
        await using var app = ClinicApp.With(_ => { });
        if (server is not null)
            foreach (var (key, value) in server.Settings) app.Set(key, value);
        Directory.CreateDirectory(app.DataPath);
        var options = server is not null
            ? new DbContextOptionsBuilder<ClinicDb>().UseNpgsql(app.Setting("ConnectionStrings:Clinic")).Options
            : new DbContextOptionsBuilder<ClinicDb>().UseSqlite($"Data Source={Path.Combine(app.DataPath, ClinicDatabase.FileName)};Pooling=false").Options;
        const int many = 450; // more than two batches
        await using (var db = new ClinicDb(options))
        {
            await db.MigrateToAsync("20261128_0400_Desk");
            for (var i = 1; i <= many; i++)
            {
                var (id, at) = (new Guid(i, 0, 0, new byte[8]), new DateTime(2026, 12, 1, 0, 0, 0, DateTimeKind.Utc));
                var (email, hash) = ($"canary{i}@example.org", new[] { (byte)i, (byte)(i >> 8) });
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO "Leads" ("Id", "Reference", "Kind", "Status", "Name", "Email", "EmailNormalized", "Phone", "Message", "ReachBy",
                        "VoicemailAllowed", "MayNameClinic", "ConsentWords", "ConsentVersion", "ConsentAt", "CreatedAt", "AnswerBy", "SuggestsRisk",
                        "StaffTokenHash", "Fingerprint")
                    VALUES ({id}, {$"R{i}"}, 'Contact', 'New', {$"Canaryname {i}"}, {email}, {email}, '+13035550187',
                        {$"Canarymessage {i} with \"quotes\" and ümlauts"}, 1, {false}, {false}, '', '', {at}, {at}, {at}, {false}, {hash}, {hash})
                    """
                );
            }

            var since = new DateTime(2026, 12, 1, 0, 0, 0, DateTimeKind.Utc);
            var due = since.AddYears(10);
            await db.Database.ExecuteSqlAsync(
                $$"""
                INSERT INTO "Outbox" ("Id", "MessageId", "Kind", "To", "Subject", "Text", "Html", "Headers", "Attachments", "Priority",
                    "CreatedAt", "NotBefore", "DueAt", "Attempts", "State")
                VALUES ({{Guid.NewGuid()}}, '<a@b>', 'test', 'canary@example.org', 'Subject', 'Canarytext', '<p>Canaryhtml</p>',
                    '{"List-Id":"Canaryheader"}', '[{"Name":"call.ics","ContentType":"text/calendar","Text":"Canaryfile"}]', 1,
                    {{since}}, {{due}}, {{due}}, 0, 'Waiting')
                """
            );
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO "NewsletterSubscribers" ("Id", "AddressHash", "Email", "State", "Since", "ConsentWords", "ConsentAt", "ConsentSource")
                VALUES ({Guid.NewGuid()}, {new byte[] { 1 }}, 'canaryreader@example.org', 'Subscribed', {since}, '', {since}, 'test')
                """);
            // It was stopped once before: the schema is new, and nothing is sealed yet.
            await db.Database.MigrateAsync();
        }

        _ = app.Http;
        var leads = await app.UseAsync<ClinicDb, List<Lead>>(db => db.Set<Lead>().AsNoTracking().ToListAsync());
        leads.Count.ShouldBe(many);
        foreach (var lead in leads)
        {
            var number = lead.Reference[1..];
            (lead.Name, lead.Email, lead.Phone, lead.Message)
                .ShouldBe(($"Canaryname {number}", $"canary{number}@example.org", "+13035550187", $"Canarymessage {number} with \"quotes\" and ümlauts"));
            lead.EmailHash.ShouldNotBeNull();
        }

        (await app.UseAsync<ClinicDb, Subscriber>(db => db.Set<Subscriber>().AsNoTracking().SingleAsync())).Email.ShouldBe("canaryreader@example.org");
        var mail = await app.UseAsync<ClinicDb, OutboxMessage>(db => db.Set<OutboxMessage>().AsNoTracking().SingleAsync());
        (mail.To, mail.Text, mail.Html, mail.Headers["List-Id"], mail.Attachments.Single().Text)
            .ShouldBe(("canary@example.org", "Canarytext", "<p>Canaryhtml</p>", "Canaryheader", "Canaryfile"));
        (await app.UseAsync<LeadService,
            (int Leads, int Mails)>(desk => desk.ForgetAsync(EmailAddress.Parse("canary7@example.org"), CancellationToken.None))).Leads.ShouldBe(1);
        if (server is not null) return;
        foreach (var file in Directory.EnumerateFiles(app.DataPath, "clinic.db*"))
            Contains(await ReadAsync(file), "anary").ShouldBeFalse($"{Path.GetFileName(file)}: free pages are rewritten");
    }

    private static async Task<string> WriteAsync(ClinicApp app, string? name = null)
    {
        using var response = await app.PostFormAsync("/contact",
            [.. Told.Where(field => name is null || field.Field is not ("name" or "email")), .. name is null ? Array.Empty<(string, string)>()
            : [("name", name), ("email", $"{name}@example.org")]]);
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        return await app.UseAsync<ClinicDb,
            string>(async db => (await db.Set<Lead>().AsNoTracking().OrderByDescending(lead => lead.Id).FirstAsync()).Reference);
    }

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private static bool Contains(byte[] bytes, string text) =>
        bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0 || bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) >= 0;
}
