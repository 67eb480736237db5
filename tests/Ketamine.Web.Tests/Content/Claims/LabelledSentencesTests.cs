using System.Globalization;
using System.Text;
using Ketamine.Web.Content.Claims;
using Xunit.Abstractions;

namespace Ketamine.Web.Tests.Content.Claims;

/// <summary>
/// The gate against sentences as clinics write them, each labelled <c>bad</c> or <c>honest</c> with its kind. <c>tuned.tsv</c> was looked at
/// while the rules were written, <c>held-out.tsv</c> was not; which half a sentence is in, its hash decides. <c>fresh.tsv</c> was written once
/// the rules stood and not tuned on; it is as hard as real clinics' sentences are (the starting rules noticed half of its bad ones).
/// <c>spent.tsv</c> was fresh once: sets that were measured first and learnt from afterwards.
/// </summary>
public class LabelledSentencesTests(ITestOutputHelper output)
{
    private static readonly string[] Sets = ["tuned", "held-out", "spent", "fresh"];

    internal static IEnumerable<string> All => Sets.SelectMany(Read).Select(row => row.Sentence);

    [Theory]
    [InlineData("tuned")]
    [InlineData("held-out")]
    [InlineData("spent")]
    [InlineData("fresh")]
    public void bad_sentences_are_marked_and_honest_ones_left_alone(string set)
    {
        var rows = Read(set);
        var counts = rows.GroupBy(row => (row.Label, Verdict: Rules.Judge(row.Sentence))).ToDictionary(group => group.Key, group => group.Count());
        foreach (var label in rows.Select(row => row.Label).Distinct())
        {
            var told = Enum.GetValues<ClaimVerdict>().Reverse().Select(verdict => string.Create(CultureInfo.InvariantCulture,
                $"{ClaimRules.NameOf(verdict)} {counts.GetValueOrDefault((label, verdict))} ({Share(label, verdict):P1})"));
            output.WriteLine($"{set}, {label} ({rows.Count(row => row.Label == label)}): {string.Join(", ", told)}");
        }

        Share("bad", ClaimVerdict.Block, ClaimVerdict.NeedsCitation, ClaimVerdict.Review).ShouldBeGreaterThanOrEqualTo(0.95);
        Share("bad", ClaimVerdict.Block, ClaimVerdict.NeedsCitation).ShouldBeGreaterThanOrEqualTo(0.70);
        Share("honest", ClaimVerdict.Block).ShouldBeLessThanOrEqualTo(0.05);
        Share("honest", ClaimVerdict.Review).ShouldBeLessThanOrEqualTo(0.30);
        Share("honest", ClaimVerdict.NeedsCitation).ShouldBeLessThanOrEqualTo(0.15);

        double Share(string label, params ClaimVerdict[] verdicts) =>
            (double)verdicts.Sum(verdict => counts.GetValueOrDefault((label, verdict))) / rows.Count(row => row.Label == label);
    }

    [Fact]
    public void the_halves_are_cut_by_hash_and_hold_at_least_300_sentences_each()
    {
        foreach (var (set, half) in new[] { ("tuned", 0u), ("held-out", 1u) })
        {
            var rows = Read(set);
            rows.Count.ShouldBeGreaterThanOrEqualTo(300);
            rows.ShouldAllBe(row => ((Fnv(row.Sentence) >> 16) & 1) == half);
        }
    }

    [Fact]
    public void no_sentence_stands_twice()
    {
        var all = All.ToList();
        all.Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(all.Count);
    }

    private static List<(string Label, string Kind, string Sentence)> Read(string set) =>
    [
        .. File.ReadLines(Tests.Repository.PathOf("tests", "Ketamine.Web.Tests", "Content", "Claims", "sentences", set + ".tsv"))
            .Select(line => line.Split('\t')).Select(row => (row[0], row[1], row[2])),
    ];

    // FNV-1a, 32 bits, over UTF-8.
    private static uint Fnv(string text) => Encoding.UTF8.GetBytes(text).Aggregate(2166136261u, (hash, b) => (hash ^ b) * 16777619u);
}
