using System.Collections.Immutable;
using System.Text;
using Ketamine.Language.Learning;

namespace Ketamine.Content.Claims;

/// <summary>What stands around a sentence; the wide rules ask.</summary>
public enum ClaimSetting
{
    /// <summary>Nothing: a line of a list of sentences, of any origin. It must say its own limits.</summary>
    Alone,

    /// <summary>A text that goes on, and its title, summary and captions.</summary>
    Text,

    /// <summary>A heading, a paragraph with a citation, a section on risks: what is around it limits it.</summary>
    Limited,
}

/// <summary>
/// Says of a sentence which claims it makes that the rules know. A rule speaks when enough of its patterns match, none of its <c>unless</c>
/// does, and the sentence holds the claim as its own: asked, quoted, corrected, warned of or denied, it is no claim. A rule that weighs words
/// speaks where they weigh enough. Safe for use by many threads.
/// </summary>
public sealed class ClaimsGate
{
    private readonly ClaimRules _rules;
    private readonly Func<LearnedWeights> _weights;
    private readonly SubstringFinder _pieces;
    private readonly int[][] _setsOfPiece;
    private readonly Range[] _setsOfPattern;
    private readonly int _sets;

    /// <param name="rules">They may be held against texts in any number of gates.</param>
    public ClaimsGate(ClaimRules rules)
        : this(rules, () => ClaimWeights.Own)
    {
    }

    /// <param name="weights">Asked for only at a sentence that a rule weighs.</param>
    internal ClaimsGate(ClaimRules rules, Func<LearnedWeights> weights)
    {
        (_rules, _weights) = (rules, weights);
        var setsOfPiece = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        _setsOfPattern = new Range[rules.Patterns.Length];
        foreach (var pattern in rules.Patterns)
        {
            _setsOfPattern[pattern.Number] = _sets..(_sets + pattern.Required.Length);
            foreach (var set in pattern.Required)
            {
                foreach (var piece in set)
                    if (setsOfPiece.TryGetValue(piece, out var sets)) sets.Add(_sets);
                    else setsOfPiece[piece] = [_sets];
                _sets++;
            }
        }

        _pieces = new SubstringFinder([.. setsOfPiece.Keys]);
        _setsOfPiece = [.. setsOfPiece.Values.Select(sets => sets.ToArray())];
    }

    /// <summary>The claims of one sentence, the gravest first, at most one a rule.</summary>
    /// <param name="sentence">Plain text, one sentence; see <see cref="Sentences"/>.</param>
    /// <param name="cited">The sentence carries a citation, so that what only needs one is in order.</param>
    /// <param name="setting">What stands around it.</param>
    public ImmutableArray<ClaimFinding> Examine(string sentence, bool cited = false, ClaimSetting setting = ClaimSetting.Alone)
    {
        var (text, positions) = Normalize(sentence);
        var present = new bool[_sets];
        foreach (var piece in _pieces.Find(text))
            foreach (var set in _setsOfPiece[piece])
                present[set] = true;

        SentenceReading? reading = null;
        (double Weight, (int Start, int End) Heaviest)? weighed = null;
        var findings = new List<ClaimFinding>();
        var (spoken, takenBack) = (false, false);
        // A term or a label in running text says nothing yet that its words could be weighed for.
        var fragment = setting == ClaimSetting.Text && text.AsSpan().Count(' ') < 3;
        foreach (var rule in _rules.All)
        {
            if (
                (rule.Fallback && (spoken || setting == ClaimSetting.Limited || fragment))
                || (rule.Alone && setting != ClaimSetting.Alone)
                || Apply(rule) is not { } finding
            )
                continue;
            spoken = true;
            if (finding.Verdict == ClaimVerdict.NeedsCitation && cited) continue;
            if (rule.DoubtBelow is { } doubt && Weight() < doubt)
            {
                if (rule.Severity == ClaimVerdict.Review) continue;
                finding = finding with { Verdict = ClaimVerdict.Review };
            }

            var (start, end) = (At(finding.Start), At(finding.Start + finding.Length - 1) + 1);
            findings.Add(finding with { Start = start, Length = end - start });
        }

        return [.. findings.OrderByDescending(finding => finding.Verdict)];

        int At(int position) => positions is null ? position : positions[position];

        bool MayMatch(ClaimPattern pattern)
        {
            var sets = _setsOfPattern[pattern.Number];
            return !present.AsSpan(sets).Contains(false);
        }

        ClaimFinding? Apply(ClaimRule rule)
        {
            if (rule.Weighs is { } least) return Weighed(rule, least);
            ClaimFinding? gravest = null;
            var held = 0;
            var unlessAsked = false;
            foreach (var pattern in rule.Patterns)
            {
                if (!MayMatch(pattern)) continue;
                var holds = false;
                for (var at = 0; pattern.Next(text, at, out var start, out var end) && end > start; at = end)
                {
                    if (!unlessAsked && rule.Unless.Any(unless => MayMatch(unless) && unless.IsMatch(text))) return null;
                    unlessAsked = true;
                    var finding = Judge(rule, start, end);
                    takenBack |= finding is null;
                    if (finding is null) continue;
                    holds = true;
                    if (gravest is null || finding.Verdict > gravest.Verdict) gravest = finding;
                    if (finding.Verdict == rule.Severity) break;
                }

                if (pattern.Retired) return new ClaimFinding(rule, ClaimVerdict.Review, ClaimStance.Asserts, 0, text.Length);
                if (holds && ++held >= rule.AtLeast && gravest!.Verdict == rule.Severity) break;
            }

            return held < rule.AtLeast ? null : gravest;
        }

        // The weights know denials, limits and questions by their words. Where a rule has found a claim and seen it taken back, a doubt is none.
        ClaimFinding? Weighed(ClaimRule rule, double least)
        {
            if (!rule.Patterns.IsEmpty && !rule.Patterns.Any(pattern => MayMatch(pattern) && pattern.IsMatch(text))) return null;
            if (Weight() < (takenBack ? Math.Max(least, 0) : least) || rule.Unless.Any(unless => MayMatch(unless) && unless.IsMatch(text))) return null;
            var (start, end) = weighed!.Value.Heaviest;
            return end > start ? new ClaimFinding(rule, rule.Severity, ClaimStance.Asserts, start, end - start) : null;
        }

        double Weight() => (weighed ??= (_weights().Weigh(text, out var heaviest), heaviest)).Weight;

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
