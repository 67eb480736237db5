using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Ketamine.Web.Tests.Features.Shared;

/// <summary>What the first screen of the sample clinic's pages needs.</summary>
public sealed partial class FirstViewTests(FirstViewTests.Site site) : IClassFixture<FirstViewTests.Site>
{
    // What a server may send before it hears from the browser again: ten segments (RFC 6928).
    private const int FirstFlight = 14 * 1024;

    [Theory]
    [InlineData("/")]
    [InlineData("/services/iv-ketamine")]
    [InlineData("/blog/how-ketamine-works-in-the-brain")]
    [InlineData("/consultation")]
    [InlineData("/team")]
    [InlineData("/insurance-and-cost")]
    [InlineData("/crisis-help")]
    public async Task a_page_with_its_first_styles_arrives_in_one_round_trip(string path)
    {
        var page = Encoding.UTF8.GetBytes(await site.App.CreateClient().GetStringAsync(path));
        var squeezed = new byte[BrotliEncoder.GetMaxCompressedLength(page.Length)];
        BrotliEncoder.TryCompress(page, squeezed, out var bytes, quality: 11, window: 22).ShouldBeTrue();
        bytes.ShouldBeLessThan(FirstFlight);
    }

    [Fact]
    public async Task a_page_has_the_styles_that_its_scripts_need_and_none_for_other_pages()
    {
        var booking = await StylesAsync("/consultation");
        booking.ShouldContain(".slot__there");
        booking.ShouldContain(".slot");
        booking.ShouldNotContain(".hero");
        var contact = await StylesAsync("/contact");
        contact.ShouldContain(".field");
        contact.ShouldNotContain(".day__label");
    }

    [Fact]
    public async Task an_article_gets_the_styles_for_its_text_where_its_first_screen_ends()
    {
        var page = await site.App.CreateClient().GetStringAsync("/blog/how-ketamine-works-in-the-brain");
        var inline = Style().Match(page).Groups[1].Value;
        inline.ShouldContain(".page-head__title");
        inline.ShouldNotContain(".callout");
        var head = page.IndexOf("page-head", page.IndexOf("<main", StringComparison.Ordinal), StringComparison.Ordinal);
        var end = page.IndexOf("</header>", head, StringComparison.Ordinal);
        page.IndexOf("href=\"/text.css?v=", StringComparison.Ordinal).ShouldBeInRange(end, page.IndexOf("article__body", StringComparison.Ordinal));
    }

    private async Task<string> StylesAsync(string path) => Style().Match(await site.App.CreateClient().GetStringAsync(path)).Groups[1].Value;

    [GeneratedRegex("<style>([^<]*)</style>", RegexOptions.CultureInvariant)]
    private static partial Regex Style();

    public sealed class Site : IDisposable
    {
        internal ClinicApp App { get; } = new();

        public void Dispose() => App.Dispose();
    }
}
