namespace Ketamine.Content.Reading;

/// <summary>Reads the license, registration, and data sections of clinic.yml.</summary>
internal static class PracticeFile
{
    private static readonly string[] Keys =
    [
        "license", "medicalDirector", "registrations", "federalFunds", "civilRightsCoordinator", "languageHelp", "processors", "affiliates",
        "backupDays", "noticesEffective",
    ];

    public static PracticeFacts Read(MapReader map, string region, Diagnostics notes, ReadContext scope)
    {
        if (map.Text("medicalDirector") is { } director) scope.MedicalDirector = new NamedReference(director, map.LineOf("medicalDirector"));
        return new PracticeFacts
        {
            License = ListFiles.License(map, notes, scope, "the clinic's license"),
            Registrations = [.. map.Maps("registrations", "name: Ketamine clinic registration").Select(entry => Registration(entry, notes, scope)).ToList()],
            FederalFunds = map.Has("federalFunds") ? map.Flag("federalFunds") : null,
            CivilRights = Coordinator(map, region),
            LanguageHelp = LanguageHelp(map),
            Processors = map.Has("processors") ? [.. map.Texts("processors").Select(company => company.Text)] : default,
            Affiliates = map.Has("affiliates") ? [.. map.Texts("affiliates").Select(company => company.Text)] : default,
            BackupDays = map.Has("backupDays") ? map.Number("backupDays", 30, 0, 3650) : null,
            NoticesEffective = map.Day("noticesEffective"),
            GivenKeys = [.. Keys.Where(map.Has)],
        };
    }

    private static Registration Registration(MapReader map, Diagnostics notes, ReadContext scope)
    {
        var name = map.Required("name", 200);
        var registration = new Registration(
            name,
            map.Text("number", 60),
            map.Text("by", 100),
            map.Object<Uri>("lookUp", ClinicFile.TryParseHttps, ClinicFile.Https));
        scope.ValidUntil(map, notes, $"the registration {Diagnostics.Quote(name)}");
        map.Close();
        return registration;
    }

    private static CivilRightsCoordinator? Coordinator(MapReader map, string region)
    {
        if (map.Map("civilRightsCoordinator") is not { } entry) return null;
        var coordinator = new CivilRightsCoordinator(entry.Required("name", 100), ClinicFile.Phone(entry, region), ClinicFile.Email(entry));
        if (coordinator is { Phone: null, Email: null }) entry.Missing("phone", "\"(303) 555-0142\" (or email:, for people to reach this person)");
        entry.Close();
        return coordinator;
    }

    private static ImmutableArray<(string Language, string Line)> LanguageHelp(MapReader map)
    {
        if (map.Map("languageHelp") is not { } lines) return [];
        var all = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (var (language, line) in lines.Keys)
        {
            if (!ClinicFile.TryParseLocale(language, out _) || language is "en" or "es")
                lines.Wrong(
                    line,
                    language,
                    language is "en" or "es" ? "the site already has the line in this language" : $"{Diagnostics.Quote(language)} is not a language",
                    "vi: and the line in that language (other codes: zh-Hans, am, ru)");
            if (lines.Text(language, 500) is { } text) all.Add((language, text));
        }

        lines.Close();
        return all.ToImmutable();
    }
}
