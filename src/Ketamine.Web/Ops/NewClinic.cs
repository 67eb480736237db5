using Ketamine.Content.Reading;

namespace Ketamine.Web.Ops;

/// <summary>The facts about a clinic that a new folder needs. Every fact has a default, so the folder can be created right away and changed later.</summary>
internal sealed record NewClinic
{
    /// <summary>Services for which the site has a starter text, by slug.</summary>
    public static readonly ImmutableArray<(string Slug, string Title)> AllServices =
    [
        ("iv-ketamine", "Ketamine infusions"),
        ("esketamine", "Esketamine nasal spray (Spravato)"),
        ("ketamine-assisted-psychotherapy", "Ketamine-assisted psychotherapy"),
        ("ketamine-for-pain", "Ketamine for chronic pain"),
    ];

    public required string Name { get; init; }
    public string City { get; init; } = "Denver";
    public string? Region { get; init; } = "CO";
    public string Zone { get; init; } = "America/Denver";
    public PhoneNumber? Phone { get; init; }
    public ImmutableArray<OpeningHours> Hours { get; init; } = [];
    public ImmutableArray<string> Services { get; init; } = ["iv-ketamine"];
    public EmailAddress? Email { get; init; }
    public bool Booking { get; init; } = true;
    public Uri? Url { get; init; }

    public const string DefaultHours = "Mon-Thu 9-5, Fri 9-1";

    /// <summary>The clinic name that a folder's name suggests: juniper-house becomes Juniper House.</summary>
    public static string NameOf(string folder)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var words = name.Split(['-', '_', ' '], StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? "Our Clinic" : string.Join(' ', words.Select(word => char.ToUpper(word[0], CultureInfo.InvariantCulture) + word[1..]));
    }

    /// <summary>The site's address, or a placeholder under .example, which no one can register (RFC 2606).</summary>
    public string Origin => Url?.GetLeftPart(UriPartial.Authority) ?? $"https://{WrittenSlug.Suggest(Name) ?? "clinic"}.example";

    public static bool TryParseCity(string text, out string city, out string? region)
    {
        var parts = text.Split(',', 2, StringSplitOptions.TrimEntries);
        (city, region) = (parts[0], parts.Length > 1 && parts[1].Length > 0 ? parts[1].Length == 2 ? parts[1].ToUpperInvariant() : parts[1] : null);
        return city.Length is > 0 and <= 100;
    }

    /// <summary>Reads services by number, slug, or the beginning of a name, separated by commas; null if one is unknown.</summary>
    public static ImmutableArray<string>? ServicesOf(string text)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var service =
                int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= AllServices.Length
                    ? AllServices[number - 1].Slug
                    : AllServices.Select(known => known.Slug).FirstOrDefault(slug => slug == part.ToLowerInvariant())
                        ?? AllServices.FirstOrDefault(known => known.Title.StartsWith(part, StringComparison.OrdinalIgnoreCase)).Slug;
            if (service is null) return null;
            if (!found.Contains(service)) found.Add(service);
        }

        return found.Count == 0 ? null : found.ToImmutable();
    }

    /// <summary>Asks for the answers that the command line didn't give.</summary>
    /// <param name="given">The answers given as options.</param>
    /// <param name="input">Where the other answers come from; null uses the defaults.</param>
    /// <exception cref="FormatException">An option's value can't be read.</exception>
    public static NewClinic Ask(string folder, NewClinicOptions given, TextReader? input, TextWriter output)
    {
        var questions = new NewClinicQuestions(input, output);
        var name = questions.Name(given.Name, NameOf(folder));
        var (city, region) = questions.City(given.City);
        return new NewClinic
        {
            Name = name,
            City = city,
            Region = region,
            Zone = questions.Zone(given.Zone, city),
            Phone = questions.Phone(given.Phone),
            Hours = questions.Hours(given.Hours),
            Services = questions.Services(given.Services),
            Email = questions.Email(given.Email),
            Booking = questions.Booking(given.Booking),
            Url = given.Url is null ? null : ReadUrl(given.Url),
        };
    }

    private static Uri ReadUrl(string text)
    {
        var withScheme = text.Contains("://", StringComparison.Ordinal) ? text : "https://" + text;
        return WebAddress.TryParse(withScheme, out var url)
            ? url
            : throw new FormatException($"{Diagnostics.Quote(text)}: use an address like https://www.example.com.");
    }
}

/// <summary>Answers given on the command line, as typed; null if not given.</summary>
internal sealed record NewClinicOptions(
    string? Name, string? City, string? Zone, string? Phone, string? Hours, string? Services, string? Email, string? Booking, string? Url);
