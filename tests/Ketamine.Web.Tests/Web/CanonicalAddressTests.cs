using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Builder;

namespace Ketamine.Web.Tests.Web;

public sealed class CanonicalAddressTests
{
    [Theory]
    [InlineData("/About", "/about")]
    [InlineData("/about/", "/about")]
    [InlineData("/about///", "/about")]
    [InlineData("//about", "/about")]
    [InlineData("/blog//A-Title/", "/blog/a-title")]
    [InlineData("/About?Page=2&q=A%20B", "/about?Page=2&q=A%20B")]
    [InlineData("//evil.example/", "/evil.example")]
    [InlineData("/\\evil.example/", "/evil.example")]
    [InlineData("/%5Cevil.example/", "/evil.example")]
    [InlineData("/%2F/evil.example/", "/%2f/evil.example")]
    [InlineData("/%C3%84rzte", "/%C3%A4rzte")]
    [InlineData("/a%0D%0AX:%20y/", "/a%0D%0Ax:%20y")]
    public async Task every_variant_of_an_address_redirects_to_the_canonical_one(string asked, string one)
    {
        await using var app = await PlumbingApp.StartAsync(_ => { });
        using var response = await RawAsync(app, HttpMethod.Get, asked);
        response.StatusCode.ShouldBe(HttpStatusCode.MovedPermanently);
        response.Headers.GetValues("Location").ShouldBe([one]);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/about")]
    [InlineData("/manage/AbC-_9")]
    [InlineData("/images/Photo.JPG")]
    public async Task a_canonical_address_is_left_alone_and_so_is_the_case_of_a_token(string asked)
    {
        await using var app = await StartAsync();
        using var response = await RawAsync(app, HttpMethod.Get, asked);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task a_form_sent_to_another_form_of_the_address_is_sent_on_whole()
    {
        await using var app = await StartAsync();
        using var response = await RawAsync(app, HttpMethod.Post, "/About/");
        response.StatusCode.ShouldBe(HttpStatusCode.PermanentRedirect);
        response.Headers.Location!.OriginalString.ShouldBe("/about");
    }

    [Fact]
    public void the_canonical_form_is_stable()
    {
        Fuzz.Holds(100, Prop.ForAll<string>(path =>
        {
            var one = CanonicalAddress.Of(path ?? "");
            return one.StartsWith('/') && !one.StartsWith("//", StringComparison.Ordinal) && !one.StartsWith("/\\", StringComparison.Ordinal)
                && CanonicalAddress.Of(one) == one;
        }));
    }

    private static Task<PlumbingApp> StartAsync() => PlumbingApp.StartAsync(site =>
    {
        site.MapGet("/", () => "home");
        site.Map("/about", () => "about");
        site.MapGet("/manage/{token}", (string token) => token);
        site.MapGet("/images/{**file}", (string file) => file);
    });

    // HttpClient would correct the address itself.
    private static Task<HttpResponseMessage> RawAsync(PlumbingApp app, HttpMethod method, string target) =>
        app.Http.SendAsync(
            new HttpRequestMessage(
                method,
                new Uri(app.Address.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })
            )
        );
}
