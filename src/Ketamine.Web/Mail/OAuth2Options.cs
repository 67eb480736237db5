using System.Text.Json;

namespace Ketamine.Web.Mail;

/// <summary>Where access tokens come from: the configuration section <c>Mail:OAuth2</c>, for Microsoft 365 or Google Workspace.</summary>
public sealed record OAuth2Options
{
    /// <summary>The scope that a Google service account needs for SMTP.</summary>
    public const string GoogleScope = "https://mail.google.com/";

    /// <summary>An https address, or http on this machine.</summary>
    public required Uri TokenEndpoint { get; init; }

    /// <summary>The application's ID; for Google, the service account's address.</summary>
    public required string ClientId { get; init; }

    /// <summary>For the client-credentials grant (RFC 6749 §4.4); null with <see cref="SigningKey"/>.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>A Google service account's RSA key in PEM, for the JWT bearer grant (RFC 7523 §2.1); null with <see cref="ClientSecret"/>.</summary>
    public string? SigningKey { get; init; }

    public required string Scope { get; init; }

    /// <summary>Null if the section is empty, or if it has mistakes, which are added to <paramref name="reader"/>.</summary>
    internal static OAuth2Options? Read(MailOptions.Reader reader)
    {
        if (reader.Value("OAuth2:ServiceAccountFile") is { } file) return ReadServiceAccount(reader, file);
        var (endpoint, scope) = (reader.Value("OAuth2:TokenEndpoint"), reader.Value("OAuth2:Scope"));
        var (id, secret) = (reader.Value("OAuth2:ClientId"), reader.Value("OAuth2:ClientSecret"));
        if (endpoint is null && id is null && secret is null && scope is null) return null;
        var address = Endpoint(reader, "OAuth2:TokenEndpoint", endpoint);
        if (id is null) reader.Mistake("OAuth2:ClientId", null, "use the application's (client) id");
        if (secret is null) reader.Mistake("OAuth2:ClientSecret", null, "use the application's secret: its value, not its id");
        if (scope is null) reader.Mistake("OAuth2:Scope", null, "use a scope; for Microsoft 365, https://outlook.office365.com/.default");
        // Not null even with mistakes, because then the section would also be reported as missing.
        return new OAuth2Options { TokenEndpoint = address, ClientId = id ?? "", ClientSecret = secret, Scope = scope ?? "" };
    }

    private static OAuth2Options ReadServiceAccount(MailOptions.Reader reader, string file)
    {
        const string key = "OAuth2:ServiceAccountFile";
        var account = new ServiceAccount(null, null, null);
        try
        {
            account = JsonSerializer.Deserialize<ServiceAccount>(File.ReadAllText(file), JsonSerializerOptions.Web) ?? account;
            using var rsa = RSA.Create();
            rsa.ImportFromPem(account.PrivateKey ?? "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException or CryptographicException)
        {
            reader.Mistake(key, file, $"use the JSON key of a Google service account, with client_email, private_key, and token_uri ({e.GetType().Name})");
        }

        if (account is { PrivateKey: not null, ClientEmail: null }) reader.Mistake(key, file, "it has no client_email");
        return new OAuth2Options
        {
            TokenEndpoint = Endpoint(reader, key, account.TokenUri ?? "https://oauth2.googleapis.com/token"),
            ClientId = account.ClientEmail ?? "",
            SigningKey = account.PrivateKey,
            Scope = reader.Value("OAuth2:Scope") ?? GoogleScope,
        };
    }

    private static Uri Endpoint(MailOptions.Reader reader, string key, string? text)
    {
        if (WebAddress.TryParse(text, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && MailOptions.IsLoopback(address.Host)))) return address;
        reader.Mistake(key, text, "use an https address; for Microsoft 365, https://login.microsoftonline.com/TENANT-ID/oauth2/v2.0/token");
        return new Uri("https://localhost/");
    }

    private sealed record ServiceAccount(
        [property: System.Text.Json.Serialization.JsonPropertyName("client_email")] string? ClientEmail,
        [property: System.Text.Json.Serialization.JsonPropertyName("private_key")] string? PrivateKey,
        [property: System.Text.Json.Serialization.JsonPropertyName("token_uri")] string? TokenUri);
}
