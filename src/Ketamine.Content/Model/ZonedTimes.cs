namespace Ketamine.Content.Model;

/// <summary>Instants as people in a time zone read them.</summary>
public static class ZonedTimes
{
    public static ZonedDateTime InZone(this DateTimeOffset instant, DateTimeZone zone) => Instant.FromDateTimeOffset(instant).InZone(zone);
}
