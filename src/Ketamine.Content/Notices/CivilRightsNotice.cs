namespace Ketamine.Content.Notices;

/// <summary>The notices that section 1557 of the Affordable Care Act requires of a clinic that takes federal money.</summary>
public static class CivilRightsNotice
{
    public const string Path = "/nondiscrimination";

    /// <summary>The rule requires the line in English and in the state's most common languages among people with limited English.</summary>
    public const int LanguagesAskedFor = 15;

    /// <summary>The line about free help, in every available language.</summary>
    public static ImmutableArray<(string Language, string Line)> LanguageLines(Clinic clinic)
    {
        var phone = (clinic.Practice.CivilRights?.Phone ?? clinic.Phone)?.National;
        var (english, spanish) = phone is null ? ("Ask us.", "Pregúntenos.") : ($"Call {phone} or ask us.", $"Llame al {phone} o pregúntenos.");
        return
        [
            ("en", $"Free language help and free aids for people with disabilities are available. {english}"),
            ("es", $"Hay ayuda gratuita con el idioma y ayudas gratuitas para personas con discapacidad. {spanish}"),
            .. clinic.Practice.LanguageHelp,
        ];
    }

    private static readonly ImmutableArray<NoticeSource> Sources =
    [
        new("Section 1557 of the Affordable Care Act, 42 USC 18116", new Uri("https://www.law.cornell.edu/uscode/text/42/18116")),
        new("Its rules, 45 CFR 92.10 and 92.11, parts of which are being argued in court", new Uri("https://www.ecfr.gov/current/title-45/part-92")),
    ];

    internal static LegalNotice Write(Edition site)
    {
        var coordinator = site.Clinic.Practice.CivilRights;
        string?[] sections = [FreeHelp(site.Clinic), coordinator is null ? null : Grievance(coordinator), Complaints];
        return new LegalNotice(
            Path,
            "Nondiscrimination and language help",
            "We treat people fairly, and help with languages and disabilities is free. How to get it, and where to complain.",
            string.Join("\n\n", sections.OfType<string>()),
            Sources,
            new LocalDate(2026, 11, 28));
    }

    private static string FreeHelp(Clinic clinic) => $"""
        {clinic.Name} follows federal civil rights laws.
        We do not discriminate because of race, color, national origin, age, disability, or sex.
        We do not turn people away or treat them differently because of any of these.

        ## Free help

        We give free help to people with disabilities, so we can communicate well. For example:

        - a trained sign language interpreter;
        - large print, audio, or other formats;
        - reasonable changes in how we do things.

        We give free help to people whose first language is not English. For example:

        - a trained interpreter;
        - documents in your language.

        To get this help, {(clinic.Practice.CivilRights is { } coordinator ? $"ask {Of(coordinator)}" : LegalNotice.Reach(clinic))}.
        """;

    private static string Grievance(CivilRightsCoordinator coordinator) => $"""
        ## If you think we got it wrong

        You can file a grievance with {Of(coordinator)}. If you need help with it, ask us for help.
        """;

    private const string Complaints = """
        ## Where else you can complain

        You can also file a civil rights complaint with the US Department of Health and Human Services, Office for Civil Rights:

        - online, at [the complaint portal](https://ocrportal.hhs.gov/ocr/portal/lobby.jsf);
        - by mail, to 200 Independence Avenue SW, Room 509F, HHH Building, Washington, DC 20201;
        - by phone, at [1-800-368-1019](tel:+18003681019) or [1-800-537-7697](tel:+18005377697) (TDD).
        """;

    private static string Of(CivilRightsCoordinator coordinator) => string.Join(", ", new[]
    {
        coordinator.Name,
        coordinator.Phone is { } phone ? $"[{phone.National}]({phone.Href})" : null,
        coordinator.Email is { } email ? $"[{email}](mailto:{email})" : null,
    }.OfType<string>());
}
