using Ketamine.Content;
using Ketamine.Content.Claims;
using Xunit.Abstractions;

namespace Ketamine.Content.Tests.Claims;

/// <summary>Sentences with the works that they cite, labeled by hand: fits, misfits, contradicts, or number.</summary>
public sealed class CitationFitTests(ITestOutputHelper output)
{
    private static readonly Lazy<CitationFit> Sample = new(() =>
    {
        using var folder = new TestFolder().Write("bibliography.yml", File.ReadAllBytes(Path.Combine(Repository.PathOf("content"), "bibliography.yml")));
        return new CitationFit(folder.Content().Bibliography);
    });

    private static IEnumerable<(string Label, string[] Keys, string Sentence)> Pairs(string file) =>
        File.ReadLines(Path.Combine(Repository.PathOf("tests/Ketamine.Content.Tests/Claims/sentences"), file))
            .Select(line => line.Split('\t'))
            .Select(parts => (parts[0], parts[1].Split(','), parts[2]));

    [Theory]
    [InlineData("citations.tsv")]
    [InlineData("citations-fresh.tsv")]
    public void at_least_95_of_100_labeled_pairs_of_sentence_and_citation_are_judged_correctly(string file)
    {
        var (all, wrong) = (0, new List<string>());
        foreach (var (label, keys, sentence) in Pairs(file))
        {
            all++;
            var finding = Sample.Value.Examine(sentence, keys);
            var judged = finding?.Fit switch { null => "fits", Fit.Contradicts => "contradicts", Fit.WrongNumber => "number", _ => "misfits" };
            if (judged != label) wrong.Add($"{label}, judged {judged}: {sentence} [@{string.Join("; @", keys)}] {finding?.Reason}");
        }

        output.WriteLine($"{all - wrong.Count} of {all} right");
        foreach (var line in wrong) output.WriteLine(line);
        all.ShouldBeGreaterThanOrEqualTo(45);
        ((double)(all - wrong.Count) / all).ShouldBeGreaterThanOrEqualTo(0.95, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("Ketamine relieves depression within hours.", "li-2010", "zarate-2006")]
    [InlineData("Ketamine is effective for PTSD.", "murrough-2013", "feder-2014")]
    [InlineData("Infusions reduce suicidal thoughts.", "lifeline-988", "wilkinson-2018")]
    public void works_that_would_fit_are_suggested(string sentence, string cited, string wanted) =>
        Sample.Value.Examine(sentence, [cited])!.WouldFit.ShouldContain(wanted);

    [Fact]
    public void a_work_that_contradicts_is_never_suggested() =>
        Sample.Value.Examine("Ketamine is effective for PTSD.", ["murrough-2013"])!.WouldFit.ShouldNotContain("abdallah-2022");

    [Fact]
    public async Task numbers_near_a_dose_are_read_completely()
    {
        using var folder = new TestFolder().Write("bibliography.yml", """
            - key: dose
              authors: [A]
              title: A dose
              kind: rct
              population: 7 people in one crossover
              finding: One 0.5  followed by a clear drop in seven people.
              topics: [depression]

            """);
        var reading = await Task.Run(folder.Read).WaitAsync(TimeSpan.FromSeconds(30));
        reading.Errors.ShouldBeEmpty();
    }

    [Fact]
    public void a_misfit_keeps_a_folder_from_going_live_and_is_reported_at_its_line()
    {
        using var folder = new TestFolder().Write("bibliography.yml", """
            - {key: rats, authors: [A], title: In rats, kind: animal, population: rats, finding: Rats swam longer., topics: [depression]}
            - {key: trial, authors: [A], title: In people, kind: rct, population: 73 people, finding: It eased more., topics: [depression],
               supports: ["efficacy depression: it eased more"]}

            """);
        folder.Article("one", "Fine.\n\nKetamine relieves depression [@rats].\n");
        folder.Read().Errors.ShouldHaveSingleItem().ToMessage().ShouldStartWith("articles/one.md:9: citation fit: \"Ketamine relieves depression.\" [@rats]");
        folder.Read().Errors.Single().Wanted.ShouldContain("In bibliography.yml, these would fit: trial.");
        folder.Article("one", "Fine.\n\nKetamine relieves depression [@trial].\n");
        folder.Read().Errors.ShouldBeEmpty();
    }

    [Fact]
    public void a_change_of_the_bibliography_is_held_against_texts_that_have_not_changed()
    {
        const string Supports = """, supports: ["efficacy depression: it eased more"]""";
        using var files = new TestFolder();
        var folder = new ContentFolder(files.Path);
        Bibliography(Supports);
        files.Article("one", "Fine.\n\nKetamine relieves depression [@trial].\n").Article("two", "Fine.\n");
        folder.Read().Errors.ShouldBeEmpty();
        Bibliography("");
        folder.Read().Errors.ShouldHaveSingleItem().File.ShouldBe("articles/one.md");
        files.Article("two", "Finer.\n");
        folder.Read().Errors.ShouldHaveSingleItem("what was found before is found again").File.ShouldBe("articles/one.md");
        Bibliography(Supports);
        folder.Read().Errors.ShouldBeEmpty();

        void Bibliography(string supports) => files.Write("bibliography.yml",
            "- {key: trial, authors: [A], title: In people, kind: rct, population: 73 people, finding: It eased more., topics: [depression]"
            + supports + "}\n");
    }

    [Theory]
    [InlineData("supports: [helps depression]")]
    [InlineData("contradicts: [\"efficacy: depression\"]")]
    [InlineData("subjects: martians")]
    public void what_a_work_supports_is_checked_where_it_is_written(string keys)
    {
        using var folder = new TestFolder().Write("bibliography.yml", $"- key: one\n  authors: [A]\n  title: T\n  kind: rct\n  finding: F\n  {keys}\n");
        folder.Read().Errors.ShouldHaveSingleItem().Line.ShouldBe(6);
    }
}
