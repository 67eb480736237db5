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
