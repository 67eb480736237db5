namespace Ketamine.Web.Web;

/// <summary>Groups requests by network.</summary>
public static class Networks
{
    /// <summary>All callers whose address the server can't see (a Unix socket, a proxy that isn't in Site:TrustedProxies) count as one.</summary>
    public const string Unknown = "unknown";

    /// <summary>
    /// The caller's IPv4 address or IPv6 /64, as used for limits; <see cref="Unknown"/> if it isn't visible; null if <c>Limits:Enabled</c> is false, as in
    /// load tests, where all callers are on one machine.
    /// </summary>
    public static string? Of(HttpContext context)
    {
        if (!context.RequestServices.GetRequiredService<IConfiguration>().GetValue("Limits:Enabled", true)) return null;
        var origin = RequestLimits.Origin(context.Connection.RemoteIpAddress);
        return origin.Length == 0 ? Unknown : origin;
    }
}
