using Ketamine.Content.Reading;

namespace Ketamine.Web.Ops;

/// <summary>Writes a new clinic's folder: text that is true of any careful clinic, with marks for what only the clinic's own people can write.</summary>
internal static class Starter
{
    private const string Prefix = "starter/";

    /// <summary>Writes the folder, which must be empty or not exist yet.</summary>
    /// <returns>The paths of the new files, relative to the folder.</returns>
    public static IReadOnlyList<string> Write(string folder, NewClinic clinic, LocalDate today)
    {
        var written = new List<string>();
        Put("clinic.yml", ClinicYml(clinic));
        foreach (var file in Files())
        {
            var isService = file.StartsWith("services/", StringComparison.Ordinal);
            if (!isService || clinic.Services.Contains(Path.GetFileNameWithoutExtension(file))) Put(file, Fill(Read(file), clinic, today));
        }

        Directory.CreateDirectory(Path.Combine(folder, "images"));
        return written;

        void Put(string file, string text)
        {
            var target = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            written.Add(file);
        }
    }

    /// <summary>One of the starter files, with its placeholders unfilled.</summary>
    public static string Read(string file) => EmbeddedFile.ReadText(typeof(Starter).Assembly, Prefix + file);

    /// <summary>Paths relative to the folder, with forward slashes.</summary>
    public static IEnumerable<string> Files() =>
        typeof(Starter)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..])
            .Order(StringComparer.Ordinal);

    public static string Fill(string text, NewClinic clinic, LocalDate today)
    {
        var by = (clinic.Email, clinic.Phone) switch
        {
            (not null, not null) => ", by email to {{email}}, or by phone, {{phone}}",
            (not null, null) => ", or by email to {{email}}",
            (null, not null) => ", or by phone, {{phone}}",
            _ => "",
        };
        return text.Replace("@@role@@", Yaml.Quote($"Clinicians of {clinic.Name}"), StringComparison.Ordinal)
            .Replace("@@city@@", clinic.City, StringComparison.Ordinal)
            .Replace("@@homeTitle@@", Yaml.Quote($"Ketamine treatment in {clinic.City}"), StringComparison.Ordinal)
            .Replace("@@contactAnswer@@", by, StringComparison.Ordinal)
            .Replace("@@phoneAnswer@@", clinic.Phone is null ? "" : " or by phone, {{phone}}", StringComparison.Ordinal)
            .Replace(
                "@@whereabouts@@",
                $"We are in {clinic.City}{(clinic.Region is null ? "" : $", {clinic.Region}")}. "
                    + "[[Write: how to find the door, where to park, and what the room is like.]]",
                StringComparison.Ordinal)
            .Replace("@@today@@", today.ToString("uuuu-MM-dd", null), StringComparison.Ordinal);
    }

    /// <summary>clinic.yml, filled in from the answers.</summary>
    public static string ClinicYml(NewClinic clinic)
    {
        var yml = new StringBuilder();
        yml.Append($"""
            # yaml-language-server: $schema=.schemas/clinic.json
            # Facts about the clinic. VS Code with the YAML extension explains each key as you type. The site's docs/editors has the complete list.

            name: {Yaml.Quote(clinic.Name)}
            description: {Yaml.Quote(
                $"Ketamine treatment in {clinic.City}, by people who stay with you. What is known, what is not, and who should not have it.")}
            url: {clinic.Origin}{(clinic.Url is null ? "  # [[Write: the site's address]]" : "")}
            timeZone: {clinic.Zone}

            """);
        if (clinic.Phone is { } phone) yml.Append($"phone: {Yaml.Quote(phone.ToString())}\n");
        if (clinic.Email is { } email) yml.Append($"email: {email}\n");
        yml.Append($"""
            address:
              street: "[[Write: street, number and suite]]"
              city: {Yaml.Quote(clinic.City)}
            {(clinic.Region is { } region ? $"  region: {Yaml.Quote(region)}\n" : "")}  country: US
            byAppointmentOnly: true
            hours:

            """);
        foreach (var hours in clinic.Hours)
            yml.Append(
                $"  - days: {WrittenTimes.List(hours.Days)}\n    opens: {WrittenTimes.Quoted(hours.Opens)}\n    closes: {WrittenTimes.Quoted(hours.Closes)}\n");
        if (clinic.Booking) AppendConsultation(yml, clinic);
        yml.Append("""

            disclaimer: >-
              This article informs; it does not replace advice from a clinician who knows you. Ketamine for depression, anxiety, PTSD or chronic pain
              is an off-label use of an approved anesthetic. Do not start, stop or change a medication because of what you read here.

            # Search engines may not index the site until this is true. content check --publish lists what is missing.
            published: false

            """);
        return yml.ToString();
    }

    /// <summary>The free call, which can start at any time in the opening hours; on days longer than a morning, until noon.</summary>
    private static void AppendConsultation(StringBuilder yml, NewClinic clinic)
    {
        yml.Append("""

            # The free call that people can book. weekly says when.
            consultation:
              title: Free 20-minute call
              minutes: 20
              weekly:

            """);
        foreach (var hours in clinic.Hours)
        foreach (var day in hours.Days)
        {
            var endsAtNoon = hours.Opens < LocalTime.Noon && hours.Closes > LocalTime.Noon;
            yml.Append($"    - day: {WrittenTimes.Name(day)}\n      from: {WrittenTimes.Quoted(hours.Opens)}\n")
                .Append($"      to: {WrittenTimes.Quoted(endsAtNoon ? LocalTime.Noon : hours.Closes)}\n");
        }

        yml.Append(
            "  by: [phone]\n  privacy: We keep what you write here to arrange this call. "
                + "No one outside the clinic sees it. We delete it after two years, or sooner if you ask.\n");
    }
}
