using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Ketamine.Content.Claims;

/// <summary>How well the cited works support a sentence.</summary>
public enum Fit
{
    /// <summary>They support it.</summary>
    Fits,

    /// <summary>A work is of the wrong kind, studied other people or another topic, or didn't find this.</summary>
    Misfits,

    /// <summary>A number in the sentence isn't in any of the works.</summary>
    WrongNumber,

    /// <summary>A work found the opposite.</summary>
    Contradicts,
}

/// <param name="Reason">For the editor: which work doesn't fit, and why.</param>
/// <param name="WouldFit">Keys of works in the bibliography that would support the sentence.</param>
public sealed record FitFinding(Fit Fit, string Reason, ImmutableArray<string> WouldFit);

/// <summary>
/// Checks whether the cited works support a sentence. A claim that a treatment helps, helps fast, lasts, beats another one, or is safe needs a work of
/// the right kind, population, and topic. A work that contradicts the claim is an error, and every number must come from one of the works. Thread-safe.
/// </summary>
public sealed class CitationFit(IEnumerable<Reference> bibliography)
{
    private const int MaxSuggestions = 4;

    private static readonly FrozenSet<string> Strong = FrozenSet.Create(StringComparer.Ordinal, "rct", "meta-analysis", "guideline", "consensus", "review");
    private readonly ImmutableArray<Reference> _all = [.. bibliography];
    private readonly ILookup<string, (int At, Reference Work)> _byKey =
        bibliography.Select((work, at) => (At: at, Work: work)).ToLookup(entry => entry.Work.Key, StringComparer.Ordinal);

    private readonly FrozenDictionary<string, HashSet<decimal>> _figures = bibliography
        .DistinctBy(work => work.Key)
        .ToFrozenDictionary(
            work => work.Key,
            work => StatedNumbers.All($"{work.Population} {work.Finding} {string.Join(" ; ", work.Figures)}"),
            StringComparer.Ordinal
        );

    /// <summary>Why the cited works don't support a sentence; null if they do, or if it claims nothing that needs evidence.</summary>
    /// <param name="keys">Keys of the bibliography. Unknown keys are ignored; they are reported elsewhere.</param>
    public FitFinding? Examine(string sentence, IReadOnlyCollection<string> keys)
    {
        var works = keys.Distinct(StringComparer.Ordinal).SelectMany(key => _byKey[key]).OrderBy(entry => entry.At).Select(entry => entry.Work).ToList();
        if (works.Count == 0) return null;
        var said = EvidenceClaims.Of(sentence);
        foreach (var claim in said.Claims.Where(claim => !claim.Limit))
        {
            if (!claim.Mixed && works.Find(work => Opposes(work, claim)) is { } opposing && !works.Exists(work => Supports(work, claim)))
                return new FitFinding(Fit.Contradicts, $"{opposing.Key} found otherwise: {opposing.Finding}", Fitting(said, claim));
        }

        foreach (var claim in said.Claims)
        {
            var open = claim.Topics.ToHashSet(StringComparer.Ordinal);
            var reasons = new List<string>();
            var carried = false;
            foreach (var work in works)
            {
                if (Objection(work, said, claim, sentence) is { } objection) reasons.Add($"{work.Key} {objection}");
                else
                {
                    carried = true;
                    open.ExceptWith(Carried(work, claim));
                }
            }

            if (!carried) return new FitFinding(Fit.Misfits, string.Join("; ", reasons), Fitting(said, claim));
            if (open.Count > 0 && !claim.Mixed && !claim.Limit && claim.Kind is EvidenceClaim.Efficacy)
                return new FitFinding(
                    Fit.Misfits,
                    $"none of {string.Join(", ", works.Select(work => work.Key))} is about {string.Join(" or ", open)}",
                    Fitting(said, claim)
                );
        }

        var unfounded = StatedNumbers.Of(sentence).Where(figure =>
            !works.Exists(work => _figures[work.Key].Any(value => Math.Abs(value - figure.Value) < (figure.Unit == "parts" ? 2 : 0.051m))));
        foreach (var figure in unfounded)
            return new FitFinding(
                Fit.WrongNumber,
                $"{figure.Value:0.#} {figure.Unit} isn't a figure in {string.Join(" or ", works.Select(work => work.Key))}: "
                    + $"{works[0].Population ?? works[0].Finding}",
                [
                    .. _all.Where(work => _figures[work.Key].Contains(figure.Value) && said.Claims.All(claim => Objection(work, said, claim, sentence) is null))
                        .Select(work => work.Key)
                        .Take(MaxSuggestions),
                ]
            );
        return null;

        ImmutableArray<string> Fitting(EvidenceClaims whole, SentenceClaim claim) =>
            [
                .. _all.Where(work => !keys.Contains(work.Key) && Objection(work, whole, claim, sentence) is null && !(Opposes(work, claim) && !claim.Limit))
                    .Select(work => work.Key)
                    .Take(MaxSuggestions),
            ];
    }

    // Why a work doesn't support a claim; null if it does.
    private static string? Objection(Reference work, EvidenceClaims said, SentenceClaim claim, string sentence)
    {
        if (claim.Kind == EvidenceClaim.Risk) return Risk(work, sentence);
        if (claim.Kind == EvidenceClaim.Mechanism) return Mechanism(work, said, claim);
        if (claim.Kind == EvidenceClaim.Safety) return Supports(work, claim) ? null : "doesn't show that it is safe";
        if (said.Esketamine && !said.Ketamine && !IsAboutEsketamine(work)) return "isn't about esketamine";
        if (said.Ketamine && !said.Esketamine && IsAboutEsketamineAlone(work)) return "is about esketamine, which is another product";
        if (claim.Limit && work.Kind == "regulator") return null;
        if (work.Subjects != EvidenceSubjects.Patients) return $"studied {Studied(work)}, but the sentence is about people who are ill";
        if (!claim.Topics.IsEmpty && !claim.Topics.Any(topic => IsAbout(work, topic))) return $"isn't about {string.Join(" or ", claim.Topics)}";
        if (claim.Limit) return null;
        if (!Strong.Contains(work.Kind) && !(work.Kind == "observational" && (said.Uncontrolled || claim.Mixed)))
            return $"is a kind of study ({work.KindName.ToLowerInvariant()}) that can't show it";
        if (Supports(work, claim) || (claim.Mixed && (claim.Topics.IsEmpty || claim.Kind is EvidenceClaim.Efficacy))) return null;
        return claim.Kind switch
        {
            EvidenceClaim.Speed => "doesn't show how fast it acts",
            EvidenceClaim.Durability => "doesn't show that it lasts",
            EvidenceClaim.Superiority => $"doesn't compare it with {claim.Over}",
            _ => "doesn't show that it helps",
        };
    }

    private static string? Risk(Reference work, string sentence)
    {
        if (work.Topics.Contains("safety") || work.Supports.Any(claim => claim.Kind == EvidenceClaim.Risk)) return null;
        var words = $"{work.Title} {work.Finding} {work.Population}".ToLowerInvariant();
        return EvidenceClaims.HarmWords(sentence).Any(word => words.Contains(word, StringComparison.Ordinal)) ? null : "doesn't mention that harm";
    }

    private static string? Mechanism(Reference work, EvidenceClaims said, SentenceClaim claim)
    {
        if (work.Subjects == EvidenceSubjects.Nobody && work.Kind == "regulator")
            return claim.Topics.Any(topic => work.Topics.Contains(topic)) ? null : "isn't about how it acts";
        if (
            !claim.Topics.Any(topic => work.Topics.Contains(topic))
            && !work.Supports.Any(one => one.Kind == EvidenceClaim.Mechanism && claim.Topics.Contains(one.Topic))
        )
            return $"isn't about {string.Join(" or ", claim.Topics)}";
        if (work.Kind is "review" or "meta-analysis" or "consensus" or "laboratory") return null;
        if (said.Subjects == EvidenceSubjects.Animals) return work.Subjects == EvidenceSubjects.Animals ? null : "didn't study animals";
        if (said.Subjects == EvidenceSubjects.Volunteers)
            return work.Subjects == EvidenceSubjects.Volunteers ? null : $"studied {Studied(work)}, not healthy volunteers";
        if (said.Ill && !claim.Limit && !claim.Mixed && work.Subjects == EvidenceSubjects.Volunteers)
            return "studied healthy volunteers, but the sentence is about people who are ill";
        return work.Subjects == EvidenceSubjects.Animals ? $"studied {Studied(work)}: say \"in {Studied(work)}\", or cite work in people" : null;
    }

    private static IEnumerable<string> Carried(Reference work, SentenceClaim claim) =>
        claim.Topics.Where(topic =>
            claim.Limit || claim.Mixed ? IsAbout(work, topic) : work.Supports.Any(one => one.Kind == claim.Kind && Same(one.Topic, topic))
        );

    private static bool Supports(Reference work, SentenceClaim claim) => work.Supports.Any(one => Matches(one, claim));

    private static bool Opposes(Reference work, SentenceClaim claim) => work.Contradicts.Any(one => Matches(one, claim));

    private static bool Matches(WorkClaim one, SentenceClaim claim) => one.Kind == claim.Kind
        && (claim.Over is not null ? one.Topic == claim.Over : claim.Topics.IsEmpty || claim.Topics.Any(topic => Same(one.Topic, topic)));

    private static bool Same(string worked, string said) => worked == said || (said == "chronic-pain" && worked is "crps");

    private static bool IsAbout(Reference work, string topic) =>
        work.Topics.Contains(topic)
        || work.Supports.Concat(work.Contradicts).Any(claim => Same(claim.Topic, topic))
        || (topic is "crps" or "other-pain" && work.Topics.Contains("chronic-pain") && work.Kind is "guideline");

    private static bool IsAboutEsketamine(Reference work) =>
        work.Topics.Contains("esketamine") || work.Title.Contains("esketamine", StringComparison.OrdinalIgnoreCase);

    private static bool IsAboutEsketamineAlone(Reference work) =>
        work.Title.Contains("esketamine", StringComparison.OrdinalIgnoreCase) && !work.Title.Contains("ketamine and", StringComparison.OrdinalIgnoreCase);

    private static string Studied(Reference work) => work.Subjects switch
    {
        EvidenceSubjects.Animals => work.Population?.Split([' ', ',', ';'])[0].ToLowerInvariant() is "rats" ? "rats"
        : work.Kind == "laboratory" ? "receptors"
        : "mice",
        EvidenceSubjects.Volunteers => "healthy volunteers",
        EvidenceSubjects.Users => "people who use ketamine outside of medicine",
        EvidenceSubjects.Nobody => "no one",
        _ => "patients",
    };
}
