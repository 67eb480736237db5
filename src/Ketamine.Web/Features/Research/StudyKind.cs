namespace Ketamine.Web.Features.Research;

/// <summary>What a kind of study can and can't show.</summary>
/// <param name="Key">As in bibliography.yml.</param>
/// <param name="Shows">In English, a key of <see cref="SiteStrings"/>.</param>
public sealed record StudyKind(string Key, string Shows)
{
    /// <summary>Strongest evidence first (as in GRADE: pooled trials, trials, then the rest).</summary>
    public static ImmutableArray<StudyKind> All { get; } =
    [
        new("meta-analysis", "Combines several trials. It can show an average more reliably than one trial can. It is only as good as the trials in it."),
        new(
            "rct",
            "Chance decides who gets what, so the groups can be compared fairly. "
                + "It can show that a treatment made the difference, for people like those in the trial and for as long as it ran."),
        new("guideline", "What a group of experts recommends after weighing the studies. It is not a study itself."),
        new("consensus", "What a group of experts agrees on. Where studies are few, it is judgment more than evidence."),
        new("review", "Sums up what others have found. How far you can trust it depends on which studies it picks, and how."),
        new("observational", "Follows people who were treated anyway. It can show what happened, not whether the treatment was the reason."),
        new("imaging", "Shows which parts of the brain change or work together. It can’t show that the change is why someone feels better."),
        new("animal", "Can show how something may work in a cell or a mouse. It can’t show that it helps people."),
        new("regulator", "What an authority has approved, warned about, or decided. It says what is allowed, and why."),
    ];
}
