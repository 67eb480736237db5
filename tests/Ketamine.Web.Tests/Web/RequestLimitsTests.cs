using System.Net;
using System.Text;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ketamine.Web.Tests.Web;

public sealed class RequestLimitsTests
{
    private static readonly Dictionary<string, string?> On = new() { ["Limits:Enabled"] = "true" };

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "20010DB800010002")]
    [InlineData("2001:db8:1:2:ffff::1", "20010DB800010002")]
    [InlineData("2001:db8:1:3::1", "20010DB800010003")]
    public void one_household_counts_as_one(string address, string origin) =>
        RequestLimits.Origin(IPAddress.Parse(address)).ShouldBe(origin);

    [Fact]
    public async Task too_many_forms_get_a_retry_time_and_reading_still_works()
    {
        await using var app = await StartAsync(On);
        for (var i = 0; i < 20; i++) (await PostAsync(app, "/form", "a=b")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var refused = await PostAsync(app, "/form", "a=b");
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        (await refused.Content.ReadAsStringAsync()).ShouldBe("error page 429");
        (await app.Http.GetStringAsync("/form")).ShouldBe("done");
    }

    [Theory]
    [InlineData("2001:db8:1:2:3:4:5:6", "20010DB80001")]
    [InlineData("2001:db8:1:ffff::1", "20010DB80001")]
    [InlineData("203.0.113.7", null)]
    [InlineData("::ffff:203.0.113.7", null)]
    public void a_provider_counts_as_one_network(string address, string? network) => RequestLimits.Network(IPAddress.Parse(address)).ShouldBe(network);

    [Fact]
    public async Task address_after_address_from_one_network_is_stopped_after_five_households()
    {
        await using var app = await StartAsync(new(On) { ["Site:TrustedProxies:0"] = "127.0.0.0/8" });
        for (var i = 0; i < 100; i++)
            (await PostAsync(app, "/form", "a=b", ("X-Forwarded-For", $"2001:db8:1:{i:x}::1"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(app, "/form", "a=b", ("X-Forwarded-For", "2001:db8:1:ffff::1"))).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await PostAsync(app, "/form", "a=b", ("X-Forwarded-For", "2001:db8:2:1::1"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(app, "/form", "a=b", ("X-Forwarded-For", "203.0.113.7"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task on_a_unix_socket_reading_is_free_and_forms_are_limited_whatever_comes_first(bool readFirst)
    {
        var socket = Path.Combine(Path.GetTempPath(), $"ketamine-{Guid.NewGuid():N}.sock");
        await using var app = await StartAsync(On, socket);
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var connection = new System.Net.Sockets.Socket(
                    System.Net.Sockets.AddressFamily.Unix,
                    System.Net.Sockets.SocketType.Stream,
                    System.Net.Sockets.ProtocolType.Unspecified
                );
                await connection.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(socket), cancellation);
                return new System.Net.Sockets.NetworkStream(connection, ownsSocket: true);
            },
        });
        if (readFirst) (await http.GetStringAsync("http://site/form")).ShouldBe("done");
        for (var i = 0; i < 21; i++)
        {
            using var response = await http.PostAsync("http://site/form", new StringContent("a=b", Encoding.UTF8, "application/x-www-form-urlencoded"));
            response.StatusCode.ShouldBe(i < 20 ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests);
        }

        (await http.GetStringAsync("http://site/form")).ShouldBe("done");
    }

    [Fact]
    public async Task a_forwarded_host_is_accepted_only_from_a_trusted_proxy()
    {
        foreach (var (trusted, status) in new[] { ("127.0.0.0/8", HttpStatusCode.OK), ("192.0.2.1", HttpStatusCode.Forbidden) })
        {
            await using var app = await StartAsync(new(On) { ["Site:TrustedProxies:0"] = trusted });
            using var request = new HttpRequestMessage(HttpMethod.Post, "/form")
            {
                Content = new StringContent("a=b", Encoding.UTF8, "application/x-www-form-urlencoded"),
            };
            request.Headers.Add("X-Forwarded-For", "198.51.100.1");
            request.Headers.Add("X-Forwarded-Host", "clinic.example");
            request.Headers.Add("Origin", "http://clinic.example");
            using var response = await app.Http.SendAsync(request);
            response.StatusCode.ShouldBe(status);
        }
    }

    [Fact]
    public async Task a_load_test_on_loopback_switches_the_limits_off()
    {
        await using var app = await StartAsync(new() { ["Limits:Enabled"] = "false" });
        for (var i = 0; i < 200; i++) (await PostAsync(app, "/form", "a=b")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task a_visitors_address_is_accepted_only_from_a_trusted_proxy()
    {
        foreach (var (trusted, other) in new[] { ("127.0.0.0/8", HttpStatusCode.OK), ("192.0.2.1", HttpStatusCode.TooManyRequests) })
        {
            await using var app = await StartAsync(new(On) { ["Site:TrustedProxies:0"] = trusted });
            for (var i = 0; i < 20; i++) (await PostAsync(app, "/form", "a=b", ("X-Forwarded-For", "198.51.100.1"))).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await PostAsync(app, "/form", "a=b", ("X-Forwarded-For", "198.51.100.2"))).StatusCode.ShouldBe(other);
        }
    }

    [Fact]
    public async Task a_wrong_proxy_stops_the_start_and_says_which()
    {
        var refusal = await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            StartAsync(new() { ["Site:TrustedProxies:0"] = "localhost" })
        );
        refusal.Message.ShouldContain("Site:TrustedProxies");
        refusal.Message.ShouldContain("localhost");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_body_over_64_KB_is_refused_announced_or_in_chunks(bool chunked)
    {
        await using var app = await StartAsync(On);
        (await PostAsync(app, "/read", "a=" + new string('x', 60_000), chunked: chunked)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var refused = await PostAsync(app, "/read", "a=" + new string('x', 70_000), chunked: chunked);
        refused.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await refused.Content.ReadAsStringAsync()).ShouldBe("error page 413");
    }

    private static Task<PlumbingApp> StartAsync(Dictionary<string, string?> settings, string? socket = null) => PlumbingApp.StartAsync(site =>
    {
        site.Map("/form", () => "done").RequireRateLimiting(RequestLimits.Forms);
        site.MapPost("/read", async (HttpRequest request) => (await request.ReadFormAsync())["a"].ToString().Length);
        site.MapGet("/error/{status}", (int status) => $"error page {status}");
    }, settings: settings, socket: socket);

    private static async Task<HttpResponseMessage> PostAsync(
        PlumbingApp app,
        string path,
        string body,
        (string Name, string Value)? header = null,
        bool chunked = false
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded");
        request.Headers.TransferEncodingChunked = chunked;
        if (header is var (name, value)) request.Headers.Add(name, value);
        return await app.Http.SendAsync(request);
    }
}
