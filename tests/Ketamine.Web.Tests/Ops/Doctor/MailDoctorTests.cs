using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using Ketamine.Web.Mail;
using Ketamine.Web.Ops;
using Ketamine.Web.Ops.Doctor;
using Microsoft.AspNetCore.Builder;

namespace Ketamine.Web.Tests.Ops.Doctor;

/// <summary>The whole command, with a DNS server that has a clinic's records.</summary>
public sealed class MailDoctorTests
{
    private static readonly string Key = KeyOf(2048);

    /// <summary>A clinic at Google Workspace with correct records.</summary>
    private static readonly string[] Good =
    [
        "com NS a.gtld-servers.net",
        "your-clinic.com A 192.0.2.80",
        "your-clinic.com TXT some-site-verification=1",
        "your-clinic.com TXT v=spf1 include:_spf.google.com ~all",
        "your-clinic.com MX 10 aspmx.l.google.com",
        "aspmx.l.google.com A 198.51.100.26",
        "_spf.google.com TXT v=spf1 ip4:198.51.100.0/24 ~all",
        $"google._domainkey.your-clinic.com TXT v=DKIM1; k=rsa; p={Key}",
        "_dmarc.your-clinic.com TXT v=DMARC1; p=none; rua=mailto:dmarc@your-clinic.com",
    ];

    private static readonly string[] Google = ["--Mail:Host=smtp-relay.gmail.com"];

    private static string KeyOf(int bits)
    {
        using var rsa = RSA.Create(bits);
        return Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo());
    }

    /// <summary>The correct clinic's lines, without those that start with the given texts, plus others.</summary>
    private static IEnumerable<string> But(string without, params string[] with) =>
        Good.Where(line => !line.StartsWith(without, StringComparison.Ordinal)).Concat(with);

    private static async Task<(int Code, string Said)> RunAsync(NameServer server, string[] settings, params string[] line)
    {
        await using var said = new StringWriter();
        var command = MailCommands.Create(new OpsSite(() =>
        {
            // In Development, which other tests in this process may have set, the host would miss the services that email alone doesn't need.
            var builder = WebApplication.CreateBuilder([
                "--environment=Production",
                "--Mail:From=clinic@your-clinic.com",
                "--Mail:Staff:0=desk@your-clinic.com",
                .. settings,
            ]);
            builder.Services.AddMail(builder.Configuration);
            return builder.Build();
        }));
        var code = await command
            .Parse(["doctor", .. line.Contains("--dns") ? line : ["--dns", server.EndPoint.ToString(), .. line]])
            .InvokeAsync(new InvocationConfiguration { Output = said, Error = said });
        return (code, said.ToString().ReplaceLineEndings("\n"));
    }

    /// <summary>Runs the command and joins wrapped lines.</summary>
    private static async Task<(int Code, string Said)> RunAsync(IEnumerable<string> zone, string[] settings, params string[] line)
    {
        await using var server = new NameServer(zone);
        var (code, said) = await RunAsync(server, settings, line);
        return (code, Unwrapped(said));
    }

    private static string Unwrapped(string said) => said.Replace("\n         ", " ", StringComparison.Ordinal);

    [Fact]
    public async Task the_key_that_the_site_signs_with_is_compared_with_the_one_in_dns()
    {
        using var rsa = RSA.Create(2048);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, rsa.ExportPkcs8PrivateKeyPem());
        string[] settings = [.. Google, "--Mail:Dkim:Domain=your-clinic.com", "--Mail:Dkim:Selector=site2026", $"--Mail:Dkim:KeyFile={file}"];
        var record = $"v=DKIM1; k=rsa; p={Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())}";

        var (code, said) = await RunAsync(Good, settings);
        code.ShouldBe(1);
        said.ShouldContain("site2026._domainkey.your-clinic.com doesn't exist");
        said.ShouldContain(record);
        (code, said) = await RunAsync([.. Good, $"site2026._domainkey.your-clinic.com TXT v=DKIM1; k=rsa; p={Key}"], settings);
        code.ShouldBe(1);
        said.ShouldContain("has a different key than the one that the site signs with");
        (code, said) = await RunAsync([.. Good, $"site2026._domainkey.your-clinic.com TXT {record}"], settings);
        code.ShouldBe(0, said);
        said.ShouldContain("its public key is at site2026._domainkey.your-clinic.com");
        File.Delete(file);
    }

    [Fact]
    public async Task a_clinic_with_correct_records_gets_only_ok()
    {
        await using var server = new NameServer(Good);
        var (code, said) = await RunAsync(server, Google);
        said.ShouldBe(
            $"""
            Email from clinic@your-clinic.com, sent by Google Workspace (smtp-relay.gmail.com).
            Using the DNS server {server.EndPoint}.

            ok       From: your-clinic.com looks like the clinic's own domain, as it should
                     be.

            ok       Server: Google Workspace (smtp-relay.gmail.com) sends the email. The
                     envelope uses clinic@your-clinic.com too, so SPF and From match (are
                     aligned), as large receivers require.

            ok       Replies: your-clinic.com receives email at aspmx.l.google.com.

            ok       SPF: your-clinic.com has one valid SPF record (1 of at most 10
                     lookups).
                       v=spf1 include:_spf.google.com ~all

            ok       SPF: It includes Google Workspace, which sends the site's email
                     (include:_spf.google.com).

            ok       DKIM: The key "google" is published and valid (RSA, 2048 bits).

            ok       DMARC: your-clinic.com has a DMARC record. It rejects nothing (p=none),
                     the minimum that Gmail and Yahoo require of large senders. Once the
                     reports show that all your own email passes, p=quarantine keeps others
                     from using your domain.
                       v=DMARC1; p=none; rua=mailto:dmarc@your-clinic.com

            7 ok

            """);
        code.ShouldBe(0);
    }

    [Fact]
    public async Task a_clinic_without_records_gets_each_one_ready_to_copy()
    {
        await using var server = new NameServer("com NS a.gtld-servers.net", "your-clinic.com MX 10 aspmx.l.google.com", "aspmx.l.google.com A 198.51.100.26");
        var (code, said) = await RunAsync(server, ["--Mail:Host=smtp.mailgun.org"]);
        code.ShouldBe(1);
        said.ShouldContain(
            """
            wrong    SPF: your-clinic.com has no SPF record, so receivers can't tell which
                     servers may send for it.
                     > Add one. If other services send for you (a booking system, a shop),
                     add their terms before ~all:
                         Type   TXT
                         Name   your-clinic.com
                         Value  v=spf1 include:mailgun.org include:_spf.google.com ~all


            """);
        said.ShouldContain("wrong    DKIM: your-clinic.com has no DKIM key: there is nothing below");
        said.ShouldContain(
            """
                         Type   TXT
                         Name   _dmarc.your-clinic.com
                         Value  v=DMARC1; p=none; rua=mailto:clinic@your-clinic.com


            """);
        Unwrapped(said).ShouldContain("your-clinic.com itself is @ there.");
        said.ShouldEndWith("\n3 wrong, 3 ok\n");
        said.Split('\n').Where(line => !line.Contains("Value ", StringComparison.Ordinal)).ShouldAllBe(line => line.Length <= 80);
    }

    [Theory]
    [InlineData("clinic@clinic.example", "reserved for examples and private networks")]
    [InlineData("clinic@www.example.org", "reserved for examples and private networks")]
    [InlineData("robin@gmail.com", "belongs to an email provider")]
    [InlineData("robin@yahoo.co.uk", "belongs to an email provider")]
    [InlineData("clinic@localhost.example", "Mail:From isn't set")]
    public async Task an_address_that_cannot_send_is_reported_without_querying_dns(string from, string expected)
    {
        await using var server = new NameServer();
        var (code, said) = await RunAsync(server, ["--Mail:Host=smtp.your-provider.com"], "--from", from);
        code.ShouldBe(1);
        Unwrapped(said).ShouldContain(expected);
        server.Asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--from", "clinic@")]
    [InlineData("--dns", "dns.your-provider.com")]
    public async Task an_unreadable_option_is_reported(string option, string value)
    {
        var (code, said) = await RunAsync([], Google, option, value);
        said.ShouldContain($"\"{value}\" can't be read; ");
        code.ShouldBe(1);
    }

    [Fact]
    public async Task a_freemail_address_at_its_own_provider_is_only_a_warning()
    {
        var (code, said) = await RunAsync([], ["--Mail:Host=smtp.gmail.com"], "--from", "robin@gmail.com");
        said.ShouldContain("warning  From: gmail.com belongs to an email provider. Through its own server, single emails arrive");
        code.ShouldBe(0);
    }

    [Theory]
    // SPF
    [InlineData(
        "your-clinic.com TXT v=spf1",
        "your-clinic.com TXT spf1 include:_spf.google.com ~all",
        1,
        "wrong    SPF: your-clinic.com has no SPF record. One TXT record looks like it"
    )]
    [InlineData("-", "your-clinic.com TXT v=spf1 a:www.your-clinic.com -all", 1, "Value  v=spf1 include:_spf.google.com a:www.your-clinic.com ~all")]
    [InlineData("your-clinic.com TXT v=spf1", "your-clinic.com TXT v=spf1 ip4:192.0.2.1 -all", 1, "Value  v=spf1 include:_spf.google.com ip4:192.0.2.1 -all")]
    [InlineData("your-clinic.com TXT v=spf1", "your-clinic.com TXT v=spf1 include:_spf.google.com +all", 1, "every server in the world")]
    [InlineData("your-clinic.com TXT v=spf1", "your-clinic.com TXT v=spf1 include:_spf.google.com all", 1, "Value  v=spf1 include:_spf.google.com ~all")]
    [InlineData(
        "your-clinic.com TXT v=spf1",
        "your-clinic.com TXT v=spf1 include:_spf.google.com ?all",
        0,
        "warning  SPF: The SPF record of your-clinic.com doesn't say what to do with servers that it doesn't list: it ends in ?all."
    )]
    [InlineData("your-clinic.com TXT v=spf1", "your-clinic.com TXT v=spf1 include:_spf.google.com", 0, "Value  v=spf1 include:_spf.google.com ~all")]
    [InlineData("your-clinic.com TXT v=spf1", "your-clinic.com TXT v=spf1 ptr include:_spf.google.com ~all", 0, "warning  SPF: The SPF record uses \"ptr\"")]
    [InlineData(
        "your-clinic.com TXT v=spf1",
        "your-clinic.com TXT v=spf1 include:your-clinic.com ~all",
        1,
        "is circular: your-clinic.com > your-clinic.com."
    )]
    [InlineData("your-clinic.com TXT v=spf1", "your-clinic.com TXT v=spf1 include:_spf.gogle.com ~all", 1, "which has no SPF record")]
    // DKIM
    [InlineData("google._domainkey", "x._domainkey.your-clinic.com TXT v=DKIM1; p=x", 2, "unknown  DKIM: No DKIM key of Google Workspace was found")]
    [InlineData(
        "google._domainkey",
        "_dmarc.x.com TXT y",
        1,
        "wrong    DKIM: your-clinic.com has no DKIM key: there is nothing below _domainkey.your-clinic.com."
    )]
    [InlineData("google._domainkey", "google._domainkey.your-clinic.com TXT v=DKIM1; k=rsa; p=", 1, "wrong    DKIM: The key \"google\" has been revoked")]
    [InlineData(
        "google._domainkey",
        "google._domainkey.your-clinic.com TXT v=DKIM1; k=rsa; p=MIIBIjANBgkq",
        1,
        "wrong    DKIM: The key \"google\" is not accepted: its key (p=) is damaged"
    )]
    [InlineData("google._domainkey", "google._domainkey.your-clinic.com TXT v=DKIM1; k=dsa; p=MIIB", 1, "its kind (k=dsa) is unknown")]
    [InlineData("google._domainkey", "google._domainkey.your-clinic.com TXT v=DKIM1; h=sha1; p=MIIB", 1, "doesn't allow SHA-256")]
    [InlineData(
        "google._domainkey",
        "google._domainkey.your-clinic.com TXT v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        0,
        "warning  DKIM: The key \"google\" is published (Ed25519)"
    )]
    [InlineData(
        "google._domainkey",
        "google._domainkey.your-clinic.com CNAME gone.your-host.com",
        1,
        "google._domainkey.your-clinic.com points to gone.your-host.com, but no key is there."
    )]
    [InlineData("-", "s1._domainkey.your-clinic.com CNAME gone.your-host.com", 0, "warning  DKIM: s1._domainkey.your-clinic.com points to gone.your-host.com")]
    [InlineData("google._domainkey", "*.your-clinic.com TXT v=spf1 -all", 2, "unknown  DKIM: No DKIM key of Google Workspace was found")]
    [InlineData("google._domainkey", "*.your-clinic.com CNAME www.your-host.com", 2, "unknown  DKIM: No DKIM key of Google Workspace was found")]
    // DMARC
    [InlineData("_dmarc", "x.com TXT x", 1, "wrong    DMARC: your-clinic.com has no DMARC record.")]
    [InlineData("_dmarc", "your-clinic.com TXT v=DMARC1; p=none", 1, "There is one at your-clinic.com itself, where receivers don't look")]
    [InlineData("_dmarc", "_dmarc.your-clinic.com TXT v=DMARC1 p=none", 1, "isn't a valid DMARC record")]
    [InlineData("-", "_dmarc.your-clinic.com TXT v=DMARC1; p=reject", 1, "has more than one DMARC record")]
    [InlineData(
        "_dmarc",
        "_dmarc.your-clinic.com TXT v=DMARC1; p=monitor; rua=mailto:a@your-clinic.com",
        1,
        "Value  v=DMARC1; p=none; rua=mailto:a@your-clinic.com"
    )]
    [InlineData("_dmarc", "_dmarc.your-clinic.com TXT v=DMARC1; p=reject", 0, "Value  v=DMARC1; p=reject; rua=mailto:clinic@your-clinic.com")]
    [InlineData("_dmarc", "_dmarc.your-clinic.com TXT v=DMARC1; p=reject; rua=dmarc@your-clinic.com", 0, "warning  DMARC: It has no address for reports")]
    [InlineData("_dmarc", "_dmarc.your-clinic.com TXT v=DMARC1; p=reject; rua=mailto:you@reports.net", 0, "Name   your-clinic.com._report._dmarc.reports.net")]
    [InlineData("_dmarc", "_dmarc.your-clinic.com TXT v=DMARC1; p=reject; t=y; pct=20; aspf=s; rua=mailto:a@mail.your-clinic.com", 0, "3 warnings, 7 ok")]
    // Replies
    [InlineData("your-clinic.com MX", "your-clinic.com MX 0 .", 1, "wrong    Replies: your-clinic.com declares that it accepts no email (null MX)")]
    [InlineData("your-clinic.com MX", "x.com TXT x", 0, "warning  Replies: your-clinic.com has no MX record.")]
    [InlineData("aspmx", "x.com TXT x", 1, "receives email at aspmx.l.google.com, which has no address in DNS.")]
    [InlineData("your-clinic.com MX", "your-clinic.com MX 0 192.0.2.25", 1, "contains an IP address, 192.0.2.25")]
    public async Task problems_are_reported_with_what_to_do(string without, string with, int code, string expected)
    {
        var (exit, said) = await RunAsync(But(without, with), Google);
        said.ShouldContain(expected);
        exit.ShouldBe(code, said);
    }

    [Theory]
    [InlineData(512, 1, "wrong    DKIM: The key \"google\" is not accepted: its RSA key has 512 bits")]
    [InlineData(1024, 0, "warning  DKIM: The key \"google\" is published (RSA, 1024 bits), but 2048 bits are recommended")]
    [InlineData(4096, 0, "ok       DKIM: The key \"google\" is published and valid (RSA, 4096 bits).")]
    public async Task a_key_is_measured(int bits, int code, string expected)
    {
        var (exit, said) = await RunAsync(But("google._domainkey", $"google._domainkey.your-clinic.com TXT k=rsa; p={KeyOf(bits)}"), Google);
        said.ShouldContain(expected);
        exit.ShouldBe(code);
    }

    [Fact]
    public async Task a_key_that_the_owner_names_must_exist_and_aliases_are_followed_to_it()
    {
        string[] zone = [.. Good, "pm2026._domainkey.your-clinic.com CNAME key.your-host.com", $"key.your-host.com TXT v=DKIM1; p={Key}"];
        var (code, said) = await RunAsync(zone, Google, "--selector", "pm2026");
        said.ShouldContain("ok       DKIM: The key \"pm2026\" is published and valid (RSA, 2048 bits). Your provider hosts it at key.your-host.com.");
        code.ShouldBe(0);
        (code, said) = await RunAsync(zone, Google, "--selector", "pm2026", "--selector", "gone");
        said.ShouldContain("wrong    DKIM: There is no DKIM key at gone._domainkey.your-clinic.com.");
        code.ShouldBe(1);
    }

    [Fact]
    public async Task another_providers_key_is_not_mistaken_for_the_senders()
    {
        var (code, said) = await RunAsync(
            But("your-clinic.com TXT v=spf1", "your-clinic.com TXT v=spf1 include:mailgun.org -all", "mailgun.org TXT v=spf1 -all"),
            ["--Mail:Host=smtp.mailgun.org"]
        );
        said.ShouldContain("The key \"google\" is published and valid (RSA, 2048 bits). But it isn't Mailgun's.");
        said.ShouldContain("unknown  DKIM: No DKIM key of Mailgun was found");
        code.ShouldBe(2);
        (code, said) = await RunAsync(Good, ["--Mail:Host=smtp.office365.com"]);
        said.ShouldContain("wrong    DKIM: your-clinic.com has no DKIM key of Microsoft 365 (selector1, selector2).");
        code.ShouldBe(1);
    }

    [Fact]
    public async Task a_provider_with_its_own_return_address_needs_no_spf()
    {
        var (code, said) = await RunAsync(But("your-clinic.com TXT v=spf1"), ["--Mail:Host=email-smtp.us-west-2.amazonaws.com"], "--selector", "google");
        said.ShouldContain("SPF then covers Amazon SES, not your-clinic.com");
        said.ShouldContain("warning  SPF: your-clinic.com has no SPF record");
        said.ShouldContain("Value  v=spf1 include:_spf.google.com ~all");
        code.ShouldBe(0);
    }

    [Theory]
    [InlineData("mail.your-host.com", "v=spf1 ip4:203.0.113.0/24 -all", "ok       SPF: It lists the addresses of mail.your-host.com (203.0.113.5).")]
    [InlineData("mail.your-host.com", "v=spf1 mx -all", "Value  v=spf1 a:mail.your-host.com mx -all")]
    [InlineData("203.0.113.5", "v=spf1 mx -all", "Value  v=spf1 ip4:203.0.113.5 mx -all")]
    [InlineData("localhost", "v=spf1 mx -all", "localhost is on this machine or its local network")]
    [InlineData("inside.your-host.com", "v=spf1 mx -all", "inside.your-host.com is on this machine or its local network")]
    [InlineData("unheard-of.com", "v=spf1 mx -all", "no public address of unheard-of.com is known")]
    [InlineData("mail.your-host.com", "v=spf1 exists:%{i}.x.com -all", "it depends on the email")]
    public async Task the_clinics_own_server_is_checked_against_the_record_by_address(string host, string spf, string expected)
    {
        var zone = But("your-clinic.com TXT v=spf1", $"your-clinic.com TXT {spf}", "mail.your-host.com A 203.0.113.5", "inside.your-host.com A 10.0.0.5");
        (await RunAsync(zone, [$"--Mail:Host={host}"])).Said.ShouldContain(expected);
    }

    [Fact]
    public async Task two_spf_records_become_one()
    {
        var (code, said) = await RunAsync([.. Good, "your-clinic.com TXT v=spf1 include:mailgun.org include:_spf.google.com -all"], Google);
        said.ShouldContain("Value  v=spf1 include:_spf.google.com include:mailgun.org ~all");
        code.ShouldBe(1);
    }

    [Fact]
    public async Task a_subdomain_follows_the_policy_above_it_and_a_registrys_is_no_ones_own()
    {
        string[] zone =
        [
            .. Good,
            "news.your-clinic.com TXT v=spf1 include:_spf.google.com -all",
            "news.your-clinic.com MX 10 aspmx.l.google.com",
            $"google._domainkey.news.your-clinic.com TXT p={Key}",
            "_dmarc.com TXT v=DMARC1; p=none; psd=y; rua=mailto:a@b.com",
        ];
        var (code, said) = await RunAsync(zone, Google, "--from", "letter@news.your-clinic.com");
        said.ShouldContain("ok       DMARC: news.your-clinic.com follows the DMARC record of your-clinic.com. It rejects nothing");
        said.ShouldNotContain("_report");
        code.ShouldBe(0);
    }

    [Fact]
    public async Task an_account_of_another_domain_gets_a_warning()
    {
        var (code, said) = await RunAsync(Good, [.. Google, "--Mail:User=office@other-clinic.com", "--Mail:Password=x"]);
        said.ShouldContain("warning  Account: Mail:User signs in as office@other-clinic.com");
        code.ShouldBe(0);
    }

    [Theory]
    [InlineData(NameServer.Silence, "DNS can't be queried: 127.0.0.1 didn't answer.")]
    [InlineData(NameServer.ServFail, "DNS can't be queried: 127.0.0.1 reported a failure (SERVFAIL).")]
    public async Task without_dns_the_expected_records_are_shown_quickly(string misbehavior, string expected)
    {
        var began = Stopwatch.StartNew();
        await using var server = new NameServer(Good) { Misbehave = (_, _) => misbehavior };
        var (code, said) = await RunAsync(server, ["--Mail:Host=smtp.fastmail.com"]);
        code.ShouldBe(MailDoctor.NotAllKnown);
        Unwrapped(said).ShouldContain($"unknown  DNS: {expected} So nothing below was checked");
        said.Split("can't be queried").Length.ShouldBe(2);
        said.ShouldContain("Value  v=spf1 include:spf.messagingengine.com ~all\n");
        said.ShouldContain("Name   fm2._domainkey.your-clinic.com\n");
        said.ShouldContain("Value  fm2.your-clinic.com.dkim.fmhosted.com\n");
        said.ShouldContain("Value  v=DMARC1; p=none; rua=mailto:clinic@your-clinic.com\n");
        began.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task a_resolver_that_denies_the_whole_internet_is_not_believed()
    {
        var (code, said) = await RunAsync(["printer.lan A 10.0.0.9"], Google);
        said.ShouldContain("unknown  DNS: The DNS server doesn't know the public internet: it denies even .com.");
        code.ShouldBe(2);
        (code, said) = await RunAsync(["com NS a.gtld-servers.net"], Google);
        said.ShouldContain("wrong    Domain: your-clinic.com isn't in DNS");
        code.ShouldBe(1);
    }

    [Fact]
    public async Task failed_lookups_are_unknown_and_the_rest_is_reported()
    {
        await using var server = new NameServer(Good)
        {
            Misbehave = (name, type) =>
                name.StartsWith("_dmarc", StringComparison.Ordinal) || (name, type) == ("_spf.google.com", DnsType.TXT) ? NameServer.ServFail : null,
        };
        var (code, said) = await RunAsync(server, Google);
        code.ShouldBe(2);
        Unwrapped(said).ShouldContain("unknown  DMARC: The DMARC record couldn't be looked up: 127.0.0.1 reported a failure (SERVFAIL).");
        Unwrapped(said).ShouldContain("unknown  SPF: Parts of the SPF record couldn't be checked: the record of _spf.google.com: 127.0.0.1 reported");
        said.ShouldContain("ok       DKIM: The key \"google\"");
        server.Misbehave = (name, _) => name == "_dmarc.com" ? NameServer.ServFail : null;
        (code, said) = await RunAsync(server, Google);
        said.ShouldContain("ok       DMARC: your-clinic.com has a DMARC record.");
        code.ShouldBe(0);
    }

    [Fact]
    public async Task nothing_in_dns_can_control_the_terminal()
    {
        var (_, said) = await RunAsync(
            But("_dmarc", "_dmarc.your-clinic.com TXT v=DMARC1; p=none; rua=mailto:a@your-clinic.com; x=\x1b[2J\a\u009b31m"),
            Google
        );
        said.ShouldContain("x=?[2J?");
        said.Where(char.IsControl).ShouldAllBe(c => c == '\n');
    }

    [Fact]
    public async Task without_a_mail_server_the_records_are_checked_and_the_server_setting_is_requested()
    {
        var (code, said) = await RunAsync(Good, []);
        said.ShouldContain("warning  Server: Mail:Host isn't set");
        said.ShouldContain("ok       DKIM: The key \"google\" is published");
        code.ShouldBe(0);
    }
}
