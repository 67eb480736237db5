using Ketamine.Web.Bench;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Tests.Mail;

/// <summary>Signing in with access tokens, as Microsoft 365 and Google Workspace require.</summary>
public sealed class OAuth2Tests
{
    private static (string, string)[] Settings(TokenServer tokens, params (string, string)[] more) =>
    [
        ("Mail:Auth", "OAuth2"), ("Mail:User", EximServer.User), ("Mail:OAuth2:TokenEndpoint", tokens.Endpoint), ("Mail:OAuth2:ClientId", "the-app"),
        ("Mail:OAuth2:ClientSecret", "the.app's+secret"), ("Mail:OAuth2:Scope", "https://outlook.office365.com/.default"), .. more,
    ];

    private static (string, string)[] WithoutPassword((string Key, string Value)[] settings) =>
        [.. settings.Where(setting => setting.Key is not "Mail:Password")];

    [Fact]
    public async Task a_server_that_accepts_only_tokens_gets_email_with_a_token_requested_once()
    {
        await using var exim = await EximServer.StartAsync();
        await using var tokens = await TokenServer.StartAsync(EximServer.Token);
        await using var office = await PostOffice.OpenAsync(realTransport: true, [.. WithoutPassword(exim.Settings), .. Settings(tokens)]);
        for (var i = 0; i < 12; i++) await office.AddAsync(PostOffice.Draft($"p{i}@example.com"));
        await office.DeliverAsync();
        (await exim.DeliveredAsync(12)).Count.ShouldBe(12);
        exim.MainLog.ShouldContain("A=xoauth2:clinic");
        var asked = tokens.Requests.ShouldHaveSingleItem();
        asked.ShouldBe(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "the-app",
            ["client_secret"] = "the.app's+secret",
            ["scope"] = "https://outlook.office365.com/.default",
        },
        ignoreOrder: true
    );
    }

    [Fact]
    public async Task a_token_is_renewed_before_it_expires_and_after_the_server_refused_it()
    {
        await using var exim = await EximServer.StartAsync();
        await using var tokens = await TokenServer.StartAsync("stale");
        await using var office = await PostOffice.OpenAsync(realTransport: true, [.. WithoutPassword(exim.Settings), .. Settings(tokens)]);
        var first = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        var row = await office.RowAsync(first);
        (row.State, row.LastError).ShouldBe((OutboxState.Waiting, $"127.0.0.1:{exim.Port} refused while signing in: 535 Incorrect authentication data"));

        tokens.Token = EximServer.Token;
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        await office.DeliverAsync();
        (await office.RowAsync(first)).State.ShouldBe(OutboxState.Sent);
        tokens.Requests.Count.ShouldBe(2);

        office.Clock.Advance(TimeSpan.FromMinutes(57));
        await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        tokens.Requests.Count.ShouldBe(2);
        office.Clock.Advance(TimeSpan.FromMinutes(2));
        await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        tokens.Requests.Count.ShouldBe(3);
        (await exim.DeliveredAsync(3)).Count.ShouldBe(3);
        office.Log.Lines.ShouldAllBe(line => !line.Contains("stale") && !line.Contains(EximServer.Token));
    }

    [Fact]
    public async Task an_endpoint_that_refuses_says_why_without_the_secret_and_holds_the_queue()
    {
        using var sink = new SmtpSink { Offers = ["AUTH XOAUTH2"] };
        await using var tokens = await TokenServer.StartAsync("");
        tokens.Refusal = """{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided: the.app's+secret.\r\nTrace ID: 1"}""";
        await using var office = await PostOffice.OpenAsync(realTransport: true, [.. sink.Settings(), .. Settings(tokens)]);
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        var row = await office.RowAsync(id);
        row.State.ShouldBe(OutboxState.Waiting);
        row.LastError.ShouldBe(
            $"{new Uri(tokens.Endpoint).Authority} issued no access token: 401 invalid_client AADSTS7000215: Invalid client secret provided: …. Trace ID: 1"
        );
        office.Log.Lines.ShouldContain(line => line.Contains("doesn't accept email", StringComparison.Ordinal));
        sink.Commands.ShouldAllBe(line => !line.StartsWith("AUTH"));
    }

    [Fact]
    public async Task an_endpoint_that_is_down_is_named()
    {
        using var sink = new SmtpSink { Offers = ["AUTH XOAUTH2"] };
        var nowhere = $"127.0.0.1:{LoopbackPort.Free()}";
        await using var tokens = await TokenServer.StartAsync("");
        await using var office = await PostOffice.OpenAsync(
            realTransport: true,
            [.. sink.Settings(), .. Settings(tokens, ("Mail:OAuth2:TokenEndpoint", $"http://{nowhere}/token"))]
        );
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        (await office.RowAsync(id)).LastError.ShouldBe($"{nowhere}, which issues access tokens for email, can't be reached (ConnectionError).");
    }

    [Fact]
    public async Task a_server_without_token_support_is_named_and_no_token_is_requested()
    {
        using var sink = new SmtpSink();
        await using var tokens = await TokenServer.StartAsync("token");
        await using var office = await PostOffice.OpenAsync(realTransport: true, [.. sink.Settings(), .. Settings(tokens)]);
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        (await office.RowAsync(id)).LastError!.ShouldContain("doesn't offer sign-in with XOAUTH2");
        tokens.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_google_service_account_signs_for_the_mailbox()
    {
        using var sink = new SmtpSink { Offers = ["AUTH XOAUTH2"] };
        await using var tokens = await TokenServer.StartAsync("from-google");
        using var key = RSA.Create(2048);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new
        {
            type = "service_account",
            client_email = "site@project.iam.gserviceaccount.example",
            private_key = key.ExportPkcs8PrivateKeyPem(),
            token_uri = tokens.Endpoint,
        }
    )
);
        await using var office = await PostOffice.OpenAsync(
            realTransport: true,
            [.. sink.Settings(), ("Mail:Auth", "OAuth2"), ("Mail:User", "clinic@juniper.example"), ("Mail:OAuth2:ServiceAccountFile", file)]
        );
        var id = await office.AddAsync(PostOffice.Draft());
        await office.DeliverAsync();
        File.Delete(file);
        (await office.RowAsync(id)).State.ShouldBe(OutboxState.Sent, (await office.RowAsync(id)).LastError);

        var asked = tokens.Requests.ShouldHaveSingleItem();
        asked["grant_type"].ShouldBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
        var parts = asked["assertion"].Split('.');
        key.VerifyData(
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                Base64Url.DecodeFromChars(parts[2]),
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            )
            .ShouldBeTrue();
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        string Claim(string name) => claims.RootElement.GetProperty(name).ToString();
        (Claim("iss"), Claim("sub"), Claim("scope"), Claim("aud")).ShouldBe(
            ("site@project.iam.gserviceaccount.example", "clinic@juniper.example", "https://mail.google.com/", tokens.Endpoint)
        );
        Claim("iat").ShouldBe($"{office.Clock.Now.ToUnixTimeSeconds()}");
        sink.Commands.ShouldContain("AUTH XOAUTH2 " + Convert.ToBase64String("user=clinic@juniper.example\u0001auth=Bearer from-google\u0001\u0001"u8));
    }
}
