using System.Collections.Immutable;

namespace Ketamine.Web.Features.Consultations;

/// <summary>The free times as radio buttons, a strip of days and the times of one of them; drawn by <c>_Times</c> for booking and for moving.</summary>
/// <param name="Free">Not empty.</param>
/// <param name="Chosen">The value that is checked; null for none.</param>
/// <param name="Error">The sentence of the field; null when it is right.</param>
public sealed record TimesToChoose(ImmutableArray<CallTime> Free, string? Chosen, string? Error)
{
    /// <summary>Rows of days in view at first; the rest is one press away.</summary>
    public const int RowsAtOnce = 2;
}
