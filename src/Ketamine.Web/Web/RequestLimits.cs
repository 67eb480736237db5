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
    /// <summary>Forms: 20 in ten minutes, enough for a household or office behind one address, mistakes included.</summary>
    public const string Forms = "forms";

    /// <summary>Tries of a code: 10 in ten minutes.</summary>
    public const string Codes = "codes";

    private const int AnythingAMinute = 120;
    private const int FormsInTenMinutes = 20;
    private const int CodesInTenMinutes = 10;

    /// <summary>An IPv6 /48, which providers assign as a unit, may do as much as this many households; it contains 65,536 of them.</summary>
    private const int HouseholdsPerNetwork = 5;

    /// <summary>Adds the limits that <see cref="UseRequestLimits"/> applies.</summary>
    public static IServiceCollection AddRequestLimits(this IServiceCollection services) =>
        services.AddRateLimiter(limits =>
        {
            limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limits.OnRejected = (context, _) =>
            {
                var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(1);
                context.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                return ValueTask.CompletedTask;
            };
            limits.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                PartitionedRateLimiter.Create<HttpContext, string>(context => PartitionFor(context, AnythingAMinute, TimeSpan.FromMinutes(1))),
                ForNetworks(policy: null, AnythingAMinute, TimeSpan.FromMinutes(1)),
                ForNetworks(Forms, FormsInTenMinutes, TimeSpan.FromMinutes(10)),
                ForNetworks(Codes, CodesInTenMinutes, TimeSpan.FromMinutes(10)));
            limits.AddPolicy(Forms, context => PartitionFor(context, FormsInTenMinutes, TimeSpan.FromMinutes(10)));
            limits.AddPolicy(Codes, context => PartitionFor(context, CodesInTenMinutes, TimeSpan.FromMinutes(10)));
        });

    /// <summary>Applies the limits; if <c>Limits:Enabled</c> is false, nothing is limited.</summary>
    public static IApplicationBuilder UseRequestLimits(this IApplicationBuilder app)
    {
        // Leaving the middleware out also avoids the limiters' timers, which run until the process ends, even after the site has stopped.
        if (app.ApplicationServices.GetRequiredService<IConfiguration>().GetValue("Limits:Enabled", true)) app.UseRateLimiter();
        return app;
    }

    /// <summary>The unit of the limits: an IPv4 address, or an IPv6 /64, which one household gets and from which one person can use 2^64 addresses.</summary>
    public static string Origin(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    /// <summary>The network that an IPv6 address belongs to, a /48; null for IPv4, whose addresses are too expensive to use by the thousand.</summary>
    public static string? Network(IPAddress? address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 6))
            : null;

    private static PartitionedRateLimiter<HttpContext> ForNetworks(string? policy, int permits, TimeSpan window) =>
        PartitionedRateLimiter.Create<HttpContext, string>(context =>
            !SameOrigin.IsSafe(context.Request.Method) && Network(context.Connection.RemoteIpAddress) is { } network
            && (policy is null || context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName == policy)
                ? RateLimitPartition.GetFixedWindowLimiter(network, _ => Window(permits * HouseholdsPerNetwork, window))
                : RateLimitPartition.GetNoLimiter(Unlimited));

    // Unlimited requests need a key that no address has: a partition keeps the first limiter created for its key.
    private static RateLimitPartition<string> PartitionFor(HttpContext context, int permits, TimeSpan window) =>
        SameOrigin.IsSafe(context.Request.Method)
            ? RateLimitPartition.GetNoLimiter(Unlimited)
            : RateLimitPartition.GetFixedWindowLimiter("from " + Origin(context.Connection.RemoteIpAddress), _ => Window(permits, window));

    // Fixed, not sliding: only a fixed window can say when to come back (Retry-After).
    private static FixedWindowRateLimiterOptions Window(int permits, TimeSpan window) => new() { PermitLimit = permits, Window = window, QueueLimit = 0 };

    private const string Unlimited = "unlimited";
}
