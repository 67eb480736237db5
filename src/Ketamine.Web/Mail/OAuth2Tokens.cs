using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ketamine.Web.Mail;

/// <summary>
/// Gets access tokens for signing in with XOAUTH2, and keeps each one until shortly before it expires. Microsoft 365 uses the client-credentials grant (RFC
/// 6749 §4.4); Google Workspace uses a service account's signed assertion on behalf of the mailbox (RFC 7523, domain-wide delegation).
/// </summary>
internal sealed class OAuth2Tokens(IOptions<MailOptions> mail, TimeProvider clock) : IDisposable
{
    // Clocks differ, and a token may be used several seconds after this check.
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan DefaultLife = TimeSpan.FromHours(1);

    private readonly HttpClient _http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5), UseCookies = false })
    {
        MaxResponseContentBufferSize = 64 * 1024,
    };

    private readonly SemaphoreSlim _turn = new(1);
    private string? _token;
    private DateTimeOffset _expires;

    /// <summary>A token that is valid for at least a few minutes.</summary>
    /// <exception cref="MailFailedException">With <see cref="MailFailure.Server"/>, if the endpoint issued none.</exception>
    public async Task<string> GetAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_token is { } known && clock.GetUtcNow() < _expires) return known;
            var (token, life) = await FetchAsync(mail.Value.OAuth2!, cancellation);
            (_token, _expires) = (token, clock.GetUtcNow() + (life > Early * 2 ? life - Early : life / 2));
            return token;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Call this if the mail server rejected <paramref name="token"/>. The next attempt then requests a new one.</summary>
    public void Forget(string token) => Interlocked.CompareExchange(ref _token, null, token);

    public void Dispose()
    {
        _http.Dispose();
        _turn.Dispose();
    }

    private async Task<(string Token, TimeSpan Life)> FetchAsync(OAuth2Options options, CancellationToken cancellation)
    {
        var host = options.TokenEndpoint.Authority;
        try
        {
            using var form = new FormUrlEncodedContent(Grant(options));
            using var answer = await _http.PostAsync(options.TokenEndpoint, form, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            var reply = Parse(text);
            if (answer.StatusCode is HttpStatusCode.OK && reply?.AccessToken is { Length: > 0 } token)
                return (token, reply.ExpiresIn is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : DefaultLife);
            throw new MailFailedException(MailFailure.Server, $"{host} issued no access token: {(int)answer.StatusCode} {Reason(options, reply)}".TrimEnd());
        }
        catch (HttpRequestException e)
        {
            throw new MailFailedException(MailFailure.Server, $"{host}, which issues access tokens for email, can't be reached ({e.HttpRequestError}).", e);
        }
        catch (OperationCanceledException e)
        {
            throw new MailFailedException(MailFailure.Server, $"{host} issued no access token within Mail:TimeoutSeconds.", e);
        }
    }

    private Dictionary<string, string> Grant(OAuth2Options options)
    {
        if (options.SigningKey is { } key)
            return new(StringComparer.Ordinal) { ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer", ["assertion"] = Assertion(options, key) };
        return new(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = options.ClientId,
            ["client_secret"] = options.ClientSecret!,
            ["scope"] = options.Scope,
        };
    }

    // RFC 7519 and 7523: issuer, subject, scope, and expiry, signed with RS256.
    private string Assertion(OAuth2Options options, string key)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = options.ClientId,
            ["sub"] = mail.Value.User!,
            ["scope"] = options.Scope,
            ["aud"] = options.TokenEndpoint.AbsoluteUri,
            ["iat"] = now,
            ["exp"] = now + 3600,
        };
        var header = Base64Url.EncodeToString("""{"alg":"RS256","typ":"JWT"}"""u8);
        var signed = $"{header}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        using var rsa = RSA.Create();
        rsa.ImportFromPem(key);
        return signed + "." + Base64Url.EncodeToString(rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    // RFC 6749 §5.2. The description says what to fix ("Invalid client secret provided"), but must not repeat the secret.
    private static string Reason(OAuth2Options options, Reply? reply)
    {
        var words = TypedText.OneLine($"{reply?.Error} {reply?.Description}");
        if (options.ClientSecret is { } secret) words = words.Replace(secret, "…", StringComparison.Ordinal);
        return TypedText.Truncate(words, 200);
    }

    private static Reply? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Reply>(text, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Reply(
        [property: JsonPropertyName("access_token")] string? AccessToken,
        [property: JsonPropertyName("expires_in")] long? ExpiresIn,
        [property: JsonPropertyName("error")] string? Error,
        [property: JsonPropertyName("error_description")] string? Description);
}
