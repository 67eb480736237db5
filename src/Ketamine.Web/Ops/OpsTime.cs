namespace Ketamine.Web.Ops;

/// <summary>Formats times in the clinic's time zone for the commands, the same in all of them.</summary>
internal static class OpsTime
{
    /// <summary>"Fri 2027-01-01 09:00 MST"</summary>
    public static string Local(DateTimeOffset instant, DateTimeZone zone) =>
        instant.InZone(zone).ToString("ddd uuuu-MM-dd HH:mm x", CultureInfo.InvariantCulture);
}
