using System.Collections.Immutable;

namespace Ketamine.Web.Features.Consultations;

/// <summary>The free times as radio buttons, by day and part of day; drawn by <c>_Times</c> for booking and for moving.</summary>
/// <param name="Chosen">The value that is checked; null for none.</param>
/// <param name="Error">The sentence of the field; null when it is right.</param>
public sealed record TimesToChoose(ImmutableArray<CallTime> Free, string? Chosen, string? Error)
{
    /// <summary>Days that are open to view; the rest folds.</summary>
    public const int DaysAtOnce = 3;
}
