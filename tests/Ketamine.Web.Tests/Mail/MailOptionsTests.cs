using Ketamine.Web.Mail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Tests.Mail;

public sealed class MailOptionsTests
{
    private static MailOptions Read(params (string Key, string? Value)[] settings) => MailOptions.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("Mail:" + setting.Key, setting.Value))).Build().GetSection("Mail"));

    private static IEnumerable<string> Wrong(params (string Key, string? Value)[] settings) =>
        Should.Throw<OptionsValidationException>(() => Read(settings)).Failures;

    [Fact]
    public void without_settings_emails_are_written_to_files()
    {
        var options = Read();
        options.Host.ShouldBeNull();
        options.Staff.ShouldHaveSingleItem();
        options.Security.ShouldBe(MailSecurity.StartTls);
    }

    [Fact]
    public void everything_set_is_read()
    {
        var options = Read(
            ("Host", "smtp.example.com"),
            ("Port", "2525"),
            ("User", "u"),
            ("Password", " p "),
            ("Security", "starttls"),
            ("From", "a@b.example"),
            ("Staff:0", "x@b.example"),
            ("Staff:1", "y@b.example"),
            ("LeadDetail", "minimal"),
            ("PerMinute", "10"),
            ("TimeoutSeconds", "5")
        );
        options.Staff.Length.ShouldBe(2);
        options.LeadDetail.ShouldBe(LeadDetail.Minimal);
        (options.Host, options.Port, options.User, options.Password, options.PerMinute, options.Timeout).ShouldBe(
            ("smtp.example.com", 2525, "u", " p ", 10, TimeSpan.FromSeconds(5))
        );
    }

    [Fact]
    public void all_mistakes_are_reported_at_once_with_key_value_and_what_is_allowed() =>
        Wrong(
                ("Port", "70000"),
                ("Security", "ssl"),
                ("From", "clinic"),
                ("Staff:0", "a@b"),
                ("LeadDetail", "1"),
                ("PerMinute", "0"),
                ("TimeoutSeconds", "soon"),
                ("User", "u")
            )
            .ShouldBe([
                "Mail:Staff:0 is \"a@b\"; use one address like clinic@example.com",
                "Mail:Security is \"ssl\"; use one of StartTls, Tls, None",
                "Mail:Port is \"70000\"; use a whole number from 1 to 65535",
                "Mail:From is \"clinic\"; use one address like clinic@example.com",
                "Mail:LeadDetail is \"1\"; use one of Full, Minimal",
                "Mail:PerMinute is \"0\"; use a whole number from 1 to 60000",
                "Mail:TimeoutSeconds is \"soon\"; use a whole number from 1 to 600",
                "Mail:Password is not set; because Mail:User is set, set its password",
            ]);

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("smtp.example.com", false)]
    [InlineData("localhost.example.com", false)]
    [InlineData("10.0.0.1", false)]
    public void email_without_tls_goes_only_to_this_machine(string host, bool fine)
    {
        (string, string?)[] settings = [("Host", host), ("Security", "None"), ("From", "a@b.example"), ("Staff:0", "x@b.example")];
        if (fine) Read(settings).Host.ShouldBe(host);
        else Wrong(settings).ShouldHaveSingleItem().ShouldContain("use StartTls or Tls");
    }

    [Fact]
    public void a_real_host_requires_a_real_sender_and_staff_address() =>
        Wrong(("Host", "smtp.example.com")).Select(line => line.Split(' ')[0]).ShouldBe(["Mail:From", "Mail:Staff:0"]);

    [Fact]
    public void a_list_given_as_one_value_gets_an_error_that_shows_the_right_form() =>
        Wrong(("Staff", "a@b.example,c@d.example")).ShouldHaveSingleItem().ShouldContain("Mail__Staff__0");

    [Theory]
    [InlineData("smtp.example.com:587")]
    [InlineData("https://smtp.example.com")]
    public void a_host_must_be_a_name_without_a_port(string host) =>
        Wrong(("Host", host), ("From", "a@b.example"), ("Staff:0", "x@b.example")).ShouldHaveSingleItem().ShouldStartWith("Mail:Host is");

    [Fact]
    public void implicit_tls_has_its_own_port()
    {
        (string, string?)[] settings = [("Host", "smtp.example.com"), ("From", "a@b.example"), ("Staff:0", "x@b.example"), ("Security", "Tls")];
        Read(settings).Port.ShouldBe(465);
        Read([.. settings, ("Port", "4650")]).Port.ShouldBe(4650);
    }

    [Fact]
    public void oauth2_requires_a_mailbox_and_a_token_source()
    {
        Wrong(("Auth", "OAuth2")).Select(line => line.Split(' ')[0]).ShouldBe(["Mail:User", "Mail:OAuth2:TokenEndpoint"]);
        Wrong(("Auth", "OAuth2"), ("User", "a@b.example"), ("OAuth2:TokenEndpoint", "http://login.example.com/token")).Select(line => line.Split(' ')[0])
            .ShouldBe(["Mail:OAuth2:TokenEndpoint", "Mail:OAuth2:ClientId", "Mail:OAuth2:ClientSecret", "Mail:OAuth2:Scope"]);
        Wrong(("Auth", "OAuth2"), ("User", "a@b.example"), ("OAuth2:ServiceAccountFile", "/nowhere.json")).ShouldHaveSingleItem().ShouldContain("client_email");
        Wrong(
                ("User", "a@b.example"),
                ("Password", "p"),
                ("OAuth2:TokenEndpoint", "https://login.example.com/token"),
                ("OAuth2:ClientId", "i"),
                ("OAuth2:ClientSecret", "s"),
                ("OAuth2:Scope", "x")
            )
            .ShouldHaveSingleItem()
            .ShouldStartWith("Mail:Auth is");
    }

    [Fact]
    public void a_key_for_signing_is_read_at_start_and_belongs_to_the_senders_domain()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        var file = Path.GetTempFileName();
        File.WriteAllText(file, rsa.ExportRSAPrivateKeyPem());
        (string, string?)[] settings = [("From", "clinic@mail.juniper.example"), ("Dkim:Selector", "site2026"), ("Dkim:KeyFile", file)];
        Read([.. settings, ("Dkim:Domain", "juniper.example")]).Dkim!.PublicKey.ShouldBe(Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()));
        Wrong([.. settings, ("Dkim:Domain", "other.example")])
            .ShouldHaveSingleItem()
            .ShouldContain("the domain of Mail:From (mail.juniper.example) or its parent");
        File.WriteAllText(file, rsa.ExportSubjectPublicKeyInfoPem());
        Wrong([.. settings, ("Dkim:Domain", "juniper.example")]).ShouldHaveSingleItem().ShouldContain("use a readable private key");
        Wrong(("From", "a@b.example"), ("Dkim:Domain", "b.example")).Select(line => line.Split(' ')[0]).ShouldBe(["Mail:Dkim:Selector", "Mail:Dkim:KeyFile"]);
        File.Delete(file);
    }
}
