using System.Collections;
using System.Collections.Immutable;
using System.Text;

namespace Ketamine.Web.Content.Claims;

/// <summary>
/// Says of a sentence which claims it makes that the rules know. A rule speaks when enough of its patterns match, none of its <c>unless</c>
/// does, and the sentence holds the claim as its own: asked, quoted, corrected, warned of or denied, it is no claim. Safe for use by many threads.
/// </summary>
public sealed class ClaimsGate
{
    private readonly ClaimRules _rules;
    private readonly PieceFinder _pieces;
    private readonly int[][] _rulesOfPiece;
    private readonly int[] _alwaysTried;
    private readonly Dictionary<ClaimPattern, int[]> _piecesOf = new(ReferenceEqualityComparer.Instance);

    public ClaimsGate(ClaimRules rules)
    {
        _rules = rules;
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var all = rules.All.SelectMany(rule => rule.Patterns.Concat(rule.Unless))
            .Concat(rules.Stances.Clauses).Concat(rules.Stances.Markers.Select(marker => marker.Pattern));
        foreach (var pattern in all)
            _piecesOf[pattern] = [.. pattern.Required.Select(piece => numbers.TryGetValue(piece, out var number) ? number : numbers[piece] = numbers.Count)];

        _pieces = new PieceFinder([.. numbers.Keys]);
        var rulesOfPiece = new SortedSet<int>[numbers.Count];
        var always = new List<int>();
        for (var rule = 0; rule < rules.All.Length; rule++)
            foreach (var pattern in rules.All[rule].Patterns)
            {
                if (_piecesOf[pattern] is { Length: 0 }) always.Add(rule);
                foreach (var piece in _piecesOf[pattern]) (rulesOfPiece[piece] ??= []).Add(rule);
            }

        _rulesOfPiece = [.. rulesOfPiece.Select(set => set is null ? [] : set.ToArray())];
        _alwaysTried = [.. always.Distinct()];
    }

    /// <summary>The claims of one sentence, the gravest first, at most one a rule.</summary>
    /// <param name="sentence">Plain text, one sentence; see <see cref="Sentences"/>.</param>
    /// <param name="cited">The sentence carries a citation, so that what only needs one is in order.</param>
    public ImmutableArray<ClaimFinding> Examine(string sentence, bool cited = false)
    {
        var (text, positions) = Normalize(sentence);
        var seen = new BitArray(_pieces.Count);
        var candidates = new BitArray(_rules.All.Length);
        _pieces.Find(text, piece =>
        {
            if (seen[piece]) return;
            seen[piece] = true;
            foreach (var rule in _rulesOfPiece[piece]) candidates[rule] = true;
        });
        foreach (var rule in _alwaysTried) candidates[rule] = true;

        SentenceReading? reading = null;
        var findings = new List<ClaimFinding>();
        for (var rule = 0; rule < candidates.Length; rule++)
        {
            if (!candidates[rule] || Apply(_rules.All[rule]) is not { } finding) continue;
            if (finding.Verdict == ClaimVerdict.NeedsCitation && cited) continue;
            var (start, end) = (At(finding.Start), At(finding.Start + finding.Length - 1) + 1);
            findings.Add(finding with { Start = start, Length = end - start });
        }

        return [.. findings.OrderByDescending(finding => finding.Verdict)];

        int At(int position) => positions is null ? position : positions[position];

        bool MayMatch(ClaimPattern pattern)
        {
            var pieces = _piecesOf[pattern];
            return pieces.Length == 0 || Array.Exists(pieces, piece => seen[piece]);
        }

        ClaimFinding? Apply(ClaimRule rule)
        {
            ClaimFinding? gravest = null;
            var held = 0;
            foreach (var pattern in rule.Patterns.Where(MayMatch))
            {
                var holds = false;
                for (var at = 0; pattern.Next(text, at, out var start, out var end) && end > start; at = end)
                {
                    var finding = Judge(rule, start, end);
                    if (finding is null) continue;
                    holds = true;
                    if (gravest is null || finding.Verdict > gravest.Verdict) gravest = finding;
                    if (finding.Verdict == rule.Severity) break;
                }

                if (pattern.Retired) return new ClaimFinding(rule, ClaimVerdict.Review, ClaimStance.Asserts, 0, text.Length);
                if (holds && ++held >= rule.AtLeast && gravest!.Verdict == rule.Severity) break;
            }

            return held < rule.AtLeast || gravest is null || rule.Unless.Any(unless => MayMatch(unless) && unless.IsMatch(text)) ? null : gravest;
        }

        // The mildest outcome of all stances that hold: "we can't say whether it may help" is excused by the first of them.
        ClaimFinding? Judge(ClaimRule rule, int start, int end)
        {
            reading ??= new SentenceReading(text, _rules.Stances, MayMatch);
            var (verdict, stance) = (rule.Severity, ClaimStance.Asserts);
            foreach (var held in reading.Of(start, end, rule.Negative))
                if (rule.Outcome(held) is var outcome && (outcome < verdict || stance == ClaimStance.Asserts))
                    (verdict, stance) = (outcome < verdict ? outcome : verdict, held);
            return verdict == ClaimVerdict.None ? null : new ClaimFinding(rule, verdict, stance, start, end - start);
        }
    }

    // Rules are written in plain quotes, hyphens and spaces; writers and word processors use others. Positions is null where nothing moved.
    private static (string Text, int[]? Positions) Normalize(string sentence)
    {
        if (System.Text.Ascii.IsValid(sentence)) return (sentence, null);
        var text = new StringBuilder(sentence.Length);
        var positions = new int[sentence.Length];
        for (var i = 0; i < sentence.Length; i++)
        {
            var c = sentence[i];
            if (c is '\u00ad' or '\u200b' or '\u200c' or '\u200d' or '\u2060' or '\ufeff') continue;
            positions[text.Length] = i;
            text.Append(c switch
            {
                '\u2018' or '\u2019' or '\u02bc' or '\u2032' => '\'',
                '\u201c' or '\u201d' or '\u201e' or '\u00ab' or '\u00bb' => '"',
                '\u2010' or '\u2011' => '-',
                '\u212a' => 'k', // the Kelvin sign, which a regex that ignores case takes for a k
                _ when char.IsWhiteSpace(c) => ' ',
                _ => c,
            });
        }

        return (text.ToString(), text.Length == sentence.Length ? null : positions);
    }
}
