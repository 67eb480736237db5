using System.Text.RegularExpressions;
using Ketamine.Content.Notices;

namespace Ketamine.Content.Editing;

/// <summary>What a real clinic has not said that boards, laws or patients ask for, and that its notices are made from.</summary>
internal static partial class MissingFacts
{
    /// <summary>The warnings of a clinic that says it is real; none for a sample.</summary>
    public static IEnumerable<Diagnostic> Find(SiteContent content) => content.Clinic.Sample ? [] : InClinic(content).Concat(InPages(content));

    private static IEnumerable<Diagnostic> InClinic(SiteContent content)
    {
        var practice = content.Clinic.Practice;
        if (!practice.Said.Contains("license"))
            yield return Missing("license", "the clinic's license: {number, board, lookUp}; where the state grants none, the medical director's");
        if (practice.MedicalDirector is not { } director)
            yield return Missing("medicalDirector", "who answers for the medicine: a key of people.yml");
        else if (director.License is null)
            yield return Warning("people.yml", director.Key, $"{director.Name}, the medical director, without a license", "license: {number, board, lookUp}: patients look it up");
        if (!practice.Said.Contains("registrations"))
            yield return Missing("registrations", "each registration: {name, number, by, lookUp}; [] where none is needed. Giving esketamine takes one with its REMS program");
        else if (practice.Registrations.IsEmpty && content.Services.Any(service => !service.Draft && Esketamine().IsMatch(service.Title)))
            yield return Warning("clinic.yml", "registrations", "none, and a service that gives esketamine", "the registration with its REMS program: {name, number, by, lookUp}");
        if (practice.FederalFunds is null)
            yield return Missing("federalFunds", "true where Medicare, Medicaid or other money of the US health department comes in: the site then shows the notices of section 1557; else false");
        if (practice is { FederalFunds: true } && practice.LanguageHelp.Length < CivilRightsNotice.LanguagesAskedFor - 1)
            yield return Warning("clinic.yml", "languageHelp", $"{practice.LanguageHelp.Length} languages beside English and Spanish", $"the line in the {CivilRightsNotice.LanguagesAskedFor} languages that are spoken most in your state (45 CFR 92.11); the US health department has translations");
        if (!practice.Said.Contains("processors")) yield return Missing("processors", "the companies that host the site and carry its email, each with what it does; [] where there is none");
        if (!practice.Said.Contains("affiliates")) yield return Missing("affiliates", "affiliates that get what visitors send; [] where there is none: Washington and Nevada want them listed");
        if (practice.BackupDays is null) yield return Missing("backupDays", "for how many days a backup holds what was deleted");

        static Diagnostic Missing(string key, string wanted) => Warning("clinic.yml", key, "nothing", wanted);
    }

    private static IEnumerable<Diagnostic> InPages(SiteContent content)
    {
        var notices = content.Pages.Where(page => page is { Kind: PageKind.PrivacyPractices, Draft: false }).ToList();
        if (notices.Count == 0)
            yield return Warning("clinic.yml", "privacy practices", "no Notice of Privacy Practices", "a page with kind: privacy-practices and effective: (45 CFR 164.520); none is needed only where HIPAA doesn't apply");
        foreach (var notice in notices.Where(notice => !Header().IsMatch(notice.Body.PlainText)))
            yield return Warning(notice.File, "privacy practices", "a notice without its heading", "\"This notice describes how medical information about you may be used and disclosed and how you can get access to this information. Please review it carefully.\" (45 CFR 164.520(b)(1)(i))");
    }

    private static Diagnostic Warning(string file, string key, string found, string wanted) => new(file, 0, key, found, wanted, DiagnosticSeverity.Warning);

    [GeneratedRegex(@"\b(esketamine|spravato)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Esketamine();

    [GeneratedRegex(@"this\s+notice\s+describes\s+how\s+medical\s+information\s+about\s+you\s+may\s+be\s+used\s+and\s+disclosed", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Header();
}
