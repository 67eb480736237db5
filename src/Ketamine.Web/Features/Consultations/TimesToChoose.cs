namespace Ketamine.Web.Features.Consultations;

/// <summary>The model of <c>_Times</c>, which shows free times as radio buttons, grouped by day, on the booking page and the page to move a call.</summary>
/// <param name="Free">Not empty.</param>
/// <param name="Chosen">The <see cref="CallTime.Value"/> to select; null for none.</param>
/// <param name="Place">The place whose time is shown: <see cref="Shared.SitePage.Place"/>.</param>
/// <param name="Error">The field's error message; null if there is none.</param>
public sealed record TimesToChoose(ImmutableArray<CallTime> Free, string? Chosen, string Place, string? Error)
{
    /// <summary>How many rows of days to show at first. A button shows the rest.</summary>
    public const int RowsAtOnce = 2;
}
