namespace Ketamine.Content.Editing;

/// <summary>The editorial checks of a folder: what could be better about texts that are good enough to go live.</summary>
/// <param name="Warnings">By file and line.</param>
/// <param name="Grades">The reading grade of every published text, by file; empty if the site isn't in English.</param>
/// <param name="Reviewed">Published articles and services. Each of them should be signed.</param>
/// <param name="Unsigned">How many of them have no valid signature: unsigned, changed since, or older than a year.</param>
public sealed record Editorial(ImmutableArray<Diagnostic> Warnings, ImmutableSortedDictionary<string, double> Grades, int Reviewed, int Unsigned)
{
    /// <summary>The grade that most adults read with ease (the AMA and the NIH recommend 6 to 8).</summary>
    public const double MaxGrade = 9;

    /// <summary>0 if there are no grades.</summary>
    public double MedianGrade
    {
        get
        {
            if (Grades.Count == 0) return 0;
            var sorted = Grades.Values.Order().ToList();
            return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
        }
    }

    public static Editorial Read(ContentReading reading, bool english, LocalDate today) => new EditorialChecks(reading, today).Run(english);
}
