namespace Ketamine.Content.Markdown;

/// <summary>The kinds of <c>:::</c> boxes; <c>::: note Custom title</c> sets a title.</summary>
internal static class Callouts
{
    /// <summary>What can go wrong, and who should not have the treatment.</summary>
    public const string Risks = "risks";

    public static readonly string[] Kinds = ["note", "warning", "crisis", "key-points", Risks];

    /// <summary>The English title, a key of the site's strings.</summary>
    public static string Title(string kind) => kind switch
    {
        "warning" => "Important",
        "crisis" => "If you are in crisis",
        "key-points" => "Key points",
        Risks => "Risks, and who should not have it",
        _ => "Good to know",
    };

    public static bool IsSection(string kind) => kind is "key-points" or Risks;
}
