using Ketamine.Web.Web;

namespace Ketamine.Web.Tests.Web;

public sealed class RequestLogTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/blog/how-ketamine-may-act-in-the-brain")]
    [InlineData("/images/nmda-receptor.svg")]
    [InlineData("/wp-login.php")]
    public void a_pages_address_is_logged_as_it_is(string path) => RequestLog.Shown(path).ShouldBe(path);

    [Theory]
    [InlineData("/consultation/manage/q8Jx0ZkT5w2mB7sLr4YvN1cDf6GhPa3EuK9iOtXzVbQ", "/consultation/manage/…")]
    [InlineData("/newsletter/confirm/0123456789abcdef0123456789abcdef", "/newsletter/confirm/…")]
    [InlineData("/jane@example.com", "/…")]
    [InlineData("/I am depressed", "/…")]
    [InlineData("/a\nINF forged line", "/…")]
    public void what_could_be_a_token_or_somebodys_words_is_not(string path, string shown) => RequestLog.Shown(path).ShouldBe(shown);
}

public sealed class SiteLogTests
{
    [Fact]
    public async Task a_request_is_one_line_with_its_route_and_nothing_of_who_asked()
    {
        await using var app = ClinicApp.With(_ => { });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/consultation/manage/canary-token?canary=query");
        request.Headers.TryAddWithoutValidation("User-Agent", "canary-agent");
        request.Headers.TryAddWithoutValidation("Referer", "https://canary-referer.example/");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.99");
        using var response = await app.Http.SendAsync(request);
        using var post = await app.PostFormAsync("/contact?canary=query", ("name", "canary-name"), ("message", "canary-message"), ("email", "canary@canary.example"));
        using var missing = await app.Http.GetAsync("/nowhere/canary@canary.example");
        var lines = app.Log.Where(line => line.Contains("RequestLog", StringComparison.Ordinal)).ToList();
        lines.Count.ShouldBe(3);
        lines[0].ShouldContain("/consultation/manage/{token}");
        app.Log.Where(line => line.Contains("canary", StringComparison.Ordinal) || line.Contains("203.0.113", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
