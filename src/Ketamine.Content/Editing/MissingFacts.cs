using Ketamine.Content.Notices;

namespace Ketamine.Content.Editing;

/// <summary>Facts about a real clinic that boards, laws, or patients expect and that its notices are based on, but that its folder lacks.</summary>
internal static partial class MissingFacts
{
    /// <summary>Warnings for a real clinic; none for a sample.</summary>
    public static IEnumerable<Diagnostic> Find(SiteContent content) => content.Clinic.Sample ? [] : InClinic(content).Concat(InPages(content));

    private static IEnumerable<Diagnostic> InClinic(SiteContent content)
    {
        var practice = content.Clinic.Practice;
        if (!practice.GivenKeys.Contains("license"))
            yield return Missing(
                "license",
                "license: {number: \"…\", board: …, lookUp: https://…} (the clinic's, or the medical director's if the state doesn't license clinics)");
        if (practice.MedicalDirector is not { } director)
            yield return Missing("medicalDirector", "medicalDirector: a key of people.yml (the person responsible for medical care)");
        else if (director.License is null)
            yield return Warning(
                "people.yml",
                director.Key,
                $"{director.Name} is the medical director, but the entry has no license",
                "license: {number: \"…\", board: …, lookUp: https://…} (patients can look it up)");
        if (!practice.GivenKeys.Contains("registrations"))
            yield return Missing(
                "registrations",
                "registrations: and below it, - {name: …, number: \"…\", by: …}; or [] if none is needed (esketamine needs one with its REMS program)");
        else if (practice.Registrations.IsEmpty && content.Services.Any(service => !service.Draft && Esketamine().IsMatch(service.Title)))
            yield return Warning(
                "clinic.yml",
                "registrations",
                "none is listed, but a service offers esketamine",
                "- {name: REMS-certified for esketamine, number: \"…\"} below registrations:");
        if (practice.FederalFunds is null)
            yield return Missing(
                "federalFunds",
                "federalFunds: true if you take Medicare, Medicaid, or other money from the US health department "
                    + "(the site then shows the notices of section 1557); otherwise false");
        if (practice is { FederalFunds: true } && practice.LanguageHelp.Length < CivilRightsNotice.LanguagesAskedFor - 1)
            yield return Warning(
                "clinic.yml",
                "languageHelp",
                $"it has {ContentCheck.Count(practice.LanguageHelp.Length, "language")} besides English and Spanish",
                $"vi: and the line in Vietnamese, and so on for the {CivilRightsNotice.LanguagesAskedFor} "
                    + "languages spoken most in your state (45 CFR 92.11); the US health department has translations");
        if (!practice.GivenKeys.Contains("processors"))
            yield return Missing(
                "processors",
                "processors: [a company, which runs the server] (every company that hosts the site or carries its email); [] if there is none");
        if (!practice.GivenKeys.Contains("affiliates"))
            yield return Missing(
                "affiliates",
                "affiliates: [a company] (every affiliate that gets visitors' data, as Washington and Nevada require); [] if there is none");
        if (practice.BackupDays is null) yield return Missing("backupDays", "backupDays: 30 (how many days backups keep deleted data)");

        static Diagnostic Missing(string key, string wanted) => Warning("clinic.yml", key, "missing", wanted);
    }

    private static IEnumerable<Diagnostic> InPages(SiteContent content)
    {
        var notices = content.Pages.Where(page => page is { Kind: PageKind.PrivacyPractices, Draft: false }).ToList();
        if (notices.Count == 0)
            yield return Warning(
                "clinic.yml",
                "privacy practices",
                "the site has no Notice of Privacy Practices",
                "kind: privacy-practices and effective: 2026-02-16 in the front matter of a page (45 CFR 164.520); "
                    + "only a clinic that isn't under HIPAA can do without");
        foreach (var notice in notices.Where(notice => !Header().IsMatch(notice.Body.PlainText)))
            yield return Warning(
                notice.File,
                "privacy practices",
                "the notice lacks its required heading",
                "\"This notice describes how medical information about you may be used and disclosed "
                    + "and how you can get access to this information. Please review it carefully.\" (45 CFR 164.520(b)(1)(i))");
    }

    private static Diagnostic Warning(string file, string key, string found, string wanted) => new(file, 0, key, found, wanted, DiagnosticSeverity.Warning);

    [GeneratedRegex(@"\b(esketamine|spravato)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Esketamine();

    [GeneratedRegex(
        @"this\s+notice\s+describes\s+how\s+medical\s+information\s+about\s+you\s+may\s+be\s+used\s+and\s+disclosed",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Header();
}
