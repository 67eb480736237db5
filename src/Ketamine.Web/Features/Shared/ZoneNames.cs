namespace Ketamine.Web.Features.Shared;

/// <summary>
/// Names of time zones as readers know them, English and Spanish (CLDR's). Season and rules come from NodaTime's tzdb, as every date of the site does: the
/// operating system may lack a zone or have older rules, and is not used.
/// </summary>
public static class ZoneNames
{
    // Keyed by tzdb's abbreviations for standard and daylight time, for the Americas and the Pacific only; elsewhere they mean other zones.
    private static readonly (string Standard, string Daylight, string English, string Spanish)[] Known =
    [
        ("EST", "EDT", "Eastern", "oriental"),
        ("CST", "CDT", "Central", "central"),
        ("MST", "MDT", "Mountain", "de las Montañas Rocosas"),
        ("PST", "PDT", "Pacific", "del Pacífico"),
        ("AKST", "AKDT", "Alaska", "de Alaska"),
        ("HST", "HDT", "Hawaii-Aleutian", "de Hawái-Aleutianas"),
        ("AST", "ADT", "Atlantic", "del Atlántico"),
        ("ChST", "", "Chamorro", "de Chamorro"),
    ];

    /// <summary>
    /// The zone's name at an instant: "Mountain Standard Time" in winter, "Mountain Daylight Time" in summer, "Berlin time" for a zone without a
    /// known name.
    /// </summary>
    public static string At(DateTimeZone zone, Instant instant, CultureInfo culture)
    {
        var interval = zone.GetZoneInterval(instant);
        if (Find(zone, interval.Name) is not { } known) return OfCity(zone, culture);
        var daylight = interval.Name == known.Daylight;
        return IsSpanish(culture)
            ? $"hora {(daylight ? "de verano" : "estándar")} {known.Spanish}"
            : $"{known.English} {(daylight ? "Daylight" : "Standard")} Time";
    }

    /// <summary>
    /// The name without a season, for a heading over times in both: "Mountain Time". If clocks don't change within a year, the full name is right all
    /// year: "Mountain Standard Time" in Phoenix.
    /// </summary>
    public static string AllYear(DateTimeZone zone, Instant from, CultureInfo culture)
    {
        if (!zone.GetZoneIntervals(from, from + Duration.FromDays(365)).Skip(1).Any() || Find(zone, zone.GetZoneInterval(from).Name) is not { } known)
            return At(zone, from, culture);
        return IsSpanish(culture) ? $"hora {known.Spanish}" : $"{known.English} Time";
    }

    private static (string Standard, string Daylight, string English, string Spanish)? Find(DateTimeZone zone, string abbreviation)
    {
        var here = zone.Id.StartsWith("America/", StringComparison.Ordinal) || zone.Id.StartsWith("US/", StringComparison.Ordinal)
            || zone.Id.StartsWith("Canada/", StringComparison.Ordinal) || zone.Id.StartsWith("Pacific/", StringComparison.Ordinal);
        if (!here || zone.Id is "America/Havana") return null;
        foreach (var known in Known)
            if (known.Standard == abbreviation || known.Daylight == abbreviation) return known;
        return null;
    }

    // CLDR's fallback for a zone without a name.
    private static string OfCity(DateTimeZone zone, CultureInfo culture)
    {
        var city = zone.Id[(zone.Id.LastIndexOf('/') + 1)..].Replace('_', ' ');
        return zone.Id.StartsWith("Etc/", StringComparison.Ordinal) || !zone.Id.Contains('/') ? city : IsSpanish(culture) ? $"hora de {city}" : $"{city} time";
    }

    private static bool IsSpanish(CultureInfo culture) => culture.TwoLetterISOLanguageName == "es";
}
