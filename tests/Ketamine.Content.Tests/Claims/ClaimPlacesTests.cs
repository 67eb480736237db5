namespace Ketamine.Content.Tests.Claims;

/// <summary>A claim is found everywhere that a visitor reads or hears it: in titles and sentences, in captions, and inside pictures.</summary>
public sealed class ClaimPlacesTests
{
    private const string Claim = "Ketamine cures depression.";

    [Theory]
    [InlineData("services/one.md", "---\ntitle: Ketamine cures depression\nsummary: Short.\n---\nFine.\n", 2)]
    [InlineData("services/one.md", "---\ntitle: One\nsummary: Ketamine cures depression.\n---\nFine.\n", 3)]
    [InlineData("services/one.md", "---\ntitle: One\nsummary: Short.\nprice: $450. Ketamine cures depression.\n---\nFine.\n", 4)]
    [InlineData("services/one.md", "---\ntitle: One\nsummary: Short.\nimage: a.svg\nimageAlt: Ketamine cures depression.\n---\nFine.\n", 5)]
    [InlineData("services/one.md", "---\ntitle: One\nsummary: Short.\n---\n![Ketamine cures depression.](a.svg)\n", 5)]
    [InlineData("services/one.md", "---\ntitle: One\nsummary: Short.\n---\n![A chair.](a.svg \"Ketamine cures depression.\")\n", 5)]
    [InlineData("services/one.md", "---\ntitle: One\nsummary: Short.\n---\n[More](/contact \"Ketamine cures depression.\")\n", 5)]
    [InlineData("services/one.md", "---\ntitle: One\nsummary: Short.\n---\n## Ketamine cures depression\n\nFine.\n", 5)]
    [InlineData("services/one.md", "---\ntitle: One\nsummary: Short.\n---\n::: note Ketamine cures depression\nFine.\n:::\n", 5)]
    [InlineData("services/one.md", "---\ntitle: One\nsummary: Short.\n---\n| What |\n| --- |\n| Ketamine cures depression |\n", 7)]
    [InlineData("pages/about.md", "---\ntitle: About\nsummary: Ketamine cures depression.\n---\nFine.\n", 3)]
    [InlineData("clinic.yml", TestFolder.Clinic + "tagline: Ketamine cures depression.\n", 4)]
    [InlineData("faqs.yml", "- group: G\n  questions:\n    - question: \"Good to know: ketamine cures depression\"\n      answer: Fine.\n", 3)]
    [InlineData("people.yml", "ann: {name: Ann Lee, bio: Ketamine cures depression.}\n", 1)]
    [InlineData("images.yml", "a.svg: {alt: Ketamine cures depression.}\n", 1)]
    [InlineData(
        "images/b.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 3\">\n<text>Ketamine <tspan>cures depression.</tspan></text></svg>",
        2
    )]
    [InlineData("images/b.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 3\">\n<title>Ketamine cures depression.</title></svg>", 2)]
    [InlineData("images/b.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 3\">\n<desc>Ketamine cures depression.</desc></svg>", 2)]
    public void a_claim_is_found_at_its_line(string file, string text, int line)
    {
        using var folder = new TestFolder().Drawing("a.svg").Write(file, text);
        var found = folder.Read().Errors.Where(error => error.Key.StartsWith("claim", StringComparison.Ordinal)).ToList();
        found.ShouldNotBeEmpty($"{Claim} in {file}");
        found[0].File.ShouldBe(file);
        found[0].Line.ShouldBe(line);
    }
}
