using NodaTime;

namespace Ketamine.Content.Model;

/// <summary>Something that the folder says and that stops being true after a day: a rule, an approval, a price, the number of a crisis line.</summary>
/// <param name="File">Under the content folder, with forward slashes.</param>
/// <param name="Line">In the file, from 1.</param>
/// <param name="What">For editors, within a sentence: <c>the text</c>, <c>the price</c>, <c>the question "Do I need a ride?"</c>.</param>
/// <param name="Until">The last day on which it holds, in the clinic's zone.</param>
public sealed record DatedFact(string File, int Line, string What, LocalDate Until)
{
    /// <summary>How many days ahead an editor and the staff hear of it.</summary>
    public const int WarnDays = 30;

    /// <summary>Its last day is over.</summary>
    public bool IsOver(LocalDate today) => Until < today;

    /// <summary>Its last day is near, or over.</summary>
    public bool IsDue(LocalDate today) => Until.PlusDays(-WarnDays) <= today;
}
