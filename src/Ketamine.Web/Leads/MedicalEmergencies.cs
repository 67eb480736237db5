using Ketamine.Web.Leads.Crisis;

namespace Ketamine.Web.Leads;

/// <summary>
/// Checks whether free text suggests a medical emergency in progress: an overdose, a swollen throat, chest pain, someone who can't be woken. The rules
/// are in emergency-phrases.yml, which uses the notation of crisis-phrases.yml. Immutable and thread-safe; keeps and logs nothing it reads.
/// </summary>
public sealed class MedicalEmergencies
{
    private readonly CrisisPhrases _phrases;

    private MedicalEmergencies(CrisisPhrases phrases) => _phrases = phrases;

    /// <summary>The built-in list, embedded in the assembly.</summary>
    public static MedicalEmergencies Default { get; } = Load();

    /// <summary>Whether to show 911 first. Never throws; false for null or empty text.</summary>
    public bool Suggested(string? text) => _phrases.SuggestsRisk(text);

    private static MedicalEmergencies Load()
    {
        const string name = "emergency-phrases.yml";
        using var stream = typeof(MedicalEmergencies).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in the assembly.");
        return new MedicalEmergencies(CrisisPhrases.Load(stream, name));
    }
}
