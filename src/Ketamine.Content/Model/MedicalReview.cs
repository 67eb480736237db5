namespace Ketamine.Content.Model;

/// <summary>A text's medical review: by whom, and when.</summary>
/// <param name="Reviewer">A person of people.yml.</param>
/// <param name="Date">The date of the signature.</param>
/// <param name="Signed">Whether the signature matches the current text; if not, the page shows "under review" and no name.</param>
public sealed record MedicalReview(Person Reviewer, LocalDate Date, bool Signed)
{
    /// <summary>Reviews are valid for twelve months.</summary>
    public LocalDate Due => Date.PlusMonths(12);

    /// <summary>Whether it matches the current text and hasn't expired.</summary>
    public bool IsValidOn(LocalDate day) => Signed && Due >= day;
}
