using System.Globalization;
using Ketamine.Content.Claims;
using Ketamine.Content.Markdown;
using Ketamine.Language.Learning;
using Xunit.Abstractions;

namespace Ketamine.Content.Tests.Claims;

/// <summary>
/// Tests the gate with realistic sentences, each labeled <c>bad</c> or <c>honest</c>. The rules and weights are based on the site's labelled.tsv, so
/// each fifth of it is judged by weights learned from the other four. The other sets, each by another writer, were never used for learning, and no one read
/// them while writing the rules. Only writer-h.tsv was measured once, when everything was finished; real-clinics.tsv is described in claims-gate.md.
/// </summary>
public class LabeledSentencesTests(ITestOutputHelper output)
{
    private const int Folds = 5;

    private static IReadOnlyList<(bool Bad, string Sentence)> Labeled { get; } =
    [.. ClaimWeights.Labeled(Repository.PathOf("src", "Ketamine.Content", "Claims", "labelled.tsv"))];

    private static WordClasses Classes { get; } =
        WordClasses.Parse(File.ReadAllText(Repository.PathOf("src", "Ketamine.Content", "Claims", "word-classes.txt")));

    private static readonly string[] Sets = ["held-out", "fresh", "writer-e", "writer-e-sentences", "writer-f", "writer-h", "real-clinics"];

    internal static IEnumerable<string> All => Labeled.Concat(Sets.SelectMany(Read)).Select(row => row.Sentence);

    // For each fifth of the training sentences, a gate with weights learned from the other four.
    private static readonly Lazy<ClaimsGate[]> FoldGates = new(() => [.. Enumerable.Range(0, Folds).Select(fold =>
    {
        var weights = ClaimWeights.Learn(Labeled.Where((_, index) => index % Folds != fold), Classes);
        return new ClaimsGate(Rules.Own, () => weights);
    })]);

    [Fact]
    public void each_fifth_of_the_training_sentences_is_judged_well_by_weights_from_the_rest() => Hold("labelled", JudgedByTheRest(ClaimSetting.Alone));

    [Theory]
    [InlineData("held-out", 400)]
    [InlineData("fresh", 150)]
    public void sentences_outside_the_training_set_are_judged_as_well(string set, int atLeast)
    {
        var rows = Read(set).ToList();
        rows.Count.ShouldBeGreaterThanOrEqualTo(atLeast);
        Hold(set, rows.Select(row => (row.Bad, Rules.Judge(row.Sentence))));
    }

    [Fact]
    public void in_a_folder_nearly_all_bad_sentences_are_flagged_and_few_honest_ones() =>
        // Many are twins, whose words say nothing and only the claim differs, so they are harder than any text.
        HoldInText("labelled", JudgedByTheRest(ClaimSetting.Text), markedAtLeast: 0.9);

    private static IEnumerable<(bool Bad, ClaimVerdict Verdict)> JudgedByTheRest(ClaimSetting setting) =>
        Labeled.Select((row, index) => (row.Bad, Rules.Judge(row.Sentence, FoldGates.Value[index % Folds], setting)));

    [Theory]
    [InlineData("held-out")]
    [InlineData("fresh")]
    public void in_a_folder_sentences_outside_the_training_set_are_judged_as_well(string set) =>
        HoldInText(set, Read(set).Select(row => (row.Bad, Rules.Judge(row.Sentence, setting: ClaimSetting.Text))));

    [Fact]
    public void in_a_folder_the_newest_sentences_are_judged_nearly_as_well() => HoldInText(
        "writer-e-sentences", Read("writer-e-sentences").Select(row => (row.Bad, Rules.Judge(row.Sentence, setting: ClaimSetting.Text))), markedAtLeast: 0.9);

    /// <summary>
    /// Complete texts of invented clinics, each set by a writer who saw neither the rules nor the other sets. The targets are 92, 75, 2, and 15 %.
    /// </summary>
    [Theory]
    [InlineData("writer-e", 8, 0.92, 0.78)]
    [InlineData("writer-f", 6, 0.9, 0.8)]
    [InlineData("writer-h", 12, 0.92, 0.8)]
    public void in_whole_articles_nearly_all_bad_sentences_are_flagged_and_few_honest_ones(string set, int count, double marked, double stopped)
    {
        var texts = Texts(set).ToList();
        texts.Count.ShouldBe(count);
        HoldInText(set, texts.SelectMany(InWholeText), marked, stopped);
    }

    /// <summary>The beginnings of real clinics' public pages, reworded sentence by sentence: what editors really write.</summary>
    [Fact]
    public void on_real_clinics_pages_nearly_all_bad_sentences_are_flagged_and_few_honest_ones()
    {
        var pages = Texts("real-clinics").ToList();
        pages.Count.ShouldBe(57);
        HoldInText("real-clinics", pages.SelectMany(InWholeText), stoppedAtLeast: 0.85, scoldedAtMost: 0.18);
    }

    private static IEnumerable<IEnumerable<(bool Bad, string Sentence)>> Texts(string set) =>
        File.ReadLines(Repository.PathOf("tests", "Ketamine.Content.Tests", "Claims", "sentences", $"{set}.tsv"))
            .Select(line => line.Split('\t')).GroupBy(row => row[1], row => (Bad: row[0] == "bad", Sentence: row[2]));

    // Paragraphs of five sentences, one per line, so each finding's line identifies its sentence.
    private static IEnumerable<(bool Bad, ClaimVerdict Verdict)> InWholeText(IEnumerable<(bool Bad, string Sentence)> text)
    {
        var rows = text.ToList();
        var markdown = string.Join("\n\n", rows.Chunk(5).Select(paragraph => string.Join('\n', paragraph.Select(row => row.Sentence))));
        var sentences = MarkdownSentences.Of(MarkdownParser.Parse(markdown));
        var found = ClaimsCheck.OfText(sentences, sentence => Rules.Gate.Examine(sentence.Text, sentence.Cited, sentence.Setting)).ToLookup(
            read => read.Sentence.Line - (read.Sentence.Line / 6), read => read.Findings.Select(finding => finding.Verdict).DefaultIfEmpty().Max());
        return rows.Select((row, index) => (row.Bad, found[index].DefaultIfEmpty().Max()));
    }

    [Fact]
    public void no_sentence_appears_twice()
    {
        var all = All.ToList();
        all.Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(all.Count);
    }

    [Fact]
    public void the_shipped_weights_are_exactly_those_learned_from_the_labeled_sentences()
    {
        using var taught = new MemoryStream();
        ClaimWeights.Learn(Labeled, Classes).Save(taught);
        Repository.Unpacked(taught.ToArray()).ShouldBe(
            Repository.Unpacked(File.ReadAllBytes(Repository.PathOf("src", "Ketamine.Content", "Claims", "claims.weights"))),
            "labelled.tsv, the lessons or the features have changed: run dotnet run -c Release --project bench -- teach");
    }

    [Fact]
    public void the_heaviest_words_are_marked()
    {
        var weights = ClaimWeights.Learn(
            Enumerable.Repeat((true, "Ketamine melts sorrow away."), 5).Concat(Enumerable.Repeat((false, "Ketamine is a drug."), 5)),
            WordClasses.None
        );
        const string Sentence = "Some say that ketamine melts sorrow away.";
        weights.Weigh(Sentence, out var heaviest).ShouldBeGreaterThan(0);
        Sentence[heaviest.Start..heaviest.End].ShouldContain("melts sorrow away");
        weights.Weigh("Ketamine is a drug.", out _).ShouldBeLessThan(0);
        weights.Weigh("", out _);
    }

    private void Hold(string set, IEnumerable<(bool Bad, ClaimVerdict Verdict)> judged)
    {
        var rows = judged.ToList();
        foreach (var bad in new[] { true, false })
        {
            var reported = Enum.GetValues<ClaimVerdict>().Reverse().Select(verdict => string.Create(CultureInfo.InvariantCulture,
                $"{ClaimRules.NameOf(verdict)} {rows.Count(row => row.Bad == bad && row.Verdict == verdict)} ({Share(bad, verdict):P1})"));
            output.WriteLine($"{set}, {(bad ? "bad" : "honest")} ({rows.Count(row => row.Bad == bad)}): {string.Join(", ", reported)}");
        }

        Share(true, ClaimVerdict.Block, ClaimVerdict.NeedsCitation, ClaimVerdict.Review).ShouldBeGreaterThanOrEqualTo(0.95);
        Share(true, ClaimVerdict.Block, ClaimVerdict.NeedsCitation).ShouldBeGreaterThanOrEqualTo(0.70);
        Share(false, ClaimVerdict.Block).ShouldBeLessThanOrEqualTo(0.05);
        Share(false, ClaimVerdict.Review).ShouldBeLessThanOrEqualTo(0.30);
        Share(false, ClaimVerdict.NeedsCitation).ShouldBeLessThanOrEqualTo(0.15);

        double Share(bool bad, params ClaimVerdict[] verdicts) =>
            (double)rows.Count(row => row.Bad == bad && verdicts.Contains(row.Verdict)) / rows.Count(row => row.Bad == bad);
    }

    private void HoldInText(
        string set,
        IEnumerable<(bool Bad, ClaimVerdict Verdict)> judged,
        double markedAtLeast = 0.92,
        double stoppedAtLeast = 0.75,
        double blockedAtMost = 0.02,
        double scoldedAtMost = 0.15
    )
    {
        var rows = judged.ToList();
        var (bad, honest) = (rows.Where(row => row.Bad).ToList(), rows.Where(row => !row.Bad).ToList());
        var (marked, stopped) = (Share(bad, ClaimVerdict.Review), Share(bad, ClaimVerdict.NeedsCitation));
        var (blocked, scolded) = (Share(honest, ClaimVerdict.Block), Share(honest, ClaimVerdict.Review));
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{set} in a folder: {marked:P1} of bad marked, {stopped:P1} blocked or in need of a citation; "
                    + $"{blocked:P1} of honest blocked, {scolded:P1} marked at all"
            )
        );
        marked.ShouldBeGreaterThanOrEqualTo(markedAtLeast);
        stopped.ShouldBeGreaterThanOrEqualTo(stoppedAtLeast);
        blocked.ShouldBeLessThanOrEqualTo(blockedAtMost);
        scolded.ShouldBeLessThanOrEqualTo(scoldedAtMost);

        static double Share(List<(bool Bad, ClaimVerdict Verdict)> some, ClaimVerdict least) => (double)some.Count(row => row.Verdict >= least) / some.Count;
    }

    private static IEnumerable<(bool Bad, string Sentence)> Read(string set) =>
        File.ReadLines(Repository.PathOf("tests", "Ketamine.Content.Tests", "Claims", "sentences", set + ".tsv"))
            .Select(line => line.Split('\t')).Select(row => (row[0] == "bad", row[^1]));
}
