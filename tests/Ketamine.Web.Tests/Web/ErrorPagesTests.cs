using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ketamine.Web.Tests.Web;

public sealed class ErrorPagesTests
{
    private const string Secret = "the words of a patient";

    [Fact]
    public async Task error_details_are_never_shown_to_visitors()
    {
        await using var app = await PlumbingApp.StartAsync(site =>
        {
            site.Map("/broken", (HttpContext context) =>
            {
                context.Response.Cookies.Append("half", "done");
                throw new InvalidOperationException(Secret);
            });
            site.MapGet("/error/{status}", (int status) => $"error page {status}");
        });
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Put })
        {
            using var response = await app.Http.SendAsync(new HttpRequestMessage(method, "/broken"));
            response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
            (await response.Content.ReadAsStringAsync()).ShouldBe("error page 500");
            response.Headers.Contains("Set-Cookie").ShouldBeFalse();
            response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
            response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("/broken", 500)]
    [InlineData("/missing", 404)]
    public async Task an_error_page_that_fails_is_replaced_by_the_fallback_page(string path, int status)
    {
        await using var app = await PlumbingApp.StartAsync(site =>
        {
            site.MapGet("/broken", () => { throw new InvalidOperationException(Secret); });
            site.MapGet("/error/{status}", () => { throw new InvalidOperationException(Secret); });
        });
        using var response = await app.GetAsync(path);
        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldBe($"last resort {status}");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
    }

    [Fact]
    public async Task a_response_with_its_own_body_keeps_it()
    {
        await using var app = await PlumbingApp.StartAsync(site =>
        {
            site.MapGet("/refused", () => Results.Text("ask your pharmacist", statusCode: 409));
            site.MapGet("/error/{status}", (int status) => $"error page {status}");
        });
        using var response = await app.GetAsync("/refused");
        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await response.Content.ReadAsStringAsync()).ShouldBe("ask your pharmacist");
    }
}
