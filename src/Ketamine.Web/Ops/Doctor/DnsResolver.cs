using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using DnsClient;
using DnsClient.Protocol;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>The kinds of record that mail depends on (RFC 1035 §3.2.2, RFC 3596).</summary>
internal enum DnsType
{
    A = 1,
    NS = 2,
    CNAME = 5,
    MX = 15,
    TXT = 16,
    AAAA = 28,
}

/// <summary>What became of a question.</summary>
internal enum DnsOutcome
{
    Found,

    /// <summary>The name exists, a record of this kind does not.</summary>
    NoRecord,

    /// <summary>The name doesn't exist (NXDOMAIN), and neither does any name below it (RFC 8020).</summary>
    NoName,

    /// <summary>The resolvers failed, refused or did not answer.</summary>
    Failed,
}

/// <summary>One record of an answer.</summary>
/// <param name="Value">An address, a name (lower case, without the last dot, empty for the root), or a TXT record's strings joined without spaces
/// (RFC 7208 §3.3).</param>
/// <param name="Preference">Of an MX record; the lowest is tried first.</param>
internal sealed record DnsRecord(string Value, int Preference = 0);

/// <summary>The answer to one question.</summary>
/// <param name="Records">Those of the kind asked for, at the end of the aliases; empty unless <see cref="DnsOutcome.Found"/>.</param>
/// <param name="Aliases">The CNAME targets that were followed, in order.</param>
/// <param name="Why">Why it failed, as the end of a sentence.</param>
internal sealed record DnsAnswer(DnsOutcome Outcome, ImmutableArray<DnsRecord> Records, ImmutableArray<string> Aliases, string Why = "")
{
    public ImmutableArray<string> Values => [.. Records.Select(record => record.Value)];
}

/// <summary>Asks the network's resolvers by DnsClient, each question once, and follows aliases. .NET itself looks up addresses alone.</summary>
/// <param name="servers">In the order in which they are asked. Never a public resolver unless one is named here.</param>
/// <param name="patience">How long a server may take to answer; each is tried twice.</param>
/// <param name="budget">How long all questions together may take, from the first one.</param>
internal sealed class DnsResolver(IReadOnlyList<IPEndPoint> servers, TimeSpan patience, TimeSpan budget)
{
    private const int MostAliases = 8;
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    // What an answer by UDP may weigh without being cut into fragments on its way (the size of DNS Flag Day 2020).
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

    /// <summary>The resolvers that this machine is set to use, at most three; none where none is set.</summary>
    public static IReadOnlyList<IPEndPoint> OfThisMachine() =>
        [
            .. NameServer
                .ResolveNameServers(skipIPv6SiteLocal: true, fallbackToGooglePublicDns: false)
                .Take(3)
                .Select(server => new IPEndPoint(IPAddress.Parse(server.Address), server.Port)),
        ];

    /// <summary>Whether DNS could hold the name: labels of 1 to 63 visible ASCII characters, 253 in all.</summary>
    public static bool CanAsk(string name) =>
        name.Length is > 0 and <= LongestName
        && name.Split('.').All(label => label.Length is > 0 and <= LongestLabel && label.All(c => c is > ' ' and < '\x7f' and not '\\'));

    /// <summary>The servers, for people.</summary>
    public string Servers => string.Join(", ", servers.Select(server => server.Port == 53 ? server.Address.ToString() : server.ToString()));

    private string Addresses => string.Join(", ", servers.Select(server => server.Address));

    /// <summary>Asks once per name and kind; never throws for what a network or an answer is like.</summary>
    public Task<DnsAnswer> AskAsync(string name, DnsType type, CancellationToken cancellation) =>
        _asked.GetOrAdd((name.TrimEnd('.').ToLowerInvariant(), type), key => new(() => FollowAsync(key.Name, key.Type, cancellation))).Value;

    /// <summary>A host's addresses of both families, and why one of them could not be looked up; null where both could.</summary>
    public async Task<(ImmutableArray<IPAddress> Addresses, string? Why)> AddressesAsync(string host, CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(AskAsync(host, DnsType.A, cancellation), AskAsync(host, DnsType.AAAA, cancellation));
        return (
            [.. answers.SelectMany(answer => answer.Values).Select(IPAddress.Parse)],
            Array.Find(answers, answer => answer.Outcome is DnsOutcome.Failed)?.Why
        );
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
                    return new(DnsOutcome.Failed, [], aliases, $"{name} is an alias (CNAME) that leads back to itself");
                if (aliases.Length == MostAliases) return new(DnsOutcome.Failed, [], aliases, $"{name} is an alias (CNAME) of more than {MostAliases} others");
                current = target;
                aliases = aliases.Add(target);
            }

            ImmutableArray<DnsRecord> records =
            [
                .. reply.Answers.Where(record => (int)record.RecordType == (int)type && NameOf(record.DomainName) == current).Select(Read),
            ];
            if (!records.IsEmpty) return new(DnsOutcome.Found, records, aliases);
            if (reply.Header.ResponseCode is DnsHeaderResponseCode.NotExistentDomain) return new(DnsOutcome.NoName, [], aliases);
            // A resolver answers for the whole chain; a server that answers for its own names alone is asked for the rest.
            if (current == asked) return new(DnsOutcome.NoRecord, [], aliases);
        }
    }

    private async Task<(IDnsQueryResponse? Reply, string Why)> QueryAsync(string name, DnsType type, CancellationToken cancellation)
    {
        const string late = "no time was left to ask";
        if (servers.Count == 0) return (null, "this machine names no DNS server");
        if (_end.Value.IsCancellationRequested) return (null, late);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _end.Value.Token);
        try
        {
            var reply = await _client
                .Value.QueryServerAsync(_order ?? servers, name, (QueryType)(int)type, cancellationToken: time.Token)
                .WaitAsync(time.Token);
            var server = reply.NameServer.Address;
            // The server that answers is asked first from now on: each question to a dead one costs twice the patience.
            _order = [.. servers.OrderBy(next => next.Address.ToString() != server || next.Port != reply.NameServer.Port)];
            return reply.Header.ResponseCode switch
            {
                DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain => (reply, ""),
                DnsHeaderResponseCode.ServerFailure => (null, $"{server} answered that it failed (SERVFAIL)"),
                DnsHeaderResponseCode.Refused => (null, $"{server} answered that it refuses (REFUSED)"),
                var code => (null, $"{server} answered with code {(int)code}"),
            };
        }
        catch (Exception failure) when ((failure is OperationCanceledException or DnsResponseException) && !cancellation.IsCancellationRequested)
        {
            return (null, $"{Addresses} did not answer{(_end.Value.IsCancellationRequested ? " in time" : "")}");
        }
        catch (Exception broken) when (broken is DnsXidMismatchException or InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            return (null, $"{Addresses} answered with something that is not a DNS message");
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
