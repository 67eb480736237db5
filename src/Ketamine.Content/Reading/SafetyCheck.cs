namespace Ketamine.Content.Reading;

/// <summary>Checks that a text includes the facts of safety.yml that it must.</summary>
internal static partial class SafetyCheck
{
    /// <summary>An error if a text lacks a fact that safety.yml's <c>carry</c> requires; only a warning for a draft.</summary>
    /// <param name="safety">Null if the folder has no safety.yml, which means that nothing is required.</param>
    public static IEnumerable<Diagnostic> Problems(ContentDocument text, SafetyFacts? safety)
    {
        if (safety is null) yield break;
        foreach (var drug in DrugsOf(text))
        {
            var carried = text.Body!.Safety?.Carried ?? [];
            var missing = safety.Carry[drug].Where(key => !carried.Contains((key, drug))).ToList();
            if (missing.Count > 0)
                yield return new Diagnostic(
                    text.File,
                    0,
                    "safety",
                    $"this text is about {drug} but lacks facts that safety.yml requires under carry: {string.Join(", ", missing)}",
                    $"{{{{safety no {drug} brief}}}} (on a separate line, in the section on risks; {{{{safety {missing[0]}}}}} for one item)",
                    text.Draft ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error);
        }
    }

    /// <summary>
    /// The drugs whose risks a text must state. A text with esketamine in its title is about esketamine; services and other texts with a section on
    /// risks are about ketamine.
    /// </summary>
    private static IEnumerable<string> DrugsOf(ContentDocument text)
    {
        if (Esketamine().IsMatch(text.Title)) return ["esketamine"];
        return text.Kind == ContentKind.Service || text.Body!.Analysis.MentionsRisks ? ["ketamine"] : [];
    }

    [GeneratedRegex(@"\b(esketamine|spravato)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Esketamine();
}
