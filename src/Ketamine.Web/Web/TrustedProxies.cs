using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Ketamine.Web.Web;

/// <summary>The proxies whose X-Forwarded-* headers are trusted: <c>Site:TrustedProxies</c>, a list of addresses and networks. Empty by default.</summary>
public static class TrustedProxies
{
    private const string Key = "Site:TrustedProxies";

    /// <exception cref="OptionsValidationException">An entry is neither an address nor a network; the message names the key.</exception>
    public static IServiceCollection AddTrustedProxies(this IServiceCollection services, IConfiguration configuration)
    {
        var entries = configuration.GetSection(Key).Get<string[]>()
            ?? configuration[Key]?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        services.AddOptions<ForwardedHeadersOptions>().ValidateOnStart();
        return services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            forwarded.ForwardedHeaders = entries.Length == 0
                ? ForwardedHeaders.None
                : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            // No limit on hops: processing stops at the first untrusted address.
            forwarded.ForwardLimit = null;
            foreach (var entry in entries) Add(forwarded, entry);
        });
    }

    private static void Add(ForwardedHeadersOptions forwarded, string entry)
    {
        if (IPAddress.TryParse(entry, out var address)) forwarded.KnownProxies.Add(address);
        else if (System.Net.IPNetwork.TryParse(entry, out var network)) forwarded.KnownIPNetworks.Add(network);
        else
            throw new OptionsValidationException(
                Key,
                typeof(ForwardedHeadersOptions),
                [$"{Key} contains \"{entry}\"; use an IP address (10.0.0.5) or a network (10.0.0.0/8)"]);
    }
}
