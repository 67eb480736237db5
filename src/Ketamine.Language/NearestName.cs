namespace Ketamine.Language;

/// <summary>Finds the known name that a mistyped one most likely meant.</summary>
public static class NearestName
{
    /// <summary>"; did you mean x?", or nothing where no known name is near enough to be a likely slip.</summary>
    public static string Hint(string name, IEnumerable<string> known) => To(name, known) is { } near ? $"; did you mean {near}?" : "";

    /// <summary>The nearest of <paramref name="known"/>, at most a third of the name's letters (and never more than 4) away.</summary>
    public static string? To(string name, IEnumerable<string> known)
    {
        if (name.Length is < 3 or > 100) return null;
        var limit = Math.Clamp(name.Length / 3, 1, 4);
        string? best = null;
        foreach (var candidate in known)
        {
            if (Math.Abs(candidate.Length - name.Length) > limit) continue;
            var distance = EditDistance.Slips(name.ToLowerInvariant(), candidate.ToLowerInvariant(), limit);
            if (distance > limit) continue;
            (limit, best) = (distance - 1, candidate);
            if (distance == 0) break;
        }

        return best;
    }
}
