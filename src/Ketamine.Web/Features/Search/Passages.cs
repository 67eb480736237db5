namespace Ketamine.Web.Features.Search;

/// <summary>Which paragraphs of a page hold what a question asks. A question is answered by a paragraph rather than by a page.</summary>
internal sealed class Passages
{
    private readonly float[] _worth;
    private readonly ulong[] _asked;
    private readonly Dictionary<int, List<(int Term, float Factor)>> _terms = [];

    /// <param name="terms">The stems of each thing asked, and its rarity.</param>
    /// <param name="stems">The number of stems in the index.</param>
    public Passages(IReadOnlyList<(List<(int Stem, float Factor)> Stems, float Rarity)> terms, int stems)
    {
        _worth = [.. terms.Select(term => term.Rarity)];
        _asked = new ulong[(stems / 64) + 1];
        for (var term = 0; term < terms.Count; term++)
        {
            foreach (var (stem, factor) in terms[term].Stems.Where(one => one.Stem < stems))
            {
                if (!_terms.TryGetValue(stem, out var same)) _terms.Add(stem, same = []);
                same.Add((term, factor));
                _asked[stem / 64] |= 1UL << (stem % 64);
            }
        }
    }

    /// <summary>How much of the question the best paragraph holds, less the more of it is missing.</summary>
    public float Best(ReadOnlySpan<int> stems, int bodyStart)
    {
        var total = _worth.Sum();
        if (total == 0 || bodyStart == stems.Length) return 0;
        var most = InLines(stems, bodyStart, above: true).Max();
        return most * most / total;
    }

    /// <summary>How much of the question each line of the body holds.</summary>
    /// <param name="stems">The stems of all fields, with -1 after each line.</param>
    /// <param name="above">Whether the words of the title, the summary, and the headings count for each line.</param>
    public float[] InLines(ReadOnlySpan<int> stems, int bodyStart, bool above)
    {
        var (title, here) = (new float[_worth.Length], new float[_worth.Length]);
        if (above) Collect(stems[..bodyStart], title);
        var lines = new float[stems[bodyStart..].Count(-1)];
        var start = bodyStart;
        for (var line = 0; line < lines.Length; line++)
        {
            var length = stems[start..].IndexOf(-1);
            title.CopyTo(here, 0);
            Collect(stems.Slice(start, length), here);
            for (var term = 0; term < here.Length; term++) lines[line] += here[term] * _worth[term];
            start += length + 1;
        }

        return lines;
    }

    private void Collect(ReadOnlySpan<int> stems, float[] found)
    {
        foreach (var stem in stems)
        {
            if (stem < 0 || (_asked[stem / 64] & (1UL << (stem % 64))) == 0) continue;
            foreach (var (term, factor) in _terms[stem]) found[term] = Math.Max(found[term], factor);
        }
    }
}
