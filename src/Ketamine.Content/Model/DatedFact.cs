namespace Ketamine.Content.Model;

/// <summary>A fact in the folder that expires: a rule, an approval, a price, the number of a crisis line.</summary>
/// <param name="File">Under the content folder, with forward slashes.</param>
/// <param name="Line">In the file, from 1.</param>
/// <param name="What">For editors, within a sentence: <c>the text</c>, <c>the price</c>, <c>the question "Do I need a ride?"</c>.</param>
/// <param name="Until">The last day on which it is true, in the clinic's time zone.</param>
public sealed record DatedFact(string File, int Line, string What, LocalDate Until)
{
    /// <summary>How many days ahead editors and staff are warned.</summary>
    public const int WarnDays = 30;

    /// <summary>Whether its last day has passed.</summary>
    public bool IsOver(LocalDate today) => Until < today;

    /// <summary>Whether its last day is near or has passed.</summary>
    public bool IsDue(LocalDate today) => Until.PlusDays(-WarnDays) <= today;
}
