using System.IO.Compression;
using Ketamine.Web.Tests.Mail;

namespace Ketamine.Web.Tests.Web;

public sealed class CompressionTests
{
    [Fact]
    public async Task a_page_rendered_for_each_request_is_compressed_unless_it_is_behind_a_token()
    {
        await using var app = new ClinicApp();
        foreach (var path in new[] { "/consultation", "/search?q=depression" })
        {
            using var response = await GetAsync(app, path);
            response.Content.Headers.ContentEncoding.ShouldBe(["gzip"], path);
            response.Headers.Vary.ShouldContain("Accept-Encoding");
            response.Headers.CacheControl!.NoStore.ShouldBeTrue();
            await using var plain = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
            (await new StreamReader(plain).ReadToEndAsync()).ShouldEndWith("</html>\n");
        }

        var slot = (await app.GetPageAsync("/consultation")).QuerySelectorAll("input[name=slot]")[0].GetAttribute("value")!;
        using var booked = await app.PostFormAsync(
            "/consultation",
            ("slot", slot),
            ("name", "Jo"),
            ("email", "jo@example.com"),
            ("phone", "3035550142"),
            ("consent", "yes")
        );
        var links = (await app.DeliverMailAsync())
            .SelectMany(mail => mail.Links)
            .Select(link => link.PathAndQuery)
            .Where(path => path.Contains("/manage/", StringComparison.Ordinal) || path.Contains("/staff/", StringComparison.Ordinal))
            .Distinct()
            .ToList();
        links.Count.ShouldBeGreaterThan(1);
        foreach (var path in links.Append(booked.Headers.Location!.ToString()))
        {
            using var response = await GetAsync(app, path);
            response.IsSuccessStatusCode.ShouldBeTrue(path);
            response.Content.Headers.ContentEncoding.ShouldBeEmpty(path);
        }
    }

    private static async Task<HttpResponseMessage> GetAsync(ClinicApp app, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        return await app.Http.SendAsync(request);
    }
}
