using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Ketamine.Content.Claims;

/// <summary>
/// Tells in one pass over a text which of many patterns can match it: those whose <see cref="RequiredText"/> it has. Thread-safe.
/// </summary>
internal sealed class PatternSieve
{
    private readonly SubstringFinder _pieces;
    private readonly int[][] _setsOfPiece;
    private readonly int[] _patternOfSet;
    private readonly byte[] _setsOfPattern;

    /// <param name="required">For each pattern, its <see cref="RequiredText"/>.</param>
    public PatternSieve(IReadOnlyList<ImmutableArray<ImmutableArray<string>>> required)
    {
        var setsOfPiece = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var patternOfSet = new List<int>();
        for (var pattern = 0; pattern < required.Count; pattern++)
            foreach (var set in required[pattern])
            {
                foreach (var piece in set)
                    if (setsOfPiece.TryGetValue(piece, out var sets)) sets.Add(patternOfSet.Count);
                    else setsOfPiece[piece] = [patternOfSet.Count];
                patternOfSet.Add(pattern);
            }

        _pieces = new SubstringFinder([.. setsOfPiece.Keys]);
        _setsOfPiece = [.. setsOfPiece.Values.Select(sets => sets.ToArray())];
        _patternOfSet = [.. patternOfSet];
        _setsOfPattern = [.. required.Select(sets => (byte)sets.Length)];
    }

    /// <summary>For each pattern, how many of its sets of required pieces the text lacks; it can match only if that is 0.</summary>
    public byte[] Missing(string text)
    {
        var missing = (byte[])_setsOfPattern.Clone();
        var present = new bool[_patternOfSet.Length];
        foreach (var piece in _pieces.Find(text))
            foreach (var set in _setsOfPiece[piece])
            {
                if (present[set]) continue;
                present[set] = true;
                missing[_patternOfSet[set]]--;
            }

        return missing;
    }
}

/// <summary>Regular expressions of which only those are run that can match a text. Thread-safe.</summary>
internal sealed class SievedPatterns(params Regex[] patterns)
{
    private readonly PatternSieve _sieve = new([.. patterns.Select(pattern => RequiredText.Of(pattern.ToString()))]);
    private readonly FrozenDictionary<Regex, int> _numbers = patterns.Index().ToFrozenDictionary(pattern => pattern.Item, pattern => pattern.Index);

    /// <param name="text">In lowercase.</param>
    public Sieved On(string text) => new(_numbers, _sieve.Missing(text), text);

    /// <summary>The patterns on one text.</summary>
    public readonly struct Sieved(FrozenDictionary<Regex, int> numbers, byte[] missing, string text)
    {
        public bool MayMatch(Regex pattern) => missing[numbers[pattern]] == 0;

        public bool IsMatch(Regex pattern) => MayMatch(pattern) && pattern.IsMatch(text);

        public Match Match(Regex pattern) => MayMatch(pattern) ? pattern.Match(text) : System.Text.RegularExpressions.Match.Empty;

        public IEnumerable<Match> Matches(Regex pattern) => MayMatch(pattern) ? pattern.Matches(text) : [];
    }
}
