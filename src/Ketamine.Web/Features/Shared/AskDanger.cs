using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Shared;

/// <summary>
/// The question about danger, rendered by <c>_AskDanger</c>: optional, never blocks sending. Its wording and the reasons for asking are in
/// docs/developers/decisions/asking-about-danger.md.
/// </summary>
/// <param name="Crisis">The crisis line whose numbers show as soon as the answer is anything but no.</param>
/// <param name="Answer">The submitted answer.</param>
public sealed record AskDanger(CrisisLine Crisis, string? Answer)
{
    /// <summary>The field's name.</summary>
    public const string Field = "danger";

    /// <summary>Reads the field; null for no answer or an invalid one.</summary>
    public static DangerAnswer? Parse(string? typed) => typed switch
    {
        "yes" => DangerAnswer.Yes,
        "unsure" => DangerAnswer.Unsure,
        "no" => DangerAnswer.No,
        _ => null,
    };
}
