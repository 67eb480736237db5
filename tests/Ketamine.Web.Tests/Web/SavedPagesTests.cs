using System.Net;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ketamine.Web.Tests.Web;

/// <summary>What a site that starts again serves before it is prepared.</summary>
public sealed class SavedPagesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ketamine-saved-").FullName;
    private FakeClock _clock = new();

    private string File => Path.Combine(_folder, "cache", "pages.bin");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task the_last_runs_pages_are_served_while_the_site_prepares_and_other_requests_wait()
    {
        await (await SavePagesAsync()).DisposeAsync();
        await using var site = await StartAsync();
        using var page = await site.GetAsync("/page", "br");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        page.Headers.GetValues("X-Of-Page").ShouldBe(["one", "two"]);
        page.Headers.CacheControl!.MaxAge.ShouldBe(PageCache.MaxAge);
        using var plain = await site.GetAsync("/page?v=1", "identity");
        (await plain.Content.ReadAsStringAsync()).ShouldContain("Rendered 2");
        var other = site.GetAsync("/other", "identity");
        (await Task.WhenAny(other, Task.Delay(200))).ShouldNotBe(other, "nothing behind the cached pages exists yet");

        site.Prepared.SetResult(true);
        using var answer = await other.WaitAsync(TimeSpan.FromSeconds(20));
        (await answer.Content.ReadAsStringAsync()).ShouldBe("Not cached");
        using var kept = await site.GetAsync("/page", "identity");
        (await kept.Content.ReadAsStringAsync()).ShouldContain("Rendered 1");
        site.Renders.ShouldBe(0, "the pages of the last run are what would be rendered");
    }

    [Fact]
    public async Task pages_of_another_version_are_dropped_as_soon_as_the_site_knows()
    {
        await (await SavePagesAsync()).DisposeAsync();
        await using var site = await StartAsync(version: "second");
        (await site.ReadAsync("/page")).ShouldContain("Rendered 1");
        site.Prepared.SetResult(true);
        await site.GetAsync("/other", "identity").WaitAsync(TimeSpan.FromSeconds(20));
        await site.ReadAsync("/page");
        site.Renders.ShouldBe(1);
    }

    [Fact]
    public async Task a_site_that_cannot_be_prepared_stops_with_exit_code_1()
    {
        await (await SavePagesAsync()).DisposeAsync();
        await using var site = await StartAsync();
        (await site.ReadAsync("/page")).ShouldContain("Rendered 1");
        site.Prepared.SetResult(false);
        (await site.Running.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(1);
        await Should.ThrowAsync<HttpRequestException>(() => site.ReadAsync("/page"));
    }

    [Theory]
    [InlineData("the clock was set back")]
    [InlineData("their time is over")]
    [InlineData("something that they are made from has changed")]
    [InlineData("a byte of the file has changed")]
    [InlineData("the file is cut off")]
    [InlineData("the file is empty")]
    public async Task saved_pages_do_not_count_if(string reason)
    {
        var until = _clock.GetUtcNow().AddHours(1);
        _clock.Advance(TimeSpan.FromMinutes(3));
        await (await SavePagesAsync()).DisposeAsync();
        var stamp = "the same";
        switch (reason)
        {
            case "the clock was set back":
                _clock = new FakeClock();
                break;
            case "their time is over":
                _clock.AdvanceTo(until);
                break;
            case "something that they are made from has changed":
                stamp = "another";
                break;
            default:
                var bytes = await System.IO.File.ReadAllBytesAsync(File);
                bytes[^5]++;
                var length = reason.EndsWith("changed", StringComparison.Ordinal) ? bytes.Length : reason.EndsWith("off", StringComparison.Ordinal) ? 20 : 0;
                await System.IO.File.WriteAllBytesAsync(File, bytes[..length]);
                break;
        }

        await using var site = Site.Build(this, "first", stamp);
        site.Cache.TryRestore().ShouldBeFalse();
    }

    [Fact]
    public async Task only_the_sites_user_can_read_the_file()
    {
        await (await SavePagesAsync()).DisposeAsync();
        if (!OperatingSystem.IsWindows()) System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task pages_are_saved_at_most_once_a_minute_and_only_if_there_are_new_ones()
    {
        await using var site = await SavePagesAsync();
        var first = System.IO.File.GetLastWriteTimeUtc(File);
        System.IO.File.Delete(File);
        site.Cache.Save();
        System.IO.File.Exists(File).ShouldBeFalse("there is nothing new");
        await site.ReadAsync("/page?v=3");
        site.Cache.Save();
        System.IO.File.Exists(File).ShouldBeFalse("a minute isn't over");
        _clock.Advance(PageCache.BetweenSaves);
        site.Cache.Save();
        System.IO.File.GetLastWriteTimeUtc(File).ShouldBeGreaterThan(first);
    }

    /// <summary>A first run that renders and saves two pages.</summary>
    private async Task<Site> SavePagesAsync()
    {
        var site = Site.Build(this, "first", "the same");
        site.Prepared.SetResult(true);
        await site.StartAsync();
        foreach (var path in new[] { "/page", "/page?v=1" })
        {
            await site.ReadAsync(path);
            site.Cache.Compress(site.Cache.Find("/page", path.AsSpan("/page".Length))!);
        }

        site.Cache.Save();
        System.IO.File.Exists(File).ShouldBeTrue();
        return site;
    }

    private async Task<Site> StartAsync(string version = "first")
    {
        var site = Site.Build(this, version, "the same");
        await site.StartAsync();
        return site;
    }

    /// <summary>Two pages, one of them cached, on a real port, started as the site is.</summary>
    private sealed class Site : IAsyncDisposable
    {
        private readonly object _key = new();
        private WebApplication _app = null!;
        private HttpClient _http = new();
        private int _renders;
        private Action _stop = () => { };

        public TaskCompletionSource<bool> Prepared { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<int> Running { get; private set; } = Task.FromResult(0);

        public PageCache Cache => _app.Services.GetRequiredService<PageCache>();

        public int Renders => _renders;

        public static Site Build(SavedPagesTests test, string version, string stamp)
        {
            var builder = WebApplication.CreateBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddSingleton<TimeProvider>(test._clock);
            var site = new Site();
            builder.Services.AddPageCache<TimeProvider>(_ => new PageGeneration(site._key, new FakeClock().GetUtcNow().AddHours(1), version), _ => []);
            builder.Services.AddOptions<SavedPagesOptions>().Configure(saved => (saved.File, saved.Stamp) = (test.File, () => stamp));
            builder.Services.AddRouting();
            site._app = builder.Build();
            site._app.UseCachedPages();
            return site;
        }

        public async Task StartAsync()
        {
            _stop = _app.Lifetime.StopApplication;
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _app.Lifetime.ApplicationStarted.Register(started.SetResult);
            Running = _app.RunSiteAsync(() => Prepared.Task, site =>
            {
                site.UseRouting();
                site.UsePageCache();
                site.UseEndpoints(pages =>
                {
                    pages.MapGet("/page", Page).WithMetadata(new PublicPageAttribute { VaryBy = ["v"] });
                    pages.MapGet("/other", () => "Not cached");
                });
            });
            await started.Task.WaitAsync(TimeSpan.FromSeconds(20));
            var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            _http = new HttpClient { BaseAddress = new Uri(address) };
        }

        public async Task<HttpResponseMessage> GetAsync(string path, string encoding)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept-Encoding", encoding } } };
            return await _http.SendAsync(request);
        }

        public async Task<string> ReadAsync(string path)
        {
            using var response = await GetAsync(path, "identity");
            return await response.Content.ReadAsStringAsync();
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            Prepared.TrySetResult(true);
            _stop();
            await Running;
            await _app.DisposeAsync();
        }

        private IResult Page(HttpResponse response)
        {
            response.Headers["X-Of-Page"] = new[] { "one", "two" };
            return Results.Text($"{string.Concat(Enumerable.Repeat("A page. ", 200))} Rendered {Interlocked.Increment(ref _renders)}", "text/html");
        }
    }
}
