using System.Collections.Immutable;
using Ketamine.Language.Phrases;

namespace Ketamine.Web.Leads.Crisis;

/// <summary>
/// Checks free text for signs that someone is in danger: first with learned weights, which judge words no one listed, then with the phrases that must never be
/// missed, which a clinician signs. Either is enough. Immutable and thread-safe; keeps and logs nothing it reads, and never leaves the server.
/// </summary>
public sealed class CrisisNotice(CrisisPhrases phrases, MedicalEmergencies emergencies)
{
    // docs/developers/decisions/crisis-phrases.md has the figures behind these three.
    private const int QueryWords = 5;
    private const double QueryRiskFrom = 0.6;
    private const double QueryEmergencyFrom = -0.5;

    private static readonly Lazy<CrisisPhrases> Queries = new(() => CrisisPhrases.LoadBuiltIn("crisis-queries.yml"));

    /// <summary>The built-in phrases and weights.</summary>
    public static CrisisNotice Default { get; } = new(CrisisPhrases.Default, MedicalEmergencies.Default);

    /// <summary>The phrases that must never be missed.</summary>
    public CrisisPhrases Phrases { get; } = phrases;

    /// <summary>What the text suggests: whether to show the crisis lines or 911 first. Never throws; nothing for null or empty text.</summary>
    public DangerSigns Read(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return default;
        var features = CrisisWeights.Risk.Read(Limit(text));
        var risk = CrisisWeights.Risk.Weigh(features) >= CrisisWeights.RiskFrom || Phrases.SuggestsRisk(text);
        return new DangerSigns(risk, emergencies.Suggested(text, features));
    }

    /// <summary>
    /// What a search suggests. Phrases always count, also those of crisis-queries.yml. The learned weights know messages, not search words, so they judge only
    /// queries of five words or more, and from higher sums. Never throws; nothing for null or empty text.
    /// </summary>
    public DangerSigns ReadQuery(string? query)
    {
        if (string.IsNullOrWhiteSpace(query)) return default;
        var likeMessage = MessageTokenizer.Split(Limit(query)).Count >= QueryWords;
        var features = CrisisWeights.Risk.Read(Limit(query));
        var risk = Phrases.SuggestsRisk(query) || Queries.Value.SuggestsRisk(query)
            || (likeMessage && CrisisWeights.Risk.Weigh(features) >= QueryRiskFrom);
        var emergency = emergencies.ByPhrases(query) || (likeMessage && CrisisWeights.Emergency.Weigh(features) >= QueryEmergencyFrom);
        return new DangerSigns(risk, emergency);
    }

    /// <summary>Explains why a text is or isn't marked, for people who test the notice. It quotes what a person wrote, so never store or log it.</summary>
    public CrisisReasons Why(string text)
    {
        text = Limit(text);
        var shares = CrisisWeights
            .Risk.Explain(text, out var sum, out var against)
            .GroupBy(share => text[share.Start..share.End].ToLowerInvariant())
            .Select(word => (Word: word.Key, Weight: word.Sum(share => share.Weight)))
            .ToList();
        return new CrisisReasons(
            Read(text), sum, against, emergencies.Why(text),
            Phrases.Find(text) is { } found ? $"\"{found.Phrase}\" (line {found.Line}, {found.Section})" : null,
            [.. shares.Where(word => word.Weight > 0).OrderByDescending(word => word.Weight).Take(CrisisReasons.Most)],
            [.. shares.Where(word => word.Weight < 0).OrderBy(word => word.Weight).Take(CrisisReasons.Most)]);
    }

    /// <summary>The part of a text that is read. The forms accept far less.</summary>
    internal static string Limit(string text) => text.Length > CrisisPhrases.MostCharacters ? text[..CrisisPhrases.MostCharacters] : text;
}

/// <param name="Signs">What the text suggests.</param>
/// <param name="Weight">The sum of the learned weights. The text is marked if it reaches <see cref="CrisisWeights.RiskFrom"/>.</param>
/// <param name="Against">The kind of harmless message that the text resembles more, which decided the sum: hard or ordinary.</param>
/// <param name="Emergency">Why it is an emergency: the phrase that matches, or the weight.</param>
/// <param name="Phrase">The phrase that matches, with its line in the list; null if none does.</param>
/// <param name="Raise">The words that add most to the risk, heaviest first, with their weights.</param>
/// <param name="Lower">The words that subtract most from it.</param>
public sealed record CrisisReasons(
    DangerSigns Signs,
    double Weight,
    MessageKind Against,
    string Emergency,
    string? Phrase,
    ImmutableArray<(string Word, double Weight)> Raise,
    ImmutableArray<(string Word, double Weight)> Lower
)
{
    /// <summary>The most words listed on each side.</summary>
    public const int Most = 6;
}
