namespace Ketamine.Content.Reading;

/// <summary>Time zones as people name them. IANA names are accepted in any letter case; other names produce a suggestion.</summary>
public static class WrittenZone
{
    private static readonly Dictionary<string, string> Zones = new(StringComparer.OrdinalIgnoreCase)
    {
        ["eastern"] = "America/New_York",
        ["et"] = "America/New_York",
        ["est"] = "America/New_York",
        ["edt"] = "America/New_York",
        ["est5edt"] = "America/New_York",
        ["central"] = "America/Chicago",
        ["ct"] = "America/Chicago",
        ["cst"] = "America/Chicago",
        ["cdt"] = "America/Chicago",
        ["mountain"] = "America/Denver",
        ["mt"] = "America/Denver",
        ["mst"] = "America/Denver",
        ["mdt"] = "America/Denver",
        ["arizona"] = "America/Phoenix",
        ["pacific"] = "America/Los_Angeles",
        ["pt"] = "America/Los_Angeles",
        ["pst"] = "America/Los_Angeles",
        ["pdt"] = "America/Los_Angeles",
        ["alaska"] = "America/Anchorage",
        ["akst"] = "America/Anchorage",
        ["hawaii"] = "Pacific/Honolulu",
        ["hst"] = "Pacific/Honolulu",
    };

    // Large cities that aren't in IANA's list, and states with a single zone.
    private static readonly Dictionary<string, string> Places = new(StringComparer.OrdinalIgnoreCase)
    {
        ["boston"] = "America/New_York",
        ["philadelphia"] = "America/New_York",
        ["atlanta"] = "America/New_York",
        ["miami"] = "America/New_York",
        ["washington"] = "America/New_York",
        ["charlotte"] = "America/New_York",
        ["columbus"] = "America/New_York",
        ["pittsburgh"] = "America/New_York",
        ["orlando"] = "America/New_York",
        ["tampa"] = "America/New_York",
        ["houston"] = "America/Chicago",
        ["dallas"] = "America/Chicago",
        ["austin"] = "America/Chicago",
        ["san antonio"] = "America/Chicago",
        ["minneapolis"] = "America/Chicago",
        ["nashville"] = "America/Chicago",
        ["new orleans"] = "America/Chicago",
        ["st. louis"] = "America/Chicago",
        ["kansas city"] = "America/Chicago",
        ["milwaukee"] = "America/Chicago",
        ["boulder"] = "America/Denver",
        ["colorado springs"] = "America/Denver",
        ["salt lake city"] = "America/Denver",
        ["albuquerque"] = "America/Denver",
        ["santa fe"] = "America/Denver",
        ["tucson"] = "America/Phoenix",
        ["scottsdale"] = "America/Phoenix",
        ["san francisco"] = "America/Los_Angeles",
        ["san diego"] = "America/Los_Angeles",
        ["seattle"] = "America/Los_Angeles",
        ["portland"] = "America/Los_Angeles",
        ["sacramento"] = "America/Los_Angeles",
        ["las vegas"] = "America/Los_Angeles",
        ["oakland"] = "America/Los_Angeles",
    };

    public static bool TryParse(string text, out DateTimeZone zone)
    {
        var id = text.Replace(' ', '_');
        // IANA's EST and MST have no daylight saving time, for old Unix machines: probably not what a clinic means.
        zone =
            (Zones.ContainsKey(id) ? null : DateTimeZoneProviders.Tzdb.GetZoneOrNull(id))
            ?? (
                DateTimeZoneProviders.Tzdb.Ids.FirstOrDefault(known =>
                    known.Contains('/', StringComparison.Ordinal) && string.Equals(known, id, StringComparison.OrdinalIgnoreCase)
                )
                    is { } same
                    ? DateTimeZoneProviders.Tzdb[same]
                    : null
            )!;
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
}
