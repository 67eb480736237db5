using System.Collections.Immutable;
using NodaTime;

namespace Ketamine.Content.Claims;

/// <summary>The gate's verdict on a sentence, from mild to severe, so verdicts can be compared.</summary>
public enum ClaimVerdict
{
    /// <summary>No objection.</summary>
    None,

    /// <summary>A reviewer must read it.</summary>
    Review,

    /// <summary>Acceptable with a citation in the same sentence.</summary>
    NeedsCitation,

    /// <summary>Never acceptable.</summary>
    Block,
}

/// <summary>A sentence's stance toward a claim.</summary>
public enum ClaimStance
{
    /// <summary>States it as true.</summary>
    Asserts,

    /// <summary>Limits it: may, some people, in mice, not known whether.</summary>
    Hedges,

    /// <summary>Asks an open question. A question that only sells ("Ready to end your depression?") asserts.</summary>
    Asks,

    /// <summary>Reports what others say.</summary>
    Quotes,

    /// <summary>Corrects it as a mistake.</summary>
    Corrects,

    /// <summary>Warns of it.</summary>
    Warns,

    /// <summary>Gives a safety instruction: whom to call, what not to do.</summary>
    Instructs,

    /// <summary>Says that it is untrue, or not promised.</summary>
    Denies,
}

/// <summary>The law, code or evidence behind a rule.</summary>
/// <param name="Key">The name that rules refer to.</param>
/// <param name="Basis"><c>seen</c>: its text or a reliable summary was read while the rule was written; <c>memory</c>: cited from general knowledge.</param>
/// <param name="Name">The full name, with its citation.</param>
public sealed record ClaimAuthority(string Key, string Basis, string Name);

/// <summary>One rule of claims.yml, ready to be applied.</summary>
public sealed record ClaimRule
{
    public required string Id { get; init; }

    /// <summary>What kind of claim it looks for (approval, safety, speed …); empty if the file doesn't say.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The verdict on a sentence that asserts the claim; never <see cref="ClaimVerdict.None"/>.</summary>
    public required ClaimVerdict Severity { get; init; }

    public required string Why { get; init; }

    public string SayInstead { get; init; } = "";

    public ImmutableArray<ClaimAuthority> Authorities { get; init; } = [];

    /// <summary>Keys of bibliography.yml.</summary>
    public ImmutableArray<string> See { get; init; } = [];

    /// <summary>Sentences that this rule must match.</summary>
    public ImmutableArray<string> Examples { get; init; } = [];

    /// <summary>Sentences that this rule must not match.</summary>
    public ImmutableArray<string> Fine { get; init; } = [];

    /// <summary>The last day on which the law or evidence behind it is valid, according to the clinic; null if it doesn't expire.</summary>
    public LocalDate? ValidUntil { get; init; }

    /// <summary>The line in claims.yml, from 1.</summary>
    public int Line { get; init; }

    internal ImmutableArray<ClaimPattern> Patterns { get; init; } = [];

    internal ImmutableArray<ClaimPattern> Unless { get; init; } = [];

    /// <summary>
    /// Matches if the words of the sentence weigh at least this much and one of the rule's patterns, if it has any, matches; see
    /// <see cref="ClaimWeights"/>. Null if only patterns count.
    /// </summary>
    internal double? Weighs { get; init; }

    /// <summary>
    /// If the words weigh less than this, a reviewer decides, because the patterns and the words disagree; if they weigh far less, the words decide.
    /// Null if the patterns decide.
    /// </summary>
    internal double? DoubtBelow { get; init; }

    /// <summary>How far below <see cref="DoubtBelow"/> a weight is far less.</summary>
    internal const double NoDoubtLeft = 0.8;

    /// <summary>If the words weigh at least this much, a match is blocked, because the patterns and the words agree. Null if the patterns decide.</summary>
    internal double? SureFrom { get; init; }

    /// <summary>How many of the patterns a sentence must match.</summary>
    internal int AtLeast { get; init; } = 1;

    /// <summary>The claim is itself a denial (no side effects), so a "no" within the match doesn't excuse it.</summary>
    internal bool Negative { get; init; }

    /// <summary>Applies only to a sentence without context.</summary>
    internal bool Alone { get; init; }

    /// <summary>Applies only if no earlier rule matches and the context doesn't limit the sentence.</summary>
    internal bool Fallback { get; init; }

    internal ImmutableDictionary<ClaimStance, ClaimVerdict> Outcomes { get; init; } = ImmutableDictionary<ClaimStance, ClaimVerdict>.Empty;

    // A limit alone doesn't excuse a claim unless its rule says so; every other stance takes the claim back.
    internal ClaimVerdict Outcome(ClaimStance stance) =>
        Outcomes.TryGetValue(stance, out var verdict) ? verdict
        : stance is ClaimStance.Asserts or ClaimStance.Hedges ? Severity
        : ClaimVerdict.None;
}

/// <summary>A claim that a sentence makes.</summary>
/// <param name="Verdict">Milder than the rule's severity if the sentence limits the claim.</param>
/// <param name="Start">Where the claim's words begin in the sentence, in UTF-16 units.</param>
/// <param name="Length">The length of the claim's words, in UTF-16 units.</param>
public sealed record ClaimFinding(ClaimRule Rule, ClaimVerdict Verdict, ClaimStance Stance, int Start, int Length);
