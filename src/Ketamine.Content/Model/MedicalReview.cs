using NodaTime;

namespace Ketamine.Content.Model;

/// <summary>Who checked a text medically, and when.</summary>
/// <param name="Reviewer">A person of people.yml.</param>
/// <param name="Date">The day that the signature names.</param>
/// <param name="Signed">The signature's hash is that of the text as it stands; false shows "under review" and names nobody.</param>
public sealed record MedicalReview(Person Reviewer, LocalDate Date, bool Signed)
{
    /// <summary>A review holds for twelve months.</summary>
    public LocalDate Due => Date.PlusMonths(12);

    /// <summary>It is of the text as it stands, and not older than it may be.</summary>
    public bool HoldsOn(LocalDate day) => Signed && Due >= day;
}
