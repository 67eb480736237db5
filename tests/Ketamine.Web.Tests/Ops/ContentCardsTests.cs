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
        _folder.Write("people.yml", "team:\n  name: The team\n")
            .Write("images/dot.svg", """<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8" viewBox="0 0 8 8"><style>svg:root{--a:#f00}@media (prefers-color-scheme:dark){svg:root{--a:#0f0}}</style><circle cx="4" cy="4" r="4" fill="var(--a)"/><text>Words</text></svg>""")
            .Write("articles/one.md", "---\ntitle: One & <only>\nsummary: One.\npublished: 2026-01-01\nauthors: [team]\nimage: dot.svg\nimageAlt: A dot\n---\nWords.");
    }

    [Fact]
    public void a_card_is_fresh_until_what_it_shows_changes()
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
        Only(Check()).Found.ShouldContain("another title, picture or color");
        _folder.Write("articles/two.md", "---\ntitle: Two\nsummary: Two.\npublished: 2026-01-01\nauthors: [team]\n---\nWords.");
        Check().Select(problem => problem.Found).ShouldContain("no such file");
        File.WriteAllBytes(Path.Combine(_folder.Root, "images/cards/two.png"), Convert.FromBase64String(TwoPixels));
        Check().Count.ShouldBe(2);
    }

    [Fact]
    public void no_line_of_a_title_is_wider_than_its_room()
    {
        foreach (var title in new[] { "Short", "Ketamine-assisted psychotherapy: what happens, who stays with you, and what it costs", "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwww wide", string.Join(' ', Enumerable.Repeat("words", 33)) })
        {
            _folder.Write("articles/one.md", $"---\ntitle: '{title}'\nsummary: One.\npublished: 2026-01-01\nauthors: [team]\nimage: dot.svg\nimageAlt: A dot\n---\nWords.");
            var svg = System.Xml.Linq.XDocument.Parse(Cards().Single(card => card.Name == "one").Svg);
            var lines = svg.Descendants().Where(element => element.Name.LocalName == "text").ToList();
            foreach (var line in lines)
            {
                (SocialCard.Measure(line.Value) * double.Parse(line.Attribute("font-size")!.Value)).ShouldBeLessThanOrEqualTo(792 - 144, line.Value);
                int.Parse(line.Attribute("y")!.Value).ShouldBeLessThan(SocialCard.Height);
            }

            string.Concat(lines.SkipLast(1).Select(line => line.Value)).Replace(" ", "", StringComparison.Ordinal).ShouldBe(title.Replace(" ", "", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task it_draws_what_is_missing_and_nothing_twice()
    {
        using var first = new StringWriter();
        (await ContentCards.RunAsync(_folder.Root, first)).ShouldBe(0, first.ToString());
        first.ToString().ShouldContain("2 drawn, 0 as they should be");
        foreach (var card in Cards())
        {
            var (width, height, pixels) = Png.Decode(File.ReadAllBytes(Path.Combine(_folder.Root, card.File)));
            (width, height).ShouldBe((SocialCard.Width, SocialCard.Height));
            pixels.Distinct().Count().ShouldBeInRange(3, 48);
            pixels[300 * width + 10].ShouldBe(0xfaf7f0); // the look's paper
        }

        using var again = new StringWriter();
        await ContentCards.RunAsync(_folder.Root, again);
        again.ToString().ShouldContain("0 drawn, 2 as they should be");
    }

    [Fact]
    public async Task without_the_converter_it_says_what_to_install()
    {
        using var output = new StringWriter();
        (await ContentCards.RunAsync(_folder.Root, output, "no-such-converter")).ShouldBe(1);
        output.ToString().ShouldContain("apt-get install librsvg2-bin");
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

    [Fact]
    public void a_picture_in_fewer_colors_is_the_same_picture()
    {
        // 3 × 2 pixels in RGB, the second row written as its difference from the first.
        var png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAGUlEQVR4nGP4z8DAAMZMv79/UFSQ5vcKAABG+Qbnd9J95QAAAABJRU5ErkJggg==");
        var reduced = Png.Reduce(png, 16, "Source", "0123");
        Png.Decode(png).Pixels.ShouldBe([0xff0000, 0x00ff00, 0x0000ff, 0xfaf7f0, 0x211f1b, 0x0f4a4f]);
        Png.Decode(reduced).Pixels.ShouldBe(Png.Decode(png).Pixels);
        Png.Decode(Png.Reduce(png, 4, "Source", "")).Pixels.Distinct().Count().ShouldBe(4);
        Png.ReadText(reduced, "Source").ShouldBe("0123");
        Png.ReadText(png, "Source").ShouldBeNull();
        Png.ReadText("no picture"u8, "Source").ShouldBeNull();
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

    /// <summary>A file that says to be drawn from the card, as the converter would have written it.</summary>
    private void Keep(SocialCard card)
    {
        var file = Path.Combine(_folder.Root, card.File);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, Png.Reduce(Convert.FromBase64String(TwoPixels), 4, "Source", card.Hash));
    }

    private const string TwoPixels = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGP4zwAE/wEHAAH/4iOeWQAAAABJRU5ErkJggg==";
}
