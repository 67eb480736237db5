using System.Net;

namespace Ketamine.Web.Tests.Features.Errors;

/// <summary>Bots ask for thousands of pages that don't exist, so the answer is rendered once.</summary>
public sealed class MissingPageTests
{
    [Fact]
    public async Task what_cannot_be_found_is_one_compressed_page_that_no_browser_keeps()
    {
        await using var app = ClinicApp.With(_ => { });
        var pages = new List<byte[]>();
        foreach (var path in new[] { "/wp-login.php", "/services/none", "/blog?page=99", "/error/404" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
            request.Headers.TryAddWithoutValidation("If-None-Match", "*");
            using var response = await app.Http.SendAsync(request);
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
            response.Content.Headers.ContentEncoding.ShouldBe(["gzip"], path);
            response.Headers.CacheControl!.NoStore.ShouldBeTrue(path);
            response.Headers.ETag.ShouldBeNull(path);
            pages.Add(await response.Content.ReadAsByteArrayAsync());
        }

        pages.ShouldAllBe(page => page.SequenceEqual(pages[0]));
        using var head = await app.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/wp-login.php"));
        head.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task opening_an_error_page_directly_does_not_change_what_others_are_told()
    {
        await using var app = ClinicApp.With(_ => { });
        (await app.Http.GetAsync("/error/413")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var tooLong = new HttpRequestMessage(HttpMethod.Post, "/contact") { Content = new StringContent("message=" + new string('x', 70_000)) };
        tooLong.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
        tooLong.Headers.Add("Sec-Fetch-Site", "same-origin");
        using var response = await app.Http.SendAsync(tooLong);
        var page = await response.ReadPageAsync(HttpStatusCode.RequestEntityTooLarge);
        page.QuerySelector("h1")!.TextContent.ShouldBe("That’s too long");
    }
}
