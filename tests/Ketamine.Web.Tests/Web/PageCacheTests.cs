using System.IO.Compression;
using System.Net;
using System.Text;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ketamine.Web.Tests.Web;

public sealed class PageCacheTests
{
    private static readonly string LongText = string.Concat(Enumerable.Range(0, 400).Select(i => $"<p>Paragraph {i} of a page that is worth squeezing.</p>"));
    private int _made;

    [Fact]
    public async Task a_page_is_rendered_once_and_served_from_the_same_bytes_from_then_on()
    {
        await using var app = await StartAsync();
        var first = await app.Http.GetStringAsync("/page");
        var second = await app.Http.GetStringAsync("/page");
        second.ShouldBe(first);
        _made.ShouldBe(1);
    }

    [Fact]
    public async Task a_change_of_content_makes_every_page_new()
    {
        await using var app = await StartAsync();
        await app.Http.GetStringAsync("/page");
        app.Edition = new object();
        await app.Http.GetStringAsync("/page");
        _made.ShouldBe(2);
    }

    [Fact]
    public async Task the_first_response_is_gzip_and_brotli_follows_when_it_is_ready()
    {
        await using var app = await StartAsync();
        using var first = await app.GetAsync("/page", ("Accept-Encoding", "br, gzip"));
        first.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        using var squeezed = await app.GetSqueezedAsync("/page");
        squeezed.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        var (gzip, brotli) = (await first.Content.ReadAsByteArrayAsync(), await squeezed.Content.ReadAsByteArrayAsync());
        brotli.Length.ShouldBeLessThan(gzip.Length);
        var plain = await app.Http.GetStringAsync("/page");
        Unpack(new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress)).ShouldBe(plain);
        Unpack(new BrotliStream(new MemoryStream(brotli), CompressionMode.Decompress)).ShouldBe(plain);
        _made.ShouldBe(1);
    }

    [Fact]
    public async Task each_encoding_has_its_own_strong_etag_and_answers_304_to_it()
    {
        await using var app = await StartAsync();
        (await app.GetSqueezedAsync("/page")).Dispose();
        var tags = new List<string>();
        foreach (var encoding in new[] { "br", "gzip", "identity" })
        {
            using var response = await app.GetAsync("/page", ("Accept-Encoding", encoding));
            response.Headers.ETag!.IsWeak.ShouldBeFalse();
            var tag = response.Headers.ETag.Tag;
            tags.Add(tag);
            foreach (var held in new[] { tag, "W/" + tag, $"\"other\", {tag}", "*" })
            {
                using var again = await app.GetAsync("/page", ("Accept-Encoding", encoding), ("If-None-Match", held));
                again.StatusCode.ShouldBe(HttpStatusCode.NotModified, held);
                again.Headers.ETag!.Tag.ShouldBe(tag);
                again.Headers.Vary.ShouldBe(["Accept-Encoding"]);
                again.Headers.CacheControl!.Public.ShouldBeTrue();
                (await again.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
            }
        }

        tags.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task a_visitor_who_holds_the_gzip_form_is_not_sent_the_page_again_when_brotli_is_ready()
    {
        await using var app = await StartAsync();
        using var first = await app.GetAsync("/page", ("Accept-Encoding", "br, gzip"));
        (await app.GetSqueezedAsync("/page")).Dispose();
        using var again = await app.GetAsync("/page", ("Accept-Encoding", "br, gzip"), ("If-None-Match", first.Headers.ETag!.Tag));
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var other = await app.GetAsync("/page", ("Accept-Encoding", "br"), ("If-None-Match", first.Headers.ETag.Tag));
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task the_clients_preferred_encoding_is_sent_and_refused_ones_are_not()
    {
        await using var app = await StartAsync();
        (await app.GetSqueezedAsync("/page")).Dispose();
        (await EncodingAsync(app, "br;q=0.2, gzip;q=0.9")).ShouldBe("gzip");
        (await EncodingAsync(app, "br;q=0, gzip;q=0")).ShouldBe("");
        (await EncodingAsync(app, "gzip;q=0, *;q=1")).ShouldBe("br");
        (await EncodingAsync(app, "deflate, zstd")).ShouldBe("");
    }

    [Fact]
    public async Task head_says_what_get_would_and_sends_nothing()
    {
        await using var app = await StartAsync();
        using var head = await app.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/page"));
        using var get = await app.GetAsync("/page");
        head.Content.Headers.ContentLength.ShouldBe(get.Content.Headers.ContentLength);
        head.Headers.ETag.ShouldBe(get.Headers.ETag);
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        _made.ShouldBe(1);
    }

    [Fact]
    public async Task a_hundred_simultaneous_requests_render_the_page_once()
    {
        using var gate = new SemaphoreSlim(0);
        await using var app = await PlumbingApp.StartAsync(site => Page(site, "/slow", async context =>
        {
            Interlocked.Increment(ref _made);
            await gate.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync(LongText);
        }));
        var asked = Enumerable.Range(0, 100).Select(_ => app.Http.GetStringAsync("/slow")).ToList();
        await Task.Delay(300);
        gate.Release(100);
        (await Task.WhenAll(asked)).ShouldAllBe(html => html == LongText);
        _made.ShouldBe(1);
    }

    [Fact]
    public async Task a_client_that_disconnects_does_not_cost_the_others_their_page()
    {
        using var gate = new SemaphoreSlim(0);
        await using var app = await PlumbingApp.StartAsync(site => Page(site, "/slow", async context =>
        {
            Interlocked.Increment(ref _made);
            await gate.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync(LongText);
        }));
        using var impatient = new CancellationTokenSource();
        var gone = app.Http.GetStringAsync("/slow", impatient.Token);
        while (Volatile.Read(ref _made) == 0) await Task.Delay(10);
        var patient = app.Http.GetStringAsync("/slow");
        await Task.Delay(100);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(gone);
        gate.Release();
        (await patient.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe(LongText);
        _made.ShouldBe(1);
    }

    [Fact]
    public async Task a_page_that_fails_to_render_fails_one_request_and_the_others_render_it_again()
    {
        using var gate = new SemaphoreSlim(0);
        await using var app = await PlumbingApp.StartAsync(site => Page(site, "/slow", async context =>
        {
            var first = Interlocked.Increment(ref _made) == 1;
            await gate.WaitAsync(context.RequestAborted);
            if (first) throw new InvalidOperationException("once");
            await context.Response.WriteAsync(LongText);
        }));
        var unlucky = app.GetAsync("/slow");
        while (Volatile.Read(ref _made) == 0) await Task.Delay(10);
        var other = app.Http.GetStringAsync("/slow");
        await Task.Delay(100);
        gate.Release(2);
        (await unlucky).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await other.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe(LongText);
    }

    [Fact]
    public async Task a_head_request_that_comes_first_still_caches_the_whole_page()
    {
        await using var app = await PlumbingApp.StartAsync(site => Page(site, "/robots.txt", context =>
        {
            // Like the framework's own results, respond to HEAD with the headers and write nothing.
            context.Response.ContentType = "text/plain";
            return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(LongText);
        }));
        using var head = await app.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/robots.txt"));
        head.Content.Headers.ContentLength.ShouldBe(LongText.Length);
        (await app.Http.GetStringAsync("/robots.txt")).ShouldBe(LongText);
    }

    [Fact]
    public async Task an_incomplete_response_is_not_cached()
    {
        await using var app = await PlumbingApp.StartAsync(site =>
        {
            Page(site, "/empty", context => Task.CompletedTask);
            Page(site, "/short", context =>
            {
                context.Response.ContentLength = 1000;
                return Interlocked.Increment(ref _made) == 1 ? context.Response.WriteAsync("half") : context.Response.WriteAsync(LongText[..1000]);
            });
        });
        (await app.Http.GetStringAsync("/empty")).ShouldBeEmpty();
        app.Cache.Size.ShouldBe(0);
        using (await app.GetAsync("/short"))
        {
        }

        app.Cache.Size.ShouldBe(0);
        (await app.Http.GetStringAsync("/short")).Length.ShouldBe(1000);
    }

    [Fact]
    public async Task nothing_that_a_visitor_sends_reaches_the_page_that_everyone_is_served()
    {
        await using var app = await PlumbingApp.StartAsync(site =>
            Page(
                site,
                "/page",
                context =>
                    context.Response.WriteAsync(
                        string.Join(',', context.Request.Headers.Select(header => header.Key + header.Value))
                            + context.Request.Host
                            + context.Request.Method
                            + context.Connection.RemoteIpAddress
                    )
            )
        );
        using var first = await app.GetAsync(
            "/page",
            ("X-Forwarded-Host", "evil.example"),
            ("Cookie", "a=b"),
            ("Range", "bytes=0-1"),
            ("If-None-Match", "\"x\""),
            ("Host", "evil.example")
        );
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await first.Content.ReadAsStringAsync()).ShouldBe("Hostlocalhost" + "localhost" + "GET");
    }

    [Fact]
    public async Task a_condition_that_does_not_hold_is_answered_412()
    {
        await using var app = await StartAsync();
        using var first = await app.GetAsync("/page");
        using var held = await app.GetAsync("/page", ("If-Match", first.Headers.ETag!.Tag));
        held.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var other = await app.GetAsync("/page", ("If-Match", "\"other\""));
        other.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task made_up_query_values_do_not_fill_the_cache()
    {
        await using var app = await PlumbingApp.StartAsync(site => Page(site, "/list", context =>
        {
            Interlocked.Increment(ref _made);
            return context.Response.WriteAsync(context.Request.QueryString + LongText);
        }, "q"));
        app.QueryValue = value => value is "1" or "2" ? value : null;
        for (var i = 0; i < 200; i++) await app.Http.GetStringAsync($"/list?q={i}");
        _made.ShouldBe(3);
        (await app.Http.GetStringAsync("/list?q=1&q=7")).ShouldStartWith("?q=1");
        (await app.Http.GetStringAsync("/list?q=made-up")).ShouldStartWith("<p>");
        _made.ShouldBe(3);
    }

    [Fact]
    public async Task only_the_named_query_keys_reach_the_page_and_separate_its_cached_copies()
    {
        await using var app = await PlumbingApp.StartAsync(site => Page(site, "/list", context =>
        {
            Interlocked.Increment(ref _made);
            return context.Response.WriteAsync($"page {context.Request.Query["page"]} {context.Request.Query["utm_source"]}{context.Request.QueryString}");
        }, "page"));
        (await app.Http.GetStringAsync("/list")).ShouldBe("page  ");
        (await app.Http.GetStringAsync("/list?utm_source=mail")).ShouldBe("page  ");
        _made.ShouldBe(1);
        (await app.Http.GetStringAsync("/list?utm_source=mail&page=2")).ShouldBe("page 2 ?page=2");
        (await app.Http.GetStringAsync("/list?page=2")).ShouldBe("page 2 ?page=2");
        _made.ShouldBe(2);
    }

    [Theory]
    [InlineData("/missing", 404)]
    [InlineData("/cookie", 200)]
    [InlineData("/preview", 200)]
    [InlineData("/broken", 500)]
    public async Task responses_that_are_not_for_everyone_are_never_cached(string path, int status)
    {
        await using var app = await PlumbingApp.StartAsync(site =>
        {
            Page(site, "/missing", context =>
            {
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            });
            Page(site, "/broken", _ => throw new InvalidOperationException("secret words"));
            Page(site, "/preview", context =>
            {
                context.Response.Headers.CacheControl = "no-store";
                return context.Response.WriteAsync("mine " + Interlocked.Increment(ref _made));
            });
            Page(site, "/cookie", context =>
            {
                context.Response.Cookies.Append("a", "b");
                return context.Response.WriteAsync("mine " + Interlocked.Increment(ref _made));
            });
        });
        for (var time = 1; time <= 2; time++)
        {
            using var response = await app.GetAsync(path);
            ((int)response.StatusCode).ShouldBe(status);
            var body = await response.Content.ReadAsStringAsync();
            body.ShouldBe(status == 200 ? $"mine {time}" : $"last resort {status}");
            response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task memory_is_bounded_and_pages_that_are_read_stay()
    {
        await using var app = await PlumbingApp.StartAsync(site =>
        {
            Page(site, "/page", Count);
            Page(site, "/list", context => context.Response.WriteAsync(context.Request.QueryString + Noise(context.Request.Query["q"]!)), "q");
        }, maxBytes: 300_000);
        for (var i = 0; i < 100; i++)
        {
            await app.Http.GetStringAsync($"/list?q={i}");
            await app.Http.GetStringAsync("/page");
        }

        app.Cache.Size.ShouldBeLessThan(320_000);
        _made.ShouldBe(1);
    }

    [Fact]
    public async Task no_response_is_fresh_beyond_the_next_scheduled_change()
    {
        await using var app = await StartAsync();
        (await CacheControlAsync(app)).ShouldBe("public, max-age=60, stale-while-revalidate=300");
        app.Until = app.Clock.Now.AddSeconds(360);
        (await CacheControlAsync(app)).ShouldBe("public, max-age=60, stale-while-revalidate=300");
        app.Until = app.Clock.Now.AddSeconds(359.9);
        (await CacheControlAsync(app)).ShouldBe("public, max-age=60, stale-while-revalidate=299");
        app.Until = app.Clock.Now.AddSeconds(60.2);
        (await CacheControlAsync(app)).ShouldBe("public, max-age=60");
        app.Until = app.Clock.Now.AddSeconds(12.5);
        (await CacheControlAsync(app)).ShouldBe("public, max-age=12");
        app.Until = app.Clock.Now.AddSeconds(-1);
        (await CacheControlAsync(app)).ShouldBe("public, max-age=0");
    }

    [Fact]
    public async Task the_named_pages_are_rendered_ahead_after_a_change()
    {
        await using var app = await StartAsync();
        app.WarmUp.Add("/page");
        app.Edition = new object();
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        for (var tries = 0; Volatile.Read(ref _made) == 0 && tries < 100; tries++) await Task.Delay(20);
        _made.ShouldBe(1);
        using var response = await app.GetSqueezedAsync("/page");
        (await response.Content.ReadAsByteArrayAsync()).ShouldNotBeEmpty();
        _made.ShouldBe(1);
    }

    [Fact]
    public async Task pages_rendered_ahead_leave_room_so_the_first_of_them_stay()
    {
        await using var app = await PlumbingApp.StartAsync(site =>
        {
            Page(site, "/page", Count);
            Page(site, "/list", context => context.Response.WriteAsync(Noise(context.Request.Query["q"]!)), "q");
        }, maxBytes: 300_000);
        app.WarmUp.Add("/page");
        app.WarmUp.AddRange(Enumerable.Range(0, 100).Select(i => $"/list?q={i}"));
        app.Edition = new object();
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        var last = -1L;
        while (app.Cache.Size == 0 || app.Cache.Size != last)
        {
            last = app.Cache.Size;
            await Task.Delay(300);
        }

        app.Cache.Size.ShouldBeInRange(150_000, 200_000);
        _made.ShouldBe(1);
        await app.Http.GetStringAsync("/page");
        _made.ShouldBe(1);
    }

    [Fact]
    public async Task headers_and_caching_that_a_page_sets_itself_come_back_with_it()
    {
        await using var app = await PlumbingApp.StartAsync(site => Page(site, "/site.css", context =>
        {
            context.Response.ContentType = "text/css";
            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
            return context.Response.WriteAsync("a{}");
        }));
        for (var time = 1; time <= 2; time++)
        {
            using var response = await app.GetAsync("/site.css");
            response.Content.Headers.ContentType!.MediaType.ShouldBe("text/css");
            response.Headers.CacheControl!.ToString().ShouldContain("immutable");
            response.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; sandbox"]);
        }
    }

    private Task<PlumbingApp> StartAsync() => PlumbingApp.StartAsync(site => Page(site, "/page", Count));

    private Task Count(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync($"<h1>{Interlocked.Increment(ref _made)}</h1>" + LongText);
    }

    private static void Page(WebApplication site, string path, RequestDelegate answer, params string[] varyBy) =>
        site.MapMethods(path, ["GET", "HEAD"], answer).WithMetadata(new PublicPageAttribute { VaryBy = varyBy });

    private static async Task<string> EncodingAsync(PlumbingApp app, string accepts)
    {
        using var response = await app.GetAsync("/page", ("Accept-Encoding", accepts));
        return string.Join(',', response.Content.Headers.ContentEncoding);
    }

    private static async Task<string> CacheControlAsync(PlumbingApp app)
    {
        using var response = await app.GetAsync("/page");
        return response.Headers.GetValues("Cache-Control").Single();
    }

    private static string Noise(string seed) =>
        string.Concat(
            Enumerable.Range(0, 200).Select(i => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(seed + i))))
        );

    private static string Unpack(Stream packed)
    {
        using var reader = new StreamReader(packed);
        return reader.ReadToEnd();
    }
}
