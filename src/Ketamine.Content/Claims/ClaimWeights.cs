using Ketamine.Language.Learning;

namespace Ketamine.Content.Claims;

/// <summary>
/// How strongly a sentence reads like a claim that a reviewer would reject. The weights are learned from the sentences of labelled.tsv and ship as
/// claims.weights, which <c>dotnet run -c Release --project bench -- teach</c> writes.
/// </summary>
public static class ClaimWeights
{
    private const FeatureKinds Kinds = FeatureKinds.Pairs | FeatureKinds.Negated | FeatureKinds.Length | FeatureKinds.Ending | FeatureKinds.Classes
        | FeatureKinds.Sizes;

    private static readonly Lazy<LearnedWeights> Shared = new(Load);

    /// <summary>The weights that ship with the site. Loaded on first use, in a few milliseconds.</summary>
    public static LearnedWeights Own => Shared.Value;

    /// <summary>Learns weights from labeled sentences. After any change here, learn the shipped ones again.</summary>
    /// <param name="classes">Those of word-classes.txt.</param>
    public static LearnedWeights Learn(IEnumerable<(bool Bad, string Sentence)> labelled, WordClasses classes) => LearnedWeights.Learn(
        labelled.Select(row => (row.Bad, 1.0, row.Sentence)),
        new Lessons(
            Kinds, Bits: 22, LeastExamples: 1, ByLength: true, Rounds: 10, Rate: 0.2, Regularization: 0.01, classes, LeastWeight: 0.1, Averaged: true,
            Unit: 20));

    /// <summary>Reads labelled.tsv, each line <c>bad</c> or <c>honest</c>, a tab, the sentence.</summary>
    public static IEnumerable<(bool Bad, string Sentence)> Labeled(string file) =>
        File.ReadLines(file).Select(line => line.Split('\t')).Where(row => row.Length >= 2).Select(row => (row[0] == "bad", row[^1]));

    private static LearnedWeights Load()
    {
        using var file = EmbeddedFile.Open(typeof(ClaimWeights).Assembly, "claims.weights");
        return LearnedWeights.Load(file);
    }
}
