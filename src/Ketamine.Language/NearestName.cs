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
            var distance = Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance > limit) continue;
            (limit, best) = (distance - 1, candidate);
            if (distance == 0) break;
        }

        return best;
    }

    /// <summary>Damerau and Levenshtein's, in its restricted form: insertions, deletions, changes and swaps of neighbors, one each.</summary>
    public static int Distance(string a, string b)
    {
        var before = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var now = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            now[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                now[j] = Math.Min(Math.Min(now[j - 1] + 1, last[j] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = Math.Min(now[j], before[j - 2] + 1);
            }

            (before, last, now) = (last, now, before);
        }

        return last[b.Length];
    }
}
