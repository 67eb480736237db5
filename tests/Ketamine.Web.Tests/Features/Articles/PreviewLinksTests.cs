using Ketamine.Content.Tests;
using Ketamine.Content;
using Ketamine.Web.Ops;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;

namespace Ketamine.Web.Tests.Features.Articles;

public sealed class PreviewLinksTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private readonly TestFolder _folder = new TestFolder().Article("secret", "Not yet.", "draft: true\n").Article("one", "Text.");
    private readonly string _data = Directory.CreateTempSubdirectory("preview-").FullName;

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private PreviewLinks Links => new(Keys(), new FixedClock(Now)); // another one each time, as after a restart

    private IDataProtectionProvider Keys() => SiteKeys.Open(new ConfigurationManager { ["Keys:Path"] = _data });

    private string Token(DateTimeOffset? ends = null)
    {
        var content = _folder.Content();
        return Links.PathFor(content.Articles.Single(article => article.Slug.ToString() == "secret"), ends ?? Now.AddDays(1))["/preview/".Length..];
    }

    [Fact]
    public void a_link_shows_the_draft_until_it_expires()
    {
        var token = Token();
        Links.TryFind(token, _folder.Content(), Now.AddHours(23), out var text, out _).ShouldBeTrue();
        text!.Path.ShouldBe("/blog/secret");
        Links.TryFind(token, _folder.Content(), Now.AddDays(1).AddMinutes(1), out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void a_changed_link_shows_nothing()
    {
        var (content, token) = (_folder.Content(), Token());
        for (var at = 0; at < token.Length - 1; at++)
        {
            var changed = token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];
            Links.TryFind(changed, content, Now, out _, out _).ShouldBeFalse($"letter {at}");
        }

        Links.TryFind(token, content, Now, out _, out _).ShouldBeTrue();
    }

    [Fact]
    public void a_link_expires_by_the_machines_clock_too()
    {
        var content = _folder.Content();
        var late = new PreviewLinks(Keys(), new FixedClock(Now.AddDays(2)));
        var token = late.PathFor(content.Articles.Single(article => article.Slug.ToString() == "secret"), Now.AddDays(1))["/preview/".Length..];
        Links.TryFind(token, content, Now, out _, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("not+base64/url=")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("zz")]
    public void an_invalid_token_shows_nothing(string token) => Links.TryFind(token, _folder.Content(), Now, out _, out _).ShouldBeFalse();

    [Fact]
    public void a_link_of_another_site_shows_nothing()
    {
        var token = Token();
        Directory.Delete(_data, recursive: true);
        Links.TryFind(token, _folder.Content(), Now, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void only_the_sites_own_user_reads_the_key()
    {
        Token();
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Directory.GetFiles(_data).ShouldHaveSingleItem()).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void the_command_prints_a_link_that_works()
    {
        var output = new StringWriter();
        ContentPreview.Run(_folder.Path, Keys(), "secret", 7, new FixedClock(Now), output).ShouldBe(0);
        var link = output.ToString().Split('\n')[0];
        link.ShouldStartWith("https://cedar.example/preview/");
        Links.TryFind(link["https://cedar.example/preview/".Length..], _folder.Content(), Now.AddDays(6), out _, out _).ShouldBeTrue();
        ContentPreview.Run(_folder.Path, Keys(), "sceret", 7, new FixedClock(Now), output).ShouldBe(1);
        output.ToString().ShouldContain("did you mean secret?");
    }
}
