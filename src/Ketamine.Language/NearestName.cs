namespace Ketamine.Language;

/// <summary>Finds the known name that a misspelled one was most likely meant to be.</summary>
public static class NearestName
{
    /// <summary>"; did you mean x?", or an empty string when no known name is close enough to be a typo.</summary>
    public static string Hint(string name, IEnumerable<string> known) => To(name, known) is { } near ? $"; did you mean {near}?" : "";

    /// <summary>The closest of <paramref name="known"/>, within a third of the name's letters and never more than 4 typos; null if there is none.</summary>
    public static string? To(string name, IEnumerable<string> known)
    {
        if (name.Length is < 3 or > 100) return null;
        var limit = Math.Clamp(name.Length / 3, 1, 4);
        string? best = null;
        foreach (var candidate in known)
        {
            if (Math.Abs(candidate.Length - name.Length) > limit) continue;
            var distance = EditDistance.Typos(name.ToLowerInvariant(), candidate.ToLowerInvariant(), limit);
            if (distance > limit) continue;
            (limit, best) = (distance - 1, candidate);
            if (distance == 0) break;
        }

        return best;
    }
}
