namespace Ketamine.Content.Model;

/// <summary>Removes conditions and treatments from a clinic's name.</summary>
internal static class DiscreetName
{
    private static readonly FrozenSet<string> Telling = new[]
    {
        "ketamine", "esketamine", "spravato", "ketalar", "infusion", "infusions", "iv", "tms", "psychedelic", "psychedelics", "depression", "anxiety", "ptsd",
        "trauma", "pain", "migraine", "addiction", "recovery", "mood", "mental", "psychiatry", "psychiatric", "psychotherapy", "psychology", "neuro",
        "behavioral", "therapy", "therapies", "therapeutics", "treatment", "treatments", "medicine", "health", "wellness", "healing",
        "ketamina", "esketamina", "depresión", "ansiedad", "dolor", "psiquiatría", "terapia", "salud",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // These reveal nothing, but read oddly at the end of what is left: "Cedar & Sage Clinic" becomes "Cedar & Sage".
    private static readonly FrozenSet<string> Trailing = new[]
    {
        "clinic", "clinics", "center", "centers", "centre", "institute", "clínica", "centro", "and", "&", "of", "for", "de", "y", "-",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The rest of the name; "your clinic" if nothing is left.</summary>
    public static string Of(string name)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => !Telling.Contains(word.Trim(',', '.', '(', ')', ':'))).ToList();
        while (words.Count > 0 && Trailing.Contains(words[^1])) words.RemoveAt(words.Count - 1);
        while (words.Count > 0 && Trailing.Contains(words[0])) words.RemoveAt(0);
        var left = string.Join(' ', words);
        return left.Any(char.IsLetter) ? left : "your clinic";
    }
}
