using System.Collections.Immutable;

namespace Ketamine.Content.Claims;

/// <summary>A marker's position relative to the claim's words; english.yml explains each.</summary>
internal enum Reach
{
    Before,
    Near,
    Inside,
    After,
    Anywhere,
    Except,
}

internal sealed record StanceMarker(ClaimStance Stance, Reach Reach, ClaimPattern Pattern);

/// <summary>How a language marks whether a writer asserts a claim.</summary>
/// <param name="Clauses">What separates two clauses.</param>
internal sealed record Stances(ImmutableArray<ClaimPattern> Clauses, ImmutableArray<StanceMarker> Markers);

/// <summary>
/// The clauses and markers of one sentence, found once for all claims that it makes.
/// </summary>
internal sealed class SentenceReading
{
    private const int NearCharacters = 30;
    private readonly string _text;
    private readonly List<(int Start, int End)> _breaks = [];
    private readonly List<(StanceMarker Marker, int Start, int End)> _marks = [];

    /// <param name="mayMatch">Whether the pattern's required text occurs in the sentence.</param>
    public SentenceReading(string text, Stances stances, Func<ClaimPattern, bool> mayMatch)
    {
        _text = text;
        foreach (var clause in stances.Clauses.Where(mayMatch))
            foreach (var found in All(clause))
                _breaks.Add(found);

        var voids = new List<(ClaimStance Stance, int Start, int End)>();
        foreach (var marker in stances.Markers.Where(marker => mayMatch(marker.Pattern)))
            foreach (var (start, end) in All(marker.Pattern))
            {
                if (marker.Reach == Reach.Except) voids.Add((marker.Stance, start, end));
                else _marks.Add((marker, start, end));
            }

        _marks.RemoveAll(mark => voids.Exists(gap => gap.Stance == mark.Marker.Stance && gap.Start < mark.End && mark.Start < gap.End));
    }

    /// <summary>Every stance of the sentence toward the claim that its words from start to end make.</summary>
    /// <param name="negative">The claim is itself a denial, so a denial within its words doesn't take it back.</param>
    public IEnumerable<ClaimStance> Of(int start, int end, bool negative)
    {
        var (from, to) = (0, _text.Length);
        foreach (var gap in _breaks)
        {
            if (gap.End <= start) from = Math.Max(from, gap.End);
            if (gap.Start >= end) to = Math.Min(to, gap.Start);
        }

        return _marks.Where(mark => mark.Marker.Reach switch
        {
            Reach.Anywhere => true,
            Reach.Before => mark.Start >= from && mark.End <= start,
            Reach.Near => mark.Start >= from && mark.End <= start && start - mark.End <= NearCharacters
                && _text.IndexOf(',', mark.End, start - mark.End) < 0,
            Reach.Inside => mark.Start >= start && mark.End <= end && !(negative && mark.Marker.Stance == ClaimStance.Denies),
            Reach.After => mark.Start >= end && mark.End <= to,
            _ => false,
        }).Select(mark => mark.Marker.Stance);
    }

    private IEnumerable<(int Start, int End)> All(ClaimPattern pattern)
    {
        for (var at = 0; pattern.Next(_text, at, out var start, out var end); at = Math.Max(end, at + 1))
            yield return (start, end);
    }
}
