using Ketamine.Web.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ketamine.Web.Tests.Web;

/// <summary>The HTTP layer alone, on a real port, with pages made up by a test, to try what none of the site's pages do.</summary>
public sealed class PlumbingApp : IAsyncDisposable
{
    private WebApplication _app = null!;

    private PlumbingApp()
    {
    }

    public FakeClock Clock { get; } = new();

    /// <summary>The key of the pages; a different object makes all of them obsolete.</summary>
    public object Edition { get; set; } = new();

    public DateTimeOffset Until { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>The value to use for a query key; null drops it.</summary>
    public Func<string, string?> QueryValue { get; set; } = static value => value;

    public List<string> WarmUp { get; } = [];

    public HttpClient Http { get; private set; } = new();

    public Uri Address { get; private set; } = null!;

    public PageCache Cache => _app.Services.GetRequiredService<PageCache>();

    public static async Task<PlumbingApp> StartAsync(
        Action<WebApplication> map,
        long? maxBytes = null,
        Dictionary<string, string?>? settings = null,
        string? socket = null
    )
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = FormBodies.MaxBytes;
        });
        builder.WebHost.UseUrls(socket is null ? "http://127.0.0.1:0" : $"http://unix:{socket}");
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?> { ["Limits:Enabled"] = "false" });
        var mine = new PlumbingApp();
        builder.Services.AddSingleton<TimeProvider>(_ => mine.Clock);
        builder.Services.AddPageCache<TimeProvider>(
            _ => new PageGeneration(mine.Edition, mine.Until, ""),
            _ => mine.WarmUp,
            (_, _, _, value) => mine.QueryValue(value)
        );
        if (maxBytes is { } bytes) builder.Services.Configure<PageCacheOptions>(options => options.MaxBytes = bytes);
        builder.Services.AddRequestLimits().AddTrustedProxies(builder.Configuration).AddFormBodies();
        var app = builder.Build();
        mine._app = app;
        app.UseCachedPages();
        app.UseForwardedHeaders();
        app.UseErrorPages("/error/{0}", status => $"last resort {status}");
        app.UseSecurityHeaders();
        app.UsePagesAhead();
        app.UseRouting();
        app.UseAllowedMethods();
        app.UseCanonicalAddress();
        app.UseSameOrigin();
        app.UseRequestLimits();
        app.UseFormBodies();
        app.UseRequestText();
        app.UsePageCache();
        map(app);
        await app.StartAsync();
        if (socket is not null) return mine;
        mine.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        mine.Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = mine.Address };
        return mine;
    }

    /// <summary>Waits until every page rendered so far has its Brotli version.</summary>
    public async Task<HttpResponseMessage> GetSqueezedAsync(string path)
    {
        for (var tries = 0; ; tries++)
        {
            var response = await GetAsync(path, ("Accept-Encoding", "br"));
            if (response.Content.Headers.ContentEncoding.Contains("br") || tries == 100) return response;
            response.Dispose();
            await Task.Delay(50);
        }
    }

    public async Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        return await Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
