namespace Ketamine.Web.Features.Consultations;

/// <summary>What a page offers after a call was canceled or not confirmed in time.</summary>
/// <param name="Time">When the call would have been.</param>
/// <param name="UndoToken">The secret of the call's link if the cancellation can still be undone; otherwise null.</param>
/// <param name="Free">Other times to choose from.</param>
public sealed record CanceledCall(CallTime Time, string? UndoToken, ImmutableArray<CallTime> Free);
