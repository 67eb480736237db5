using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Ketamine.Content;

namespace Ketamine.Content.Tests;

/// <summary>
/// No matter what the folder contains, reading it returns content, or errors that name a file. It never throws, and everything that it accepts can be rendered.
/// </summary>
public sealed class FuzzTests
{
    private const string Article =
        "---\ntitle: A title\nsummary: Short.\npublished: 2026-03-14T09:00-06:00\nupdated: 2026-04-01\nauthors: [ann]\nreviewedBy: ann\n"
            + "reviewed: 2026-04-01\nreviewHash: ab\nreviewAcknowledged: [\"x\"]\ntopics: [brain]\nrelated: []\naliases: [/old]\ndraft: false\n---\n"
            + "## Heading\n\nText[^n] with *emphasis*, `code`, [a link](https://example.com), [us](/contact) and [@zarate-2006; @b].\n\n"
            + "::: risks Title\n- one\n- two\n:::\n\n![alt](a.svg \"caption [@x]\")\n\n| a | b |\n|---|--:|\n| c | d |\n\nTerm\n:   Meaning\n\n[^n]: Note.\n";

    private static readonly string[] Scraps =
    [
        "---", "\n", ":", "- ", "[", "]", "{", "}", "&a ", "*a", "!!binary ", "|\n", ">\n", "\t", "\"", "'", "%", "@", "`", "<", ">",
        "</script>", "<!--", "-->", ":::", "::: risks\n", "![", "](", "](javascript:alert(1))", "\\x", "\\U00110000", "\0", "\u0007",
        "\u202e", "\ud83d\ude00", "\ud83d", "<<: *a\n", "? ", "~", "null", "|---|", "[^n]", "[^n]: ", "[@", "[@zarate-2006]", "    ",
        "&#0;", "&#x110000;", "9999-99-99", "\r", "\r\n", "\ufeff", "=", "***", "```\n",
    ];

    /// <summary>A seed with pieces removed, repeated, or swapped, and scraps inserted.</summary>
    private static Gen<string> Mutated(string seed) =>
        Gen.ListOf(Gen.Zip(Gen.Choose(0, 3), Gen.Zip(Gen.Choose(0, 2000), Gen.Zip(Gen.Choose(0, 40), Gen.Elements(Scraps))))).Resize(12).Select(edits =>
        {
            var text = new StringBuilder(seed);
            foreach (var (kind, (where, (length, scrap))) in edits)
            {
                var at = where % (text.Length + 1);
                var cut = Math.Min(length, text.Length - at);
                if (kind == 0) text.Insert(at, scrap);
                else if (kind == 1) text.Remove(at, cut);
                else if (kind == 2) text.Insert(at, text.ToString(at, cut));
                else text.Remove(at, cut).Insert(at, scrap);
            }

            return text.ToString();
        });

    [Fact]
    public void a_mutated_article_is_read_or_rejected_with_its_place() => Holds("articles/one.md", Article, 2000);

    [Fact]
    public void a_mutated_clinic_is_read_or_rejected_with_its_place() =>
        Holds("clinic.yml", File.ReadAllText(Path.Combine(Repository.PathOf("content"), "clinic.yml")), 1000);

    [Fact]
    public void a_mutated_bibliography_is_read_or_rejected_with_its_place() =>
        Holds("bibliography.yml", string.Join('\n', File.ReadLines(Path.Combine(Repository.PathOf("content"), "bibliography.yml")).Take(60)), 500);

    [Fact]
    public void mutated_questions_reviews_and_redirects_are_read_or_rejected_with_their_place()
    {
        Holds("acknowledged.yml", "- file: faqs.yml\n  sentence: \"Mostly.\"\n  by: ann\n  on: 2026-03-14\n", 300);
        Holds(
            "faqs.yml",
            "- group: A\n  questions:\n    - question: Is it safe?\n      answer: |\n        Mostly. See [us](/contact).\n\n        - one\n",
            500
        );
        Holds("reviews.yml", "- text: Good.\n  by: B. K.\n  date: 2026-01-02\n  consent: 2026-01-02\n  href: https://example.com\n", 500);
        Holds("redirects.yml", "/a: /contact\n/b: 410\n/c: https://cedar.example/contact\n", 500);
        Holds("people.yml", "ann:\n  name: Ann Lee\n  bio: >-\n    Writes.\n  image: a.svg\n", 500);
    }

    [Fact]
    public void a_mistyped_key_with_a_multiline_value_gets_a_one_line_message()
    {
        using var folder = new TestFolder();
        folder.Write("faqs.yml", "- group: A\n  qu%estions:\n    - it safe?\n      See us.\n\n      - one\n");
        Answers(folder);
        folder.Read().Errors.ShouldContain(error => error.Key == "qu%estions");
    }

    [Fact]
    public void a_mutated_drawing_is_read_or_rejected_with_its_place() =>
        Holds(
            "images/a.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 10 10\">"
                + "<style>a{fill:url(#b)}</style><use href=\"#x\"/><a xlink:href=\"#y\"/></svg>",
            1000
        );

    [Fact]
    public void any_bytes_are_read_or_rejected() =>
        Fuzz.Holds(
            500,
            Prop.ForAll(
                Gen.Zip(
                        Gen.Elements(
                            "articles/one.md",
                            "clinic.yml",
                            "people.yml",
                            "images/a.png",
                            "images/a.jpg",
                            "images/a.webp",
                            "images/a.gif",
                            "images/a.avif",
                            "images/a.svg",
                            "images/a.pdf"
                        ),
                        Gen.ArrayOf(Gen.Choose(0, 255))
                    )
                    .Resize(200)
                    .ToArbitrary(),
                made =>
                {
            var (file, bytes) = made;
            using var folder = new TestFolder();
            byte[] head = file switch
            {
                "images/a.jpg" => [0xFF, 0xD8, 0xFF, 0xE1],
                "images/a.png" => [0x89, .. "PNG\r\n\x1a\n"u8],
                "images/a.webp" => [.. "RIFF0000WEBPVP8X"u8],
                "images/a.gif" => [.. "GIF89a"u8],
                "images/a.avif" => [0, 0, 0, 0, .. "ftypavif........ispe"u8],
                _ => [],
            };
            folder.Write(file, [.. head, .. bytes.Select(value => (byte)value)]);
            Answers(folder);
        }));

    [Fact]
    public void a_failure_names_the_seed_and_the_same_seed_draws_the_same_inputs()
    {
        List<int> first = [], second = [];
        foreach (var drawn in new[] { first, second })
        {
            Should.Throw<Exception>(() => Fuzz.Holds(20, Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), number =>
            {
                drawn.Add(number);
                return drawn.Count < 20;
            }))).Message.ShouldContain($"{Fuzz.Variable}=");
        }

        first[..20].ShouldBe(second[..20]);
    }

    private static void Holds(string file, string seed, int runs)
    {
        using var folder = new TestFolder();
        Fuzz.Holds(runs, Prop.ForAll(Mutated(seed).ToArbitrary(), text =>
        {
            folder.Write(file, Encoding.UTF8.GetBytes(text));
            Answers(folder);
        }));
    }

    private static void Answers(TestFolder folder)
    {
        var reading = folder.Read();
        if (reading.Content is not { } content)
        {
            reading.Errors.ShouldNotBeEmpty();
            reading.Errors.ShouldAllBe(error =>
                error.File.Length > 0
                && error.Key.Length > 0
                && error.Found.Length > 0
                && error.Wanted.Length > 0
                && error.Line >= 0
                && !error.ToMessage().Contains('\n')
            );
            return;
        }

        reading.Errors.ShouldBeEmpty();
        var html = string.Concat(
            content
                .Articles.Select(article => article.Body.Html)
                .Concat(content.Faqs.SelectMany(group => group.Questions).Select(faq => faq.Answer.Html))
                .Append(content.Clinic.Disclaimer?.Html)
        );
        html.ShouldNotContain("<script", Case.Insensitive);
        html.ShouldNotContain("href=\"javascript", Case.Insensitive);
    }
}
