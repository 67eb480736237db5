namespace Ketamine.Content.Reading;

/// <summary>Time zones as people name them. IANA names are accepted in any letter case; other names produce a suggestion.</summary>
public static class WrittenZone
{
    private static readonly Dictionary<string, string> Zones = ByName(
        ("America/New_York", ["eastern", "et", "est", "edt", "est5edt"]),
        ("America/Chicago", ["central", "ct", "cst", "cdt"]),
        ("America/Denver", ["mountain", "mt", "mst", "mdt"]),
        ("America/Phoenix", ["arizona"]),
        ("America/Los_Angeles", ["pacific", "pt", "pst", "pdt"]),
        ("America/Anchorage", ["alaska", "akst"]),
        ("Pacific/Honolulu", ["hawaii", "hst"]));

    // Large cities that aren't in IANA's list.
    private static readonly Dictionary<string, string> Places = ByName(
        ("America/New_York",
            ["boston", "philadelphia", "atlanta", "miami", "washington", "charlotte", "columbus", "pittsburgh", "orlando", "tampa"]),
        ("America/Chicago",
            ["houston", "dallas", "austin", "san antonio", "minneapolis", "nashville", "new orleans", "st. louis", "kansas city", "milwaukee"]),
        ("America/Denver", ["boulder", "colorado springs", "salt lake city", "albuquerque", "santa fe"]),
        ("America/Phoenix", ["tucson", "scottsdale"]),
        ("America/Los_Angeles", ["san francisco", "san diego", "seattle", "portland", "sacramento", "las vegas", "oakland"]));

    public static bool TryParse(string text, out DateTimeZone zone)
    {
        var id = text.Replace(' ', '_');
        // IANA's EST and MST have no daylight saving time, for old Unix machines: probably not what a clinic means.
        var exact = Zones.ContainsKey(id) ? null : DateTimeZoneProviders.Tzdb.GetZoneOrNull(id);
        var same = DateTimeZoneProviders.Tzdb.Ids.FirstOrDefault(known => known.Contains('/') && known.Equals(id, StringComparison.OrdinalIgnoreCase));
        zone = exact ?? (same is null ? null! : DateTimeZoneProviders.Tzdb[same]);
        return zone is not null;
    }

    /// <summary>The IANA name that a text most likely means: "Mountain Time", "Denver", "America/Denverr"; null if unclear.</summary>
    public static string? Suggest(string text)
    {
        var words = text.ToLowerInvariant()
            .Replace(" time", "", StringComparison.Ordinal)
            .Replace(" standard", "", StringComparison.Ordinal)
            .Replace("us/", "", StringComparison.Ordinal)
            .Replace(" (us)", "", StringComparison.Ordinal)
            .Trim();
        return Zones.GetValueOrDefault(words) ?? OfCity(words.Split(',')[0].Trim()) ?? NearestName.To(text.Replace(' ', '_'), DateTimeZoneProviders.Tzdb.Ids);
    }

    /// <summary>The zone of a US city or of a city in IANA's list; null if unknown.</summary>
    public static string? OfCity(string city)
    {
        if (Places.GetValueOrDefault(city) is { } known) return known;
        var name = "/" + city.Trim().Replace(' ', '_');
        var ids = DateTimeZoneProviders.Tzdb.Ids.Where(id => id.EndsWith(name, StringComparison.OrdinalIgnoreCase)).ToList();
        return ids.Find(id => id.StartsWith("America/", StringComparison.Ordinal)) ?? (ids is [var only] ? only : null);
    }

    private static Dictionary<string, string> ByName(params (string Zone, string[] Names)[] zones) =>
        zones.SelectMany(zone => zone.Names, (zone, name) => (name, zone.Zone)).ToDictionary(StringComparer.OrdinalIgnoreCase);
}
