using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ketamine.Web.Tests.Mail;

/// <summary>An OAuth 2.0 token endpoint that gives every client the same token, valid for an hour.</summary>
internal sealed class TokenServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TokenServer(WebApplication app) => _app = app;

    public string Token { get; set; } = "";

    /// <summary>Replies with 401 and this JSON instead.</summary>
    public string? Refusal { get; set; }

    /// <summary>The fields of each request.</summary>
    public ConcurrentQueue<Dictionary<string, string>> Requests { get; } = new();

    public string Endpoint => _app.Urls.Single() + "/token";

    public static async Task<TokenServer> StartAsync(string token)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new TokenServer(app) { Token = token };
        app.MapPost("/token", async (HttpRequest request) =>
        {
            server.Requests.Enqueue((await request.ReadFormAsync()).ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal));
            return server.Refusal is { } refusal
                ? Results.Text(refusal, "application/json", statusCode: 401)
                : Results.Json(new { access_token = server.Token, token_type = "Bearer", expires_in = 3600 });
        });
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
