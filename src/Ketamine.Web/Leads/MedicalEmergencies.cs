using Ketamine.Language.Learning;
using Ketamine.Web.Leads.Crisis;

namespace Ketamine.Web.Leads;

/// <summary>
/// Checks whether free text suggests a medical emergency in progress: an overdose, a swollen throat, chest pain, someone who can't be woken. The rules
/// are in emergency-phrases.yml, which uses the notation of crisis-phrases.yml; learned weights add what no phrase foresees. Immutable and thread-safe; keeps
/// and logs nothing it reads.
/// </summary>
public sealed class MedicalEmergencies
{
    private readonly CrisisPhrases _phrases;

    private MedicalEmergencies(CrisisPhrases phrases) => _phrases = phrases;

    /// <summary>The built-in list, embedded in the assembly.</summary>
    public static MedicalEmergencies Default { get; } = new(CrisisPhrases.LoadBuiltIn("emergency-phrases.yml"));

    /// <summary>
    /// Whether to show 911 first: because a phrase matches, or because the text resembles emergencies. Never throws; false for null or empty text.
    /// </summary>
    public bool Suggested(string? text) =>
        !string.IsNullOrWhiteSpace(text) && Suggested(text, CrisisWeights.Emergency.Read(CrisisNotice.Limit(text)));

    internal bool Suggested(string text, TextFeatures features) => CrisisWeights.Emergency.Weigh(features) >= CrisisWeights.EmergencyFrom || ByPhrases(text);

    /// <summary>The phrase that matches, or the text's weight as an emergency. It never quotes the text itself.</summary>
    internal string Why(string text) => _phrases.Find(text) is { } found
        ? $"\"{found.Phrase}\" (line {found.Line}, {found.Section})"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"weight {CrisisWeights.Emergency.Weigh(CrisisNotice.Limit(text)):+0.00;-0.00}; marked from {CrisisWeights.EmergencyFrom:+0.00;-0.00}");

    /// <summary>Whether a phrase in the list matches.</summary>
    internal bool ByPhrases(string? text) => _phrases.SuggestsRisk(text);
}
