using Ketamine.Web.Leads.Crisis;

namespace Ketamine.Web.Leads;

/// <summary>
/// Says whether free text suggests a medical emergency under way: an overdose, a swollen throat, chest pain, someone who can't be woken. The rules are a
/// file in the notation of crisis-phrases.yml (emergency-phrases.yml). Immutable and safe to share; nothing of what it reads is kept or logged.
/// </summary>
public sealed class MedicalEmergencies
{
    private readonly CrisisPhrases _phrases;

    private MedicalEmergencies(CrisisPhrases phrases) => _phrases = phrases;

    /// <summary>The list that comes with the site, from inside the assembly.</summary>
    public static MedicalEmergencies Default { get; } = Load();

    /// <summary>Whether 911 should come first. Never throws; empty or null is no emergency.</summary>
    public bool Suggested(string? text) => _phrases.SuggestsRisk(text);

    private static MedicalEmergencies Load()
    {
        const string name = "emergency-phrases.yml";
        using var stream = typeof(MedicalEmergencies).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in the assembly.");
        return new MedicalEmergencies(CrisisPhrases.Load(stream, name));
    }
}
