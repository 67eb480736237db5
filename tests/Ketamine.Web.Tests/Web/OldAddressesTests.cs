using System.Net;

namespace Ketamine.Web.Tests.Web;

public sealed class OldAddressesTests
{
    [Theory]
    [InlineData("/?p=12", "/contact")]
    [InlineData("/?p=12&fbclid=abc", "/contact")]
    [InlineData("/?utm_source=x&p=12", "/contact")]
    [InlineData("/?utm_source=x&p=12&fbclid=abc", "/contact")]
    [InlineData("/old?utm_source=x", "/contact?utm_source=x")]
    [InlineData("/Old/?utm_source=x", "/contact?utm_source=x")]
    public async Task an_old_address_redirects_no_matter_what_was_appended_to_it(string asked, string to)
    {
        await using var app = ClinicApp.With(folder => folder.Write("redirects.yml", "/?p=12: /contact\n/old: /contact\n"));
        // Once with the home page in the cache, whose key doesn't include the query.
        await app.Http.GetStringAsync("/");
        using var response = await app.Http.GetAsync(asked);
        response.StatusCode.ShouldBe(HttpStatusCode.MovedPermanently);
        response.Headers.Location!.OriginalString.ShouldBe(to);
    }

    [Theory]
    [InlineData("/?p=13")]
    [InlineData("/?q=12")]
    [InlineData("/?utm_source=p=12")]
    [InlineData("/?p=120")]
    public async Task another_query_is_left_alone(string asked)
    {
        await using var app = ClinicApp.With(folder => folder.Write("redirects.yml", "/?p=12: /contact\n"));
        using var response = await app.Http.GetAsync(asked);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
