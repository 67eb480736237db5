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
    public async Task too_many_forms_are_told_when_to_come_back_and_reading_goes_on()
    {
        await using var app = await StartAsync(On);
        for (var i = 0; i < 20; i++) (await PostAsync(app, "/form", "a=b")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var refused = await PostAsync(app, "/form", "a=b");
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        (await refused.Content.ReadAsStringAsync()).ShouldBe("error page 429");
        (await app.Http.GetStringAsync("/form")).ShouldBe("done");
    }

    [Fact]
    public async Task a_load_test_on_loopback_switches_the_limits_off()
    {
        await using var app = await StartAsync(new() { ["Limits:Enabled"] = "false" });
        for (var i = 0; i < 200; i++) (await PostAsync(app, "/form", "a=b")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task a_visitors_address_is_believed_from_a_trusted_proxy_alone()
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
        var refusal = await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => StartAsync(new() { ["Site:TrustedProxies:0"] = "localhost" }));
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

    private static Task<PlumbingApp> StartAsync(Dictionary<string, string?> settings) => PlumbingApp.StartAsync(site =>
    {
        site.Map("/form", () => "done").RequireRateLimiting(RequestLimits.Forms);
        site.MapPost("/read", async (HttpRequest request) => (await request.ReadFormAsync())["a"].ToString().Length);
        site.MapGet("/error/{status}", (int status) => $"error page {status}");
    }, settings: settings);

    private static async Task<HttpResponseMessage> PostAsync(PlumbingApp app, string path, string body, (string Name, string Value)? header = null, bool chunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded");
        request.Headers.TransferEncodingChunked = chunked;
        if (header is var (name, value)) request.Headers.Add(name, value);
        return await app.Http.SendAsync(request);
    }
}
