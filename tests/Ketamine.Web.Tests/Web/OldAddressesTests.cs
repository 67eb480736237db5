using System.Net;

namespace Ketamine.Web.Tests.Web;

public sealed class OldAddressesTests(OldAddressesTests.Site site) : IClassFixture<OldAddressesTests.Site>
{
    public sealed class Site : ClinicApp
    {
        public Site() => Serve(folder => folder.Write("redirects.yml", "/?p=12: /contact\n/old: /contact\n/café: /contact\n"));
    }

    [Theory]
    [InlineData("/?p=12", "/contact")]
    [InlineData("/?p=12&fbclid=abc", "/contact")]
    [InlineData("/?utm_source=x&p=12", "/contact")]
    [InlineData("/?utm_source=x&p=12&fbclid=abc", "/contact")]
    [InlineData("/index.php?p=12", "/contact")]
    [InlineData("/?p=99&p=12%20", "/contact")]
    [InlineData("/cafe%CC%81", "/contact")]
    [InlineData("/old?utm_source=x", "/contact?utm_source=x")]
    [InlineData("/Old/?utm_source=x", "/contact?utm_source=x")]
    public async Task an_old_address_redirects_no_matter_what_was_appended_to_it(string asked, string to)
    {
        // Once with the home page in the cache, whose key doesn't include the query.
        await site.Http.GetStringAsync("/");
        using var response = await site.Http.GetAsync(asked);
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
        using var response = await site.Http.GetAsync(asked);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
