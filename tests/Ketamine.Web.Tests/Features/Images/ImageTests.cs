using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Ketamine.Content;

namespace Ketamine.Web.Tests.Features.Images;

public sealed class ImageTests
{
    private const string Style = "circle { fill: var(--accent, #0f4a4f) }";

    // 1 × 1 PNG.
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    );

    [Fact]
    public async Task a_photograph_comes_whole_in_parts_or_not_at_all()
    {
        await using var app = Start();
        using var whole = await app.Http.GetAsync("/images/photo.png");
        (await whole.Content.ReadAsByteArrayAsync()).ShouldBe(Png);
        using var part = await SendAsync(app, "/images/photo.png", request => request.Headers.Range = new RangeHeaderValue(0, 7));
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync()).ShouldBe(Png[..8]);
        using var none = await SendAsync(app, "/images/photo.png", request => request.Headers.IfNoneMatch.Add(whole.Headers.ETag!));
        none.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var beyond = await SendAsync(app, "/images/photo.png", request => request.Headers.Range = new RangeHeaderValue(5000, null));
        beyond.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
    }

    [Theory]
    [InlineData("/images/photo.png")]
    [InlineData("/images/drawing.svg")]
    public async Task it_is_cached_forever_at_its_versioned_address_and_for_an_hour_without_a_version(string path)
    {
        await using var app = Start();
        var version = await app.UseAsync<ContentStore, string>(store => Task.FromResult(store.Current.Content.Files[path].Hash));
        using var versioned = await app.Http.GetAsync($"{path}?v={version}");
        versioned.Headers.CacheControl!.ToString().ShouldContain("immutable");
        using var other = await app.Http.GetAsync($"{path}?v=old");
        other.Headers.CacheControl!.ToString().ShouldNotContain("immutable");
        other.Headers.CacheControl.MaxAge.ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task a_drawing_can_use_its_own_styles_but_not_run_scripts()
    {
        await using var app = Start();
        using var response = await app.Http.GetAsync("/images/drawing.svg");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("image/svg+xml");
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));
        response.Headers.GetValues("Content-Security-Policy").Single()
            .ShouldBe($"default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; sandbox");
    }

    [Fact]
    public async Task a_drawing_that_changes_on_disk_is_served_new()
    {
        await using var app = Start();
        var before = await app.Http.GetStringAsync("/images/drawing.svg");
        app.Folder.Replace("images/drawing.svg", "r=\"4\"", "r=\"3\"");
        for (var tries = 0; tries < 100 && await app.Http.GetStringAsync("/images/drawing.svg") == before; tries++)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(50);
        }

        (await app.Http.GetStringAsync("/images/drawing.svg")).ShouldContain("r=\"3\"");
    }

    [Theory]
    [InlineData("/images/../clinic.yml")]
    [InlineData("/images/%2e%2e/clinic.yml")]
    [InlineData("/images/..%2fclinic.yml")]
    [InlineData("/images/..%5cclinic.yml")]
    [InlineData("/images/%252e%252e/clinic.yml")]
    [InlineData("/images//etc/passwd")]
    [InlineData("/images/photo.png%00.svg")]
    [InlineData("/images/")]
    [InlineData("/images/notes.txt")]
    public async Task no_other_file_on_the_disk_can_be_requested(string target)
    {
        await using var app = Start();
        var response = await RawAsync(app.Listen(), target);
        response.ShouldNotContain("timeZone");
        response.Split(' ')[1].ShouldBeOneOf("301", "400", "404");
    }

    [Fact]
    public async Task the_card_of_a_scheduled_article_is_not_served_yet()
    {
        await using var app = ClinicApp.With(folder =>
        {
            folder.Write("people.yml", "team:\n  name: The team\n  credentials: A role\n")
                .Write("articles/later.md", "---\ntitle: Later\nsummary: Not yet.\npublished: 2027-06-05\nauthors: [team]\n---\nNot yet.");
            Directory.CreateDirectory(Path.Combine(folder.Root, "images", "cards"));
            File.WriteAllBytes(Path.Combine(folder.Root, "images", "cards", "later.png"), Png);
        });
        using var early = await app.Http.GetAsync("/images/cards/later.png");
        early.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        app.Clock.AdvanceTo(new DateTimeOffset(2027, 6, 6, 0, 0, 0, TimeSpan.Zero));
        using var then = await app.Http.GetAsync("/images/cards/later.png");
        then.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static ClinicApp Start() => ClinicApp.With(folder =>
    {
        folder.Write(
            "images/drawing.svg",
            $"""<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8" viewBox="0 0 8 8"><style>{Style}</style><circle cx="4" cy="4" r="4"/></svg>"""
        );
        folder.Write("images/notes.txt", "not a picture");
        File.WriteAllBytes(Path.Combine(folder.Root, "images", "photo.png"), Png);
    });

    private static Task<HttpResponseMessage> SendAsync(ClinicApp app, string path, Action<HttpRequestMessage> set)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        set(request);
        return app.Http.SendAsync(request);
    }

    // Send raw bytes, because every HTTP client would normalize the address.
    private static async Task<string> RawAsync(Uri site, string target)
    {
        using var line = new System.Net.Sockets.TcpClient();
        await line.ConnectAsync(site.Host, site.Port);
        await using var stream = line.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {site.Authority}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
