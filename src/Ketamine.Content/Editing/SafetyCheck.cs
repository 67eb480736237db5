using System.Text.RegularExpressions;
using Ketamine.Content.Reading;

namespace Ketamine.Content.Editing;

/// <summary>Whether the texts that have to carry a fact of safety.yml do.</summary>
internal static partial class SafetyCheck
{
    /// <summary>An error for each text that lacks some of what safety.yml's <c>carry</c> asks for; a warning where the text is a draft.</summary>
    /// <param name="safety">Null where the folder has no safety.yml, and so nothing to carry.</param>
    public static IEnumerable<Diagnostic> Problems(IEnumerable<ContentDocument> texts, SafetyFacts? safety)
    {
        if (safety is null) yield break;
        foreach (var text in texts.Where(text => text.Body is not null))
        {
            foreach (var drug in DrugsOf(text))
            {
                var carried = text.Body!.Safety?.Carried ?? [];
                var missing = safety.Carry[drug].Where(key => !carried.Contains((key, drug))).ToList();
                if (missing.Count > 0)
                    yield return new Diagnostic(
                        text.File,
                        0,
                        "safety",
                        $"this text is on {drug} and doesn't say what safety.yml's carry asks for: {string.Join(", ", missing)}",
                        $"{{{{safety no {drug} brief}}}} (on a line by itself, in the section on risks; {{{{safety {missing[0]}}}}} for one item)",
                        text.Draft ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error
                    );
            }
        }
    }

    /// <summary>
    /// The drugs whose risks a text has to tell. A text that names esketamine in its title is about esketamine; services and every other text
    /// with a section on risks are about ketamine.
    /// </summary>
    private static IEnumerable<string> DrugsOf(ContentDocument text)
    {
        if (Esketamine().IsMatch(text.Title)) return ["esketamine"];
        return text.Kind == ContentKind.Service || text.Body!.Analysis.TellsRisks ? ["ketamine"] : [];
    }

    [GeneratedRegex(@"\b(esketamine|spravato)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Esketamine();
}
