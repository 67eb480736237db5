namespace Ketamine.Web.Web;

/// <summary>Which requests come from one place.</summary>
public static class Networks
{
    /// <summary>Every caller whose address the server can't see (a Unix socket, a proxy that isn't in Site:TrustedProxies): they count as one.</summary>
    public const string Unknown = "unknown";

    /// <summary>
    /// The caller's IPv4 address or IPv6 /64, as limits count it; <see cref="Unknown"/> where it can't be seen, and null where
    /// <c>Limits:Enabled</c> is false, as in load tests, where every caller is one machine.
    /// </summary>
    public static string? Of(HttpContext context)
    {
        if (!context.RequestServices.GetRequiredService<IConfiguration>().GetValue("Limits:Enabled", true)) return null;
        var origin = RequestLimits.Origin(context.Connection.RemoteIpAddress);
        return origin.Length == 0 ? Unknown : origin.Length <= 50 ? origin : origin[..50];
    }
}
