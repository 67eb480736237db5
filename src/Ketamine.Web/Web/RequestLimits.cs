using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Ketamine.Web.Web;

/// <summary>
/// How often one address may change something. Reading is never limited. A page names its limit with
/// <c>[EnableRateLimiting(RequestLimits.Forms)]</c>; under all of them lies one for every unsafe request.
/// </summary>
public static class RequestLimits
{
    /// <summary>Forms that people fill in: 20 in ten minutes, enough for a household or an office behind one address to correct its mistakes.</summary>
    public const string Forms = "forms";

    /// <summary>Tries of a code: 10 in ten minutes.</summary>
    public const string Codes = "codes";

    private const int AnythingAMinute = 120;

    /// <summary>Limits by the configuration section <c>Limits</c>; with <c>Limits:Enabled</c> false everything passes.</summary>
    public static IServiceCollection AddRequestLimits(this IServiceCollection services, IConfiguration configuration)
    {
        var enabled = configuration.GetValue("Limits:Enabled", true);
        return services.AddRateLimiter(limits =>
        {
            limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limits.OnRejected = (context, _) =>
            {
                var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(1);
                context.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                return ValueTask.CompletedTask;
            };
            limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
                PartitionFor(context, enabled, AnythingAMinute, TimeSpan.FromMinutes(1)));
            limits.AddPolicy(Forms, context => PartitionFor(context, enabled, 20, TimeSpan.FromMinutes(10)));
            limits.AddPolicy(Codes, context => PartitionFor(context, enabled, 10, TimeSpan.FromMinutes(10)));
        });
    }

    /// <summary>
    /// Who counts as one: an IPv4 address, or an IPv6 /64, which is what one household gets and what one person can draw
    /// 2^64 addresses from.
    /// </summary>
    public static string Origin(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    private static RateLimitPartition<string> PartitionFor(HttpContext context, bool enabled, int permits, TimeSpan window) =>
        !enabled || SameOrigin.IsSafe(context.Request.Method)
            ? RateLimitPartition.GetNoLimiter("")
            // Fixed, not sliding: only a fixed window can say when to come back (Retry-After).
            : RateLimitPartition.GetFixedWindowLimiter(Origin(context.Connection.RemoteIpAddress), _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = permits,
                Window = window,
                QueueLimit = 0,
            });
}
