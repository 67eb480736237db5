using System.Collections.Immutable;
using System.Text;
using Ketamine.Language.Learning;

namespace Ketamine.Content.Claims;

/// <summary>The context of a sentence, which the broad rules depend on.</summary>
public enum ClaimSetting
{
    /// <summary>None: one line of a list of sentences. The sentence must state its own limits.</summary>
    Alone,

    /// <summary>Running text, or a title, summary, or caption.</summary>
    Text,

    /// <summary>A heading, a paragraph with a citation, or a section on risks, where the context limits the claim.</summary>
    Limited,

    /// <summary>Running text many of whose sentences can't stand as they are, so that a weaker suspicion counts.</summary>
    AmongClaims,
}

/// <summary>
/// Finds the claims that a sentence makes. A rule matches when enough of its patterns do, none of its <c>unless</c> patterns does, and the sentence
/// asserts the claim: one that is asked, quoted, corrected, warned of, or denied doesn't count. A rule that weighs words matches when they weigh
/// enough. Thread-safe.
/// </summary>
public sealed class ClaimsGate
{
    // How much less words need to weigh among claims. Set by cross-validation by writer; see docs/developers/decisions/claims-gate.md.
    private const double LessAmongClaims = 0.2;

    private readonly ClaimRules _rules;
    private readonly Func<LearnedWeights> _weights;
    private readonly PatternSieve _sieve;

    public ClaimsGate(ClaimRules rules)
        : this(rules, () => ClaimWeights.Own)
    {
    }

    /// <param name="weights">Called only for a sentence that a rule weighs.</param>
    internal ClaimsGate(ClaimRules rules, Func<LearnedWeights> weights)
    {
        (_rules, _weights) = (rules, weights);
        _sieve = new PatternSieve([.. rules.Patterns.Select(pattern => pattern.Required)]);
    }

    /// <summary>The claims of one sentence, worst first, at most one per rule.</summary>
    /// <param name="sentence">Plain text, one sentence; see <see cref="Sentences"/>.</param>
    /// <param name="cited">Whether the sentence has a citation, which is all that some claims need.</param>
    /// <param name="setting">The sentence's context.</param>
    public ImmutableArray<ClaimFinding> Examine(string sentence, bool cited = false, ClaimSetting setting = ClaimSetting.Alone) =>
        new Examination(this, sentence).Run(cited, setting);

    /// <summary>Holds one sentence against every rule.</summary>
    private sealed class Examination
    {
        private readonly ClaimsGate _gate;
        private readonly string _original;
        private readonly string _text;
        private readonly int[]? _positions;
        private readonly byte[] _missing;
        private SentenceReading? _reading;
        private (double Weight, (int Start, int End) Heaviest)? _weighed;

        // A rule has matched, but the sentence doesn't assert the claim.
        private bool _takenBack;

        public Examination(ClaimsGate gate, string sentence)
        {
            (_gate, _original) = (gate, sentence);
            (_text, _positions) = Normalize(sentence);
            _missing = gate._sieve.Missing(_text);
        }

        public ImmutableArray<ClaimFinding> Run(bool cited, ClaimSetting setting)
        {
            var findings = new List<ClaimFinding>();
            var anyFound = false;
            foreach (var rule in _gate._rules.All)
            {
                if (!Applies(rule, setting, anyFound) || Find(rule, setting) is not { } finding) continue;
                anyFound = true;
                if (finding.Verdict == ClaimVerdict.NeedsCitation && cited) continue;
                if (rule.DoubtBelow is { } doubt && Weight() < doubt)
                {
                    if (rule.Severity == ClaimVerdict.Review || Weight() < doubt - ClaimRule.NoDoubtLeft) continue;
                    finding = finding with { Verdict = ClaimVerdict.Review };
                }
                else if (rule.SureFrom is { } sure && Weight() >= sure)
                {
                    finding = finding with { Verdict = ClaimVerdict.Block };
                }

                var (start, end) = (OriginalIndex(finding.Start), OriginalIndex(finding.Start + finding.Length - 1) + 1);
                if (end < _original.Length && char.IsLowSurrogate(_original[end])) end++;
                findings.Add(finding with { Start = start, Length = end - start });
            }

            return [.. findings.OrderByDescending(finding => finding.Verdict)];
        }

        private bool Applies(ClaimRule rule, ClaimSetting setting, bool anyFound)
        {
            if (rule.Alone && setting != ClaimSetting.Alone) return false;
            if (!rule.Fallback) return true;
            if (anyFound || setting == ClaimSetting.Limited) return false;
            // A term, label, or title has too few words to weigh, and a short sentence too few for an error.
            var words = _text.AsSpan().Count(' ') + 1;
            return setting == ClaimSetting.Alone || words >= (rule.Severity == ClaimVerdict.Review ? 4 : 8);
        }

        private ClaimFinding? Find(ClaimRule rule, ClaimSetting setting)
        {
            if (rule.Weighs is { } least)
                return FindByWeight(rule, rule.Fallback && setting == ClaimSetting.AmongClaims ? least - LessAmongClaims : least);
            ClaimFinding? worst = null;
            var matched = 0;
            var unlessChecked = false;
            foreach (var pattern in rule.Patterns)
            {
                if (!MayMatch(pattern)) continue;
                var matches = false;
                for (var at = 0; pattern.Next(_text, at, out var start, out var end) && end > start; at = end)
                {
                    if (!unlessChecked && rule.Unless.Any(IsMatch)) return null;
                    unlessChecked = true;
                    var finding = Judge(rule, start, end);
                    _takenBack |= finding is null;
                    if (finding is null) continue;
                    matches = true;
                    if (worst is null || finding.Verdict > worst.Verdict) worst = finding;
                    if (finding.Verdict == rule.Severity) break;
                }

                if (pattern.Retired) return new ClaimFinding(rule, ClaimVerdict.Review, ClaimStance.Asserts, 0, _text.Length);
                if (matches && ++matched >= rule.AtLeast && worst!.Verdict == rule.Severity) break;
            }

            return matched < rule.AtLeast ? null : worst;
        }

        // The weights already count the words of denials, limits, and questions. If another rule's claim was taken back, a weak suspicion isn't enough.
        private ClaimFinding? FindByWeight(ClaimRule rule, double least)
        {
            if (!rule.Patterns.IsEmpty && !rule.Patterns.Any(IsMatch)) return null;
            if (Weight() < (_takenBack ? Math.Max(least, 0) : least) || rule.Unless.Any(IsMatch)) return null;
            var (start, end) = _weighed!.Value.Heaviest;
            return end > start && IsKnown() ? new ClaimFinding(rule, rule.Severity, ClaimStance.Asserts, start, end - start) : null;
        }

        // The mildest outcome of all stances that apply: "we can't say whether it may help" is excused by the first of them.
        private ClaimFinding? Judge(ClaimRule rule, int start, int end)
        {
            _reading ??= new SentenceReading(_text, _gate._rules.Stances, MayMatch);
            var (verdict, stance) = (rule.Severity, ClaimStance.Asserts);
            foreach (var candidate in _reading.Of(start, end, rule.Negative))
            {
                var outcome = rule.Outcome(candidate);
                if (outcome >= verdict && stance != ClaimStance.Asserts) continue;
                stance = candidate;
                if (outcome < verdict) verdict = outcome;
            }

            return verdict == ClaimVerdict.None ? null : new ClaimFinding(rule, verdict, stance, start, end - start);
        }

        // Words that no example has, such as those of another language, say nothing.
        private bool IsKnown()
        {
            var words = _gate._weights().Explain(_text, out _);
            return 3 * words.Count(word => word.Weight == 0) <= words.Length;
        }

        private double Weight() => (_weighed ??= (_gate._weights().Weigh(_text, out var heaviest), heaviest)).Weight;

        private bool IsMatch(ClaimPattern pattern) => MayMatch(pattern) && pattern.IsMatch(_text);

        private bool MayMatch(ClaimPattern pattern) => _missing[pattern.Number] == 0;

        private int OriginalIndex(int index) => _positions is null ? index : _positions[index];
    }

    // Rules use plain quotes, hyphens, spaces, and letters; writers and word processors use others, and letters of another alphabet that look the
    // same must not hide a claim. Positions is null if nothing moved.
    private static (string Text, int[]? Positions) Normalize(string sentence)
    {
        if (System.Text.Ascii.IsValid(sentence)) return (sentence, null);
        var text = new StringBuilder(sentence.Length);
        var positions = new int[sentence.Length];
        for (var i = 0; i < sentence.Length; i++)
        {
            var c = sentence[i];
            if (c is '\u00ad' or '\u200b' or '\u200c' or '\u200d' or '\u2060' or '\ufeff' or (>= '\u0334' and <= '\u0338')) continue;
            positions[text.Length] = i;
            // Mathematical letters, such as 𝐜, are pairs of surrogates.
            if (char.IsHighSurrogate(c) && Rune.TryGetRuneAt(sentence, i, out var rune) && rune.Value is >= 0x1D400 and <= 0x1D7FF
                && rune.ToString().Normalize(NormalizationForm.FormKC) is [var plain])
            {
                text.Append(plain);
                i++;
                continue;
            }

            text.Append(c switch
            {
                '\u2018' or '\u2019' or '\u02bc' or '\u2032' => '\'',
                '\u201c' or '\u201d' or '\u201e' or '\u00ab' or '\u00bb' => '"',
                '\u2010' or '\u2011' => '-',
                '\u212a' => 'k', // the Kelvin sign, which matches k when a regex ignores case
                _ when char.IsWhiteSpace(c) => ' ',
                // By itself, a Greek letter is one: "the κ receptor".
                >= '\u0370' and <= '\u03ff' when !IsLetter(i - 1) && !IsLetter(i + 1) => c,
                _ => LookAlikes.ToLatin(c),
            });
        }

        return (text.ToString(), text.Length == sentence.Length ? null : positions);

        bool IsLetter(int index) => index >= 0 && index < sentence.Length && char.IsLetter(sentence[index]);
    }
}
