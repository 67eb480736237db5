using ImageMagick;
using Ketamine.Content;
using Ketamine.Web.Ops;

namespace Ketamine.Web.Tests.Ops;

public sealed class ContentCardsTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("ketamine-cards-").FullName;
    private readonly ClinicFolder _folder;

    public ContentCardsTests()
    {
        _folder = new ClinicFolder(Path.Combine(_home, "content"));
        _folder
            .Write("people.yml", "team:\n  name: The team\n")
            .Write(
                "images/dot.svg",
                """
                <svg xmlns="http://www.w3.org/2000/svg" width="8" height="8" viewBox="0 0 8 8">
                <style>svg:root{--a:#f00}@media (prefers-color-scheme:dark){svg:root{--a:#0f0}}</style>
                <circle cx="4" cy="4" r="4" fill="var(--a)"/><text>Words</text></svg>
                """
            )
            .Write(
                "articles/one.md",
                "---\ntitle: One & <only>\nsummary: One.\npublished: 2026-01-01\nauthors: [team]\nimage: dot.svg\nimageAlt: A dot\n---\nWords."
            );
    }

    [Fact]
    public void a_card_is_current_until_its_content_changes()
    {
        ContentCards.Check(_folder.Root, Read(), out var none).ShouldBeEmpty();
        none.ShouldBeTrue();
        foreach (var card in Cards()) Keep(card);
        Check().ShouldBeEmpty();

        _folder.Replace("articles/one.md", "title: One", "title: Two");
        Only(Check()).File.ShouldBe("images/cards/one.png");
        Keep(Cards().Single(card => card.Name == "one"));
        Check().ShouldBeEmpty();

        _folder.Replace("images/dot.svg", "#f00", "#00f");
        Only(Check()).Found.ShouldContain("a different title, picture, or color");
        _folder.Write("articles/two.md", "---\ntitle: Two\nsummary: Two.\npublished: 2026-01-01\nauthors: [team]\n---\nWords.");
        Check().Select(problem => problem.Found).ShouldContain("no such file");
        File.WriteAllBytes(Path.Combine(_folder.Root, "images/cards/two.png"), Convert.FromBase64String(TwoPixels));
        Check().Count.ShouldBe(2);
    }

    [Fact]
    public void no_line_of_a_title_is_wider_than_its_space()
    {
        var titles = new[]
        {
            "Short",
            "Ketamine-assisted psychotherapy: what happens, who stays with you, and what it costs",
            "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwww wide",
            string.Join(' ', Enumerable.Repeat("words", 33)),
        };
        foreach (var title in titles)
        {
            _folder.Write(
                "articles/one.md",
                $"---\ntitle: '{title}'\nsummary: One.\npublished: 2026-01-01\nauthors: [team]\nimage: dot.svg\nimageAlt: A dot\n---\nWords."
            );
            var svg = System.Xml.Linq.XDocument.Parse(Cards().Single(card => card.Name == "one").Svg);
            var lines = svg.Descendants().Where(element => element.Name.LocalName == "text").ToList();
            foreach (var line in lines)
            {
                (SocialCard.Measure(line.Value) * double.Parse(line.Attribute("font-size")!.Value)).ShouldBeLessThanOrEqualTo(792 - 144, line.Value);
                int.Parse(line.Attribute("y")!.Value).ShouldBeLessThan(SocialCard.Height);
            }

            string.Concat(lines.SkipLast(1).Select(line => line.Value))
                .Replace(" ", "", StringComparison.Ordinal)
                .ShouldBe(title.Replace(" ", "", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task missing_cards_are_drawn_and_current_ones_are_not_drawn_again()
    {
        using var first = new StringWriter();
        (await ContentCards.RunAsync(_folder.Root, first)).ShouldBe(0, first.ToString());
        first.ToString().ShouldContain("2 drawn, 0 up to date");
        foreach (var card in Cards())
        {
            using var drawn = new MagickImage(Path.Combine(_folder.Root, card.File));
            (drawn.Width, drawn.Height).ShouldBe(((uint)SocialCard.Width, (uint)SocialCard.Height));
            drawn.TotalColors.ShouldBeInRange(3u, 48u);
            ColorAt(drawn, 10, 300).ShouldBe("#FBF5EB"); // the look's paper
        }

        using var again = new StringWriter();
        await ContentCards.RunAsync(_folder.Root, again);
        again.ToString().ShouldContain("0 drawn, 2 up to date");
    }

    [Fact]
    public async Task the_picture_is_drawn_in_its_light_colors_without_its_text()
    {
        await ContentCards.RunAsync(_folder.Root, TextWriter.Null);
        using var drawn = new MagickImage(Path.Combine(_folder.Root, "images/cards/one.png"));
        ColorAt(drawn, 996, 315).ShouldBe("#FF0000"); // the middle of the dot
        // A drawing that refers to its own parts, as drawings of receptors do.
        _folder.Write(
            "images/dot.svg",
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="8" height="8" viewBox="0 0 8 8"><style>svg:root{--a:#00f}.a{fill:var(--a)}</style>
            <defs><path id="p" d="M0 0h8v8h-8z"/></defs><use href="#p" class="a"/></svg>
            """
        );
        await ContentCards.RunAsync(_folder.Root, TextWriter.Null);
        using var again = new MagickImage(Path.Combine(_folder.Root, "images/cards/one.png"));
        ColorAt(again, 996, 315).ShouldBe("#0000FF");
    }

    [Theory]
    [InlineData("100 % of it")]
    [InlineData("@etc")]
    [InlineData("It’s “quoted” \\n and \\\\")]
    [InlineData("%[fx:1] %wx%h")]
    public async Task a_title_is_drawn_literally_with_any_characters(string title)
    {
        // The width of the drawn title must match its text, not what a drawing program makes of its characters.
        _folder.Write("articles/one.md", $"---\ntitle: '{title}'\nsummary: One.\npublished: 2026-01-01\nauthors: [team]\n---\nWords.");
        (await ContentCards.RunAsync(_folder.Root, TextWriter.Null)).ShouldBe(0);
        using var drawn = new MagickImage(Path.Combine(_folder.Root, "images/cards/one.png"));
        drawn.Crop(new MagickGeometry(0, 60, SocialCard.Width, 160));
        drawn.Trim();
        var expected = SocialCard.Measure(title) / 1.04 * 84;
        ((double)drawn.Width).ShouldBeInRange(expected * 0.9, expected * 1.1);
    }

    [Fact]
    public async Task the_sample_has_a_fresh_card_for_every_article_and_pages_name_them()
    {
        var sample = ContentFolder.Read(Repository.PathOf("content"));
        ContentCards.Check(Repository.PathOf("content"), sample.Content!, out var none).ShouldBeEmpty();
        none.ShouldBeFalse();
        await using var app = new ClinicApp();
        foreach (var (path, name) in new[] { ("/blog/nmda-receptor", "nmda-receptor"), ("/", "_home"), ("/contact", "_home") })
        {
            var page = await app.GetPageAsync(path);
            var image = new Uri(page.One("meta[property='og:image']").GetAttribute("content")!);
            image.AbsolutePath.ShouldBe($"/images/cards/{name}.png");
            page.One("meta[property='og:image:width']").GetAttribute("content").ShouldBe("1200");
            page.One("meta[property='og:image:height']").GetAttribute("content").ShouldBe("630");
            page.One("meta[name='twitter:card']").GetAttribute("content").ShouldBe("summary_large_image");
            using var card = await app.Http.GetAsync(image.PathAndQuery);
            card.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
            (await card.Content.ReadAsByteArrayAsync()).Length.ShouldBeLessThan(60 * 1024);
        }
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private List<SocialCard> Cards() => [.. SocialCard.For(Read())];

    private List<Diagnostic> Check() => [.. ContentCards.Check(_folder.Root, Read(), out _)];

    private SiteContent Read()
    {
        var reading = ContentFolder.Read(_folder.Root);
        return reading.Content ?? throw new InvalidOperationException(string.Join('\n', reading.Problems.Select(problem => problem.ToMessage())));
    }

    private static Diagnostic Only(List<Diagnostic> problems) => problems.ShouldHaveSingleItem();

    /// <summary>A file marked as drawn from the card, as the command would have written it.</summary>
    private void Keep(SocialCard card)
    {
        var file = Path.Combine(_folder.Root, card.File);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var picture = new MagickImage(Convert.FromBase64String(TwoPixels));
        picture.SetAttribute("Source", card.Hash);
        picture.Write(file, MagickFormat.Png);
    }

    private static string ColorAt(MagickImage image, int x, int y) => image.GetPixels().GetPixel(x, y).ToColor()!.ToHexString()[..7];

    private const string TwoPixels = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGP4zwAE/wEHAAH/4iOeWQAAAABJRU5ErkJggg==";
}
