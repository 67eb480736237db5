namespace Ketamine.Content.Claims;

/// <summary>The word weights that the sentences of labelled.tsv teach: how strongly a sentence reads like a claim that a reviewer would reject.</summary>
public static class ClaimWeights
{
    private static readonly Lazy<WordWeights> Shared = new(() => WordWeights.Learn(Labelled()));

    /// <summary>Learned on first use, in 0.1 to 0.2 s.</summary>
    public static WordWeights Own => Shared.Value;

    /// <summary>The sentences of labelled.tsv, each line <c>bad</c> or <c>honest</c>, a tab, the sentence.</summary>
    public static IEnumerable<(bool Bad, string Sentence)> Labelled()
    {
        using var reader = new StreamReader(typeof(ClaimWeights).Assembly.GetManifestResourceStream("labelled.tsv")
            ?? throw new InvalidOperationException("labelled.tsv is not in the assembly"));
        while (reader.ReadLine() is { } line)
            if (line.Split('\t') is [var label, .., var sentence])
                yield return (label == "bad", sentence);
    }
}
