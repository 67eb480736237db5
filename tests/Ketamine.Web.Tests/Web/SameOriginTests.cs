using System.Net;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Builder;

namespace Ketamine.Web.Tests.Web;

public sealed class SameOriginTests
{
    [Theory]
    [InlineData("same-origin", null, HttpStatusCode.OK)]
    [InlineData("none", null, HttpStatusCode.OK)]
    [InlineData(null, null, HttpStatusCode.OK)]
    [InlineData(null, "SELF", HttpStatusCode.OK)]
    [InlineData("same-origin", "https://proxied.example", HttpStatusCode.OK)]
    [InlineData("same-site", null, HttpStatusCode.Forbidden)]
    [InlineData("cross-site", null, HttpStatusCode.Forbidden)]
    [InlineData("cross-site", "SELF", HttpStatusCode.Forbidden)]
    [InlineData("", null, HttpStatusCode.Forbidden)]
    [InlineData(null, "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData(null, "null", HttpStatusCode.Forbidden)]
    [InlineData(null, "http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    public async Task requests_that_change_something_must_come_from_this_site(string? site, string? origin, HttpStatusCode expected)
    {
        await using var app = await StartAsync();
        (await SendAsync(app, HttpMethod.Post, "/form", site, origin)).ShouldBe(expected);
    }

    [Fact]
    public async Task reading_is_free_and_one_click_unsubscribe_is_the_exception()
    {
        await using var app = await StartAsync();
        (await SendAsync(app, HttpMethod.Get, "/form", "cross-site", "https://evil.example")).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(app, HttpMethod.Post, "/unsubscribe", "cross-site", "https://mail.example")).ShouldBe(HttpStatusCode.OK);
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch })
            (await SendAsync(app, method, "/form", "cross-site", null)).ShouldBe(HttpStatusCode.Forbidden);
    }

    private static Task<PlumbingApp> StartAsync() => PlumbingApp.StartAsync(site =>
    {
        site.Map("/form", () => "done");
        site.MapPost("/unsubscribe", () => "done").WithMetadata(new AllowOtherOriginsAttribute());
    });

    private static async Task<HttpStatusCode> SendAsync(PlumbingApp app, HttpMethod method, string path, string? site, string? origin)
    {
        using var request = new HttpRequestMessage(method, path);
        if (site is not null) request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
        if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin == "SELF" ? app.Address.GetLeftPart(UriPartial.Authority) : origin);
        using var response = await app.Http.SendAsync(request);
        return response.StatusCode;
    }
}
