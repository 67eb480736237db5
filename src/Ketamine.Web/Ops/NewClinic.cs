using Ketamine.Content.Editing;
using System.Collections.Immutable;
using System.Globalization;
using Ketamine.Content;
using Ketamine.Content.Reading;

namespace Ketamine.Web.Ops;

/// <summary>The facts about a clinic that a new folder needs. All have defaults, so that a folder can be created right away and changed later.</summary>
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

    /// <summary>Asks for whatever the command line didn't give.</summary>
    /// <param name="given">The answers given as options.</param>
    public static NewClinic Ask(string folder, NewClinicOptions given, TextReader? input, TextWriter output)
    {
        string Answer(string? option, string question, string fallback, Func<string, string?> read, string wrong)
        {
            if (option is not null) return read(option) ?? throw new FormatException($"{Diagnostics.Quote(option)}: {wrong}");
            return input is null ? fallback : Questions.Ask(question, fallback, read, wrong, input, output);
        }

        var name = Answer(
            given.Name,
            "The clinic's name, as patients know it",
            NameOf(folder),
            text => text.Length is > 0 and <= 100 ? text : null,
            "At most 100 characters."
        );
        var city = Answer(given.City, "City and state", "Denver, CO", text => TryParseCity(text, out _, out _) ? text : null, "Use a form like Denver, CO.");
        if (!TryParseCity(city, out var town, out var region)) throw new FormatException($"{Diagnostics.Quote(city)}: use a form like Denver, CO.");
        var zone = Answer(
            given.Zone,
            "Time zone",
            WrittenZone.OfCity(town) ?? "America/New_York",
            text => WrittenZone.TryParse(text, out var known) ? known.Id : WrittenZone.Suggest(text),
            "Use Eastern, Central, Mountain, Arizona, Pacific, Alaska, Hawaii, or a name such as America/Denver."
        );
        var phone = Answer(
            given.Phone,
            "Phone number",
            "none",
            text => text is "none" || PhoneNumber.TryParse(text, out _) ? text : null,
            "Use a form like (303) 555-0142, or none."
        );
        var hours = Answer(
            given.Hours,
            "Hours",
            DefaultHours,
            text => WrittenTimes.TryParseHours(text, out _, out _) ? text : null,
            "Use a form like Mon-Thu 9-5, Fri 9-1."
        );
        if (input is not null && given.Services is null)
            for (var number = 1; number <= AllServices.Length; number++) output.WriteLine($"  {number}  {AllServices[number - 1].Title}");
        var services = Answer(
            given.Services,
            "Services, by number",
            "1",
            text => ServicesOf(text) is null ? null : text,
            $"Use numbers from 1 to {AllServices.Length}, separated by commas."
        );
        var email = Answer(
            given.Email,
            "Email address for patients",
            "none",
            text => text is "none" || EmailAddress.TryParse(text, out _) ? text : null,
            "Use an address like hello@example.com, or none."
        );
        var booking = Answer(
            given.Booking,
            "Can people book a free call on the site?",
            "yes",
            text =>
                text.ToLowerInvariant() is "y" or "yes" or "true" ? "yes"
                : text.ToLowerInvariant() is "n" or "no" or "false" ? "no"
                : null,
            "Answer yes or no."
        );
        if (!WrittenTimes.TryParseHours(hours, out var open, out var unread))
            throw new FormatException($"{Diagnostics.Quote(unread)}: use a form like Mon-Thu 9-5, Fri 9-1.");
        return new NewClinic
        {
            Name = name,
            City = town,
            Region = region,
            Zone = zone,
            Hours = open,
            Services = ServicesOf(services)!.Value,
            Booking = booking == "yes",
            Phone = PhoneNumber.TryParse(phone, out var number1) ? number1 : null,
            Email = EmailAddress.TryParse(email, out var address) ? address : null,
            Url =
                given.Url is null ? null
                : Uri.TryCreate(given.Url.Contains("://", StringComparison.Ordinal) ? given.Url : "https://" + given.Url, UriKind.Absolute, out var url) ? url
                : throw new FormatException($"{Diagnostics.Quote(given.Url)}: use an address like https://www.example.com."),
        };
    }
}

/// <summary>Answers given on the command line, as typed; null if not given.</summary>
internal sealed record NewClinicOptions(
    string? Name,
    string? City,
    string? Zone,
    string? Phone,
    string? Hours,
    string? Services,
    string? Email,
    string? Booking,
    string? Url
);
