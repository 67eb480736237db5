using System.Collections.Immutable;
using NodaTime;

namespace Ketamine.Content.Claims;

/// <summary>What the gate says of a sentence, the gravest last, so that verdicts compare.</summary>
public enum ClaimVerdict
{
    /// <summary>Nothing to say.</summary>
    None,

    /// <summary>A person must read it.</summary>
    Review,

    /// <summary>Evidence decides: acceptable with a citation in the same sentence.</summary>
    NeedsCitation,

    /// <summary>Never acceptable.</summary>
    Block,
}

/// <summary>How a sentence holds a claim.</summary>
public enum ClaimStance
{
    /// <summary>As the writer's own.</summary>
    Asserts,

    /// <summary>With a limit: may, some people, in mice, not known whether.</summary>
    Hedges,

    /// <summary>As an open question; one that only sells ("Ready to end your depression?") asserts.</summary>
    Asks,

    /// <summary>As what others say.</summary>
    Quotes,

    /// <summary>As a mistake that it mends.</summary>
    Corrects,

    /// <summary>As something to beware of.</summary>
    Warns,

    /// <summary>As an instruction that keeps someone safe: whom to call, what not to do.</summary>
    Instructs,

    /// <summary>As untrue, or as not promised.</summary>
    Denies,
}

/// <summary>The law, code or evidence behind a rule.</summary>
/// <param name="Key">As rules name it.</param>
/// <param name="Basis"><c>seen</c>: its text or a reliable summary was read while the rule was written; <c>memory</c>: named from general knowledge.</param>
/// <param name="Name">In words, with its place in the law.</param>
public sealed record ClaimAuthority(string Key, string Basis, string Name);

/// <summary>One rule of claims.yml, ready to be applied.</summary>
public sealed record ClaimRule
{
    public required string Id { get; init; }

    /// <summary>What kind of claim it looks for (approval, safety, speed …); empty where the file does not say.</summary>
    public string Kind { get; init; } = "";

    /// <summary>What the rule says of a sentence that asserts the claim; never <see cref="ClaimVerdict.None"/>.</summary>
    public required ClaimVerdict Severity { get; init; }

    public required string Why { get; init; }

    public string SayInstead { get; init; } = "";

    public ImmutableArray<ClaimAuthority> Authorities { get; init; } = [];

    /// <summary>Keys of bibliography.yml.</summary>
    public ImmutableArray<string> See { get; init; } = [];

    /// <summary>Sentences on which this rule must speak.</summary>
    public ImmutableArray<string> Examples { get; init; } = [];

    /// <summary>Sentences on which this rule must stay quiet.</summary>
    public ImmutableArray<string> Fine { get; init; } = [];

    /// <summary>The last day on which the law or evidence behind it holds, as the clinic wrote it; null where it doesn't age.</summary>
    public LocalDate? ValidUntil { get; init; }

    /// <summary>Where it stands in claims.yml, from 1.</summary>
    public int Line { get; init; }

    internal ImmutableArray<ClaimPattern> Patterns { get; init; } = [];

    internal ImmutableArray<ClaimPattern> Unless { get; init; } = [];

    /// <summary>
    /// Speaks where the words of the sentence weigh at least this much, and one of its patterns, if it has any, matches; see <see cref="ClaimWeights"/>. Null
    /// where only patterns count.
    /// </summary>
    internal double? Weighs { get; init; }

    /// <summary>
    /// Where the words weigh less, the sentence is for a reader to judge: its patterns say one thing and its words another. Null where the patterns decide.
    /// </summary>
    internal double? DoubtBelow { get; init; }

    /// <summary>How many of the patterns a sentence must hold.</summary>
    internal int AtLeast { get; init; } = 1;

    /// <summary>The claim is itself a denial (no side effects): a "no" within the match is the claim and does not excuse it.</summary>
    internal bool Negative { get; init; }

    /// <summary>Speaks only of a sentence that has no text around it.</summary>
    internal bool Alone { get; init; }

    /// <summary>Speaks only where no rule before it does, and not where what is around the sentence limits it.</summary>
    internal bool Fallback { get; init; }

    internal ImmutableDictionary<ClaimStance, ClaimVerdict> Outcomes { get; init; } = ImmutableDictionary<ClaimStance, ClaimVerdict>.Empty;

    // A limit alone does not mend a claim unless its rule says so; every other stance takes the claim back.
    internal ClaimVerdict Outcome(ClaimStance stance) =>
        Outcomes.TryGetValue(stance, out var verdict) ? verdict
        : stance is ClaimStance.Asserts or ClaimStance.Hedges ? Severity
        : ClaimVerdict.None;
}

/// <summary>A claim that a sentence makes.</summary>
/// <param name="Verdict">What is to be done; milder than the rule's severity where the sentence limits the claim.</param>
/// <param name="Stance">How the sentence holds the claim.</param>
/// <param name="Start">Where the words begin in the sentence, in UTF-16 units.</param>
/// <param name="Length">Of the words, in UTF-16 units.</param>
public sealed record ClaimFinding(ClaimRule Rule, ClaimVerdict Verdict, ClaimStance Stance, int Start, int Length);
