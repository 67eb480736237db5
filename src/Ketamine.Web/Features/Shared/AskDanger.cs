using Ketamine.Content;
using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Shared;

/// <summary>
/// The one question about danger, drawn by <c>_AskDanger</c>: optional, never in the way of sending. Its wording and the reasons for asking are in
/// docs/developers/decisions/asking-about-danger.md.
/// </summary>
/// <param name="Crisis">Whose numbers show at once when the answer is anything but no.</param>
/// <param name="Answer">As it was sent.</param>
public sealed record AskDanger(CrisisLine Crisis, string? Answer)
{
    /// <summary>The field's name.</summary>
    public const string Field = "danger";

    /// <summary>Reads the field; null for no answer, and for anything that is none.</summary>
    public static DangerAnswer? Parse(string? typed) => typed switch
    {
        "yes" => DangerAnswer.Yes,
        "unsure" => DangerAnswer.Unsure,
        "no" => DangerAnswer.No,
        _ => null,
    };
}
