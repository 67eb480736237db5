using System.Collections.Concurrent;
using System.Net;
using DnsClient;
using DnsClient.Protocol;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>The record types that email depends on (RFC 1035 §3.2.2, RFC 3596).</summary>
internal enum DnsType
{
    A = 1,
    NS = 2,
    CNAME = 5,
    MX = 15,
    TXT = 16,
    AAAA = 28,
}

/// <summary>The outcome of a query.</summary>
internal enum DnsOutcome
{
    Found,

    /// <summary>The name exists, but has no record of this type.</summary>
    NoRecord,

    /// <summary>The name doesn't exist (NXDOMAIN), and neither does any name below it (RFC 8020).</summary>
    NoName,

    /// <summary>The resolvers failed, refused, or didn't answer.</summary>
    Failed,
}

/// <summary>One record in an answer.</summary>
/// <param name="Value">An address, a name (lower case, without the last dot, empty for the root), or a TXT record's strings joined without spaces
/// (RFC 7208 §3.3).</param>
/// <param name="Preference">An MX record's preference; the lowest is tried first.</param>
internal sealed record DnsRecord(string Value, int Preference = 0);

/// <summary>The answer to one query.</summary>
/// <param name="Records">Records of the requested type, at the end of the alias chain; empty unless <see cref="DnsOutcome.Found"/>.</param>
/// <param name="Aliases">The CNAME targets that were followed, in order.</param>
/// <param name="Why">Why it failed, as the end of a sentence.</param>
internal sealed record DnsAnswer(DnsOutcome Outcome, ImmutableArray<DnsRecord> Records, ImmutableArray<string> Aliases, string Why = "")
{
    public ImmutableArray<string> Values => [.. Records.Select(record => record.Value)];
}

/// <summary>Queries the network's resolvers with DnsClient, each query once, and follows aliases. .NET itself looks up only addresses.</summary>
/// <param name="servers">The servers, in the order of use. Never a public resolver unless one is named here.</param>
/// <param name="patience">Timeout per attempt; each server is tried twice.</param>
/// <param name="budget">Timeout for all queries together, starting with the first.</param>
internal sealed class DnsResolver(IReadOnlyList<IPEndPoint> servers, TimeSpan patience, TimeSpan budget)
{
    private const int MostAliases = 8;
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    // The largest UDP answer that avoids fragmentation (DNS Flag Day 2020).
    private const int UdpSize = 1232;

    private readonly ConcurrentDictionary<(string Name, DnsType Type), Lazy<Task<DnsAnswer>>> _asked = new();
    private readonly Lazy<LookupClient> _client = new(() => new LookupClient(new LookupClientOptions([.. servers])
    {
        AutoResolveNameServers = false,
        UseCache = false,
        Timeout = patience,
        Retries = 1,
        UseRandomNameServer = false,
        ThrowDnsErrors = false,
        ExtendedDnsBufferSize = UdpSize,
    }));

    private volatile IReadOnlyList<IPEndPoint>? _order;

    private readonly Lazy<CancellationTokenSource> _end = new(() => new CancellationTokenSource(budget));

    /// <summary>The resolvers configured on this machine, at most three.</summary>
    public static IReadOnlyList<IPEndPoint> OfThisMachine() =>
        [
            .. NameServer
                .ResolveNameServers(skipIPv6SiteLocal: true, fallbackToGooglePublicDns: false)
                .Take(3)
                .Select(server => new IPEndPoint(IPAddress.Parse(server.Address), server.Port)),
        ];

    /// <summary>Whether the name is valid in DNS: labels of 1 to 63 visible ASCII characters, 253 in all.</summary>
    public static bool CanAsk(string name) =>
        name.Length is > 0 and <= LongestName
        && name.Split('.').All(label => label.Length is > 0 and <= LongestLabel && label.All(c => c is > ' ' and < '\x7f' and not '\\'));

    /// <summary>The servers, for display.</summary>
    public string Servers => string.Join(", ", servers.Select(server => server.Port == 53 ? server.Address.ToString() : server.ToString()));

    private string Addresses => string.Join(", ", servers.Select(server => server.Address));

    /// <summary>Queries once per name and type; never throws because of the network or a bad answer.</summary>
    public Task<DnsAnswer> AskAsync(string name, DnsType type, CancellationToken cancellation) =>
        _asked.GetOrAdd((name.TrimEnd('.').ToLowerInvariant(), type), key => new(() => FollowAsync(key.Name, key.Type, cancellation))).Value;

    /// <summary>A host's IPv4 and IPv6 addresses, and why a lookup failed; null if both succeeded.</summary>
    public async Task<(ImmutableArray<IPAddress> Addresses, string? Why)> AddressesAsync(string host, CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(AskAsync(host, DnsType.A, cancellation), AskAsync(host, DnsType.AAAA, cancellation));
        return ([.. answers.SelectMany(answer => answer.Values).Select(IPAddress.Parse)],
            Array.Find(answers, answer => answer.Outcome is DnsOutcome.Failed)?.Why);
    }

    private async Task<DnsAnswer> FollowAsync(string name, DnsType type, CancellationToken cancellation)
    {
        var aliases = ImmutableArray<string>.Empty;
        var current = name;
        while (true)
        {
            if (!CanAsk(current)) return new(DnsOutcome.NoName, [], aliases);
            var asked = current;
            var (reply, why) = await QueryAsync(asked, type, cancellation);
            if (reply is null) return new(DnsOutcome.Failed, [], aliases, why);
            while (reply.Answers.CnameRecords().FirstOrDefault(record => NameOf(record.DomainName) == current) is { } alias)
            {
                var target = NameOf(alias.CanonicalName);
                if (target == name || aliases.Contains(target))
                    return new(DnsOutcome.Failed, [], aliases, $"{name} is an alias (CNAME) that points back to itself");
                if (aliases.Length == MostAliases) return new(DnsOutcome.Failed, [], aliases, $"{name} is a chain of more than {MostAliases} aliases (CNAME)");
                current = target;
                aliases = aliases.Add(target);
            }

            ImmutableArray<DnsRecord> records =
            [
                .. reply.Answers.Where(record => (int)record.RecordType == (int)type && NameOf(record.DomainName) == current).Select(Read),
            ];
            if (!records.IsEmpty) return new(DnsOutcome.Found, records, aliases);
            if (reply.Header.ResponseCode is DnsHeaderResponseCode.NotExistentDomain) return new(DnsOutcome.NoName, [], aliases);
            // A resolver returns the whole chain; an authoritative server only its own names, so the rest takes another query.
            if (current == asked) return new(DnsOutcome.NoRecord, [], aliases);
        }
    }

    private async Task<(IDnsQueryResponse? Reply, string Why)> QueryAsync(string name, DnsType type, CancellationToken cancellation)
    {
        const string late = "there was no time left to ask";
        if (servers.Count == 0) return (null, "this machine has no DNS server configured");
        if (_end.Value.IsCancellationRequested) return (null, late);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _end.Value.Token);
        try
        {
            var reply = await _client
                .Value.QueryServerAsync(_order ?? servers, name, (QueryType)(int)type, cancellationToken: time.Token)
                .WaitAsync(time.Token);
            var server = reply.NameServer.Address;
            // From now on, ask the server that answered first: each query to a dead one costs two timeouts.
            _order = [.. servers.OrderBy(next => next.Address.ToString() != server || next.Port != reply.NameServer.Port)];
            return reply.Header.ResponseCode switch
            {
                DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain => (reply, ""),
                DnsHeaderResponseCode.ServerFailure => (null, $"{server} reported a failure (SERVFAIL)"),
                DnsHeaderResponseCode.Refused => (null, $"{server} refused to answer (REFUSED)"),
                var code => (null, $"{server} answered with code {(int)code}"),
            };
        }
        catch (Exception failure) when ((failure is OperationCanceledException or DnsResponseException) && !cancellation.IsCancellationRequested)
        {
            return (null, $"{Addresses} didn't answer{(_end.Value.IsCancellationRequested ? " in time" : "")}");
        }
        catch (Exception broken) when (broken is DnsXidMismatchException or InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            return (null, $"{Addresses} sent something that isn't a DNS message");
        }
    }

    private static DnsRecord Read(DnsResourceRecord record) => record switch
    {
        AddressRecord address => new DnsRecord(address.Address.ToString()),
        NsRecord server => new DnsRecord(NameOf(server.NSDName)),
        MxRecord mail => new DnsRecord(NameOf(mail.Exchange), mail.Preference),
        TxtRecord text => new DnsRecord(string.Concat(text.Text)),
        _ => new DnsRecord(record.ToString()),
    };

    private static string NameOf(DnsString name) => name.Value.TrimEnd('.').ToLowerInvariant();
}
