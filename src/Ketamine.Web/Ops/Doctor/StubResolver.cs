using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>What became of a question.</summary>
internal enum DnsOutcome
{
    Found,

    /// <summary>The name is there, a record of this kind is not.</summary>
    NoRecord,

    /// <summary>There is no such name (NXDOMAIN), so there is none below it either (RFC 8020).</summary>
    NoName,

    /// <summary>Nobody could say.</summary>
    Failed,
}

/// <summary>The answer to one question.</summary>
/// <param name="Records">Those of the kind asked for, at the end of the aliases; empty but for <see cref="DnsOutcome.Found"/>.</param>
/// <param name="Aliases">The CNAME targets that were followed, in order.</param>
/// <param name="Why">Why it failed, as the end of a sentence.</param>
internal sealed record DnsAnswer(DnsOutcome Outcome, ImmutableArray<DnsRecord> Records, ImmutableArray<string> Aliases, string Why = "")
{
    public ImmutableArray<string> Values => [.. Records.Select(record => record.Value)];
}

/// <summary>
/// Asks the network's resolver, as RFC 1034 §5.3.1 describes a stub: by UDP, by TCP what did not fit, each question with an unguessable id from a
/// port of its own, and only an answer that repeats both is taken. .NET itself looks up addresses alone (docs/decisions/dns.md).
/// </summary>
/// <param name="servers">In the order in which they are asked.</param>
/// <param name="patience">How long a server may think in the first round; twice that in the second.</param>
/// <param name="budget">How long all questions together may take.</param>
internal sealed class StubResolver(IReadOnlyList<IPEndPoint> servers, TimeSpan patience, TimeSpan budget)
{
    private const int MostAliases = 8;
    private const int Rounds = 2;

    private readonly ConcurrentDictionary<(string Name, DnsType Type), Lazy<Task<DnsAnswer>>> _asked = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private volatile int _first;
    private volatile bool _heard;
    private volatile bool _silent;

    /// <summary>The resolvers that this machine is set to use.</summary>
    public static IReadOnlyList<IPEndPoint> OfThisMachine() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().Where(network => network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(network => network.GetIPProperties().DnsAddresses)
            // Windows fills in three site-local addresses where nothing is set.
            .Where(address => !address.IsIPv6SiteLocal).Distinct().Take(3).Select(address => new IPEndPoint(address, 53))];

    /// <summary>Who is asked, for people.</summary>
    public string Servers => string.Join(", ", servers.Select(server => server.Port == 53 ? server.Address.ToString() : server.ToString()));

    /// <summary>Asks once a name and kind; never throws for what a network or an answer is like.</summary>
    public Task<DnsAnswer> AskAsync(string name, DnsType type, CancellationToken cancellation) =>
        _asked.GetOrAdd((name.TrimEnd('.').ToLowerInvariant(), type), key => new(() => FollowAsync(key.Name, key.Type, cancellation))).Value;

    /// <summary>A host's addresses of both families, and why one of them could not be looked up; null where both could.</summary>
    public async Task<(ImmutableArray<IPAddress> Addresses, string? Why)> AddressesAsync(string host, CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(AskAsync(host, DnsType.A, cancellation), AskAsync(host, DnsType.AAAA, cancellation));
        return ([.. answers.SelectMany(answer => answer.Values).Select(IPAddress.Parse)], Array.Find(answers, answer => answer.Outcome is DnsOutcome.Failed)?.Why);
    }

    private async Task<DnsAnswer> FollowAsync(string name, DnsType type, CancellationToken cancellation)
    {
        var aliases = ImmutableArray<string>.Empty;
        var current = name;
        while (true)
        {
            if (!DnsMessage.CanAsk(current)) return new(DnsOutcome.NoName, [], aliases);
            var asked = current;
            var (reply, why) = await AskServersAsync(asked, type, cancellation);
            if (reply is null) return new(DnsOutcome.Failed, [], aliases, why);
            while (reply.Answers.FirstOrDefault(record => record.Type is DnsType.CNAME && record.Owner == current) is { } alias)
            {
                if (alias.Value == name || aliases.Contains(alias.Value)) return new(DnsOutcome.Failed, [], aliases, $"{name} is an alias (CNAME) that leads back to itself");
                if (aliases.Length == MostAliases) return new(DnsOutcome.Failed, [], aliases, $"{name} is an alias (CNAME) of more than {MostAliases} others");
                current = alias.Value;
                aliases = aliases.Add(current);
            }

            ImmutableArray<DnsRecord> records = [.. reply.Answers.Where(record => record.Type == type && record.Owner == current)];
            if (!records.IsEmpty) return new(DnsOutcome.Found, records, aliases);
            if (reply.Code == 3) return new(DnsOutcome.NoName, [], aliases);
            // A resolver answers for the whole chain; what answers for its own names alone is asked for the rest.
            if (current == asked) return new(DnsOutcome.NoRecord, [], aliases);
        }
    }

    private async Task<(DnsMessage? Reply, string Why)> AskServersAsync(string name, DnsType type, CancellationToken cancellation)
    {
        var why = servers.Count == 0 ? "this machine names no DNS server" : "no DNS server has answered so far";
        if (_silent) return (null, why);
        for (var round = 1; round <= Rounds; round++)
        {
            for (var i = 0; i < servers.Count; i++)
            {
                var index = (_first + i) % servers.Count;
                var left = budget - Stopwatch.GetElapsedTime(_began);
                if (left <= TimeSpan.Zero) return (null, "no time was left to ask");
                using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                time.CancelAfter(left < patience * round ? left : patience * round);
                var server = servers[index];
                try
                {
                    var reply = await AskServerAsync(server, name, type, edns: round == 1, time.Token);
                    _heard = true;
                    if (reply.Code is 0 or 3)
                    {
                        _first = index;
                        return (reply, "");
                    }

                    why = $"{server.Address} answered {reply.Code switch { 2 => "that it failed (SERVFAIL)", 5 => "that it refuses (REFUSED)", var code => $"with code {code}" }}";
                }
                catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                {
                    why = $"{server.Address} did not answer";
                }
                catch (SocketException e)
                {
                    why = $"{server.Address} can't be reached ({e.SocketErrorCode})";
                }
                catch (Exception e) when (e is IOException or InvalidDataException)
                {
                    why = $"{server.Address} hung up or answered what is no DNS message";
                }
            }
        }

        // Whoever has never answered is not waited for again.
        if (!_heard) _silent = true;
        return (null, why);
    }

    private static async Task<DnsMessage> AskServerAsync(IPEndPoint server, string name, DnsType type, bool edns, CancellationToken time)
    {
        var reply = await ByUdpAsync(server, name, type, edns, time);
        // RFC 6891 §7: who doesn't know EDNS says that it can't read the question, or that it can't do this. Some just drop it: hence the second round.
        if (edns && reply.Code is (1 or 4)) reply = await ByUdpAsync(server, name, type, edns: false, time);
        return reply.Truncated ? await ByTcpAsync(server, name, type, time) : reply;
    }

    private static async Task<DnsMessage> ByUdpAsync(IPEndPoint server, string name, DnsType type, bool edns, CancellationToken time)
    {
        var id = Id();
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, time);
        await socket.SendAsync(DnsMessage.Ask(id, name, type, edns), SocketFlags.None, time);
        var received = new byte[ushort.MaxValue];
        while (true)
        {
            var length = await socket.ReceiveAsync(received, SocketFlags.None, time);
            // Others' answers and guesses are passed over; the right one may still come.
            if (DnsMessage.TryRead(received.AsSpan(0, length), out var reply) && Answers(reply, id, name, type)) return reply;
        }
    }

    private static async Task<DnsMessage> ByTcpAsync(IPEndPoint server, string name, DnsType type, CancellationToken time)
    {
        var id = Id();
        var question = DnsMessage.Ask(id, name, type, edns: false);
        using var connection = new TcpClient(server.AddressFamily);
        await connection.ConnectAsync(server, time);
        var stream = connection.GetStream();
        await stream.WriteAsync((byte[])[(byte)(question.Length >> 8), (byte)question.Length, .. question], time);
        var size = new byte[2];
        await stream.ReadExactlyAsync(size, time);
        var received = new byte[(size[0] << 8) | size[1]];
        await stream.ReadExactlyAsync(received, time);
        return DnsMessage.TryRead(received, out var reply) && Answers(reply, id, name, type) && !reply.Truncated
            ? reply
            : throw new InvalidDataException("no DNS answer to the question");
    }

    private static ushort Id() => (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);

    private static bool Answers(DnsMessage reply, ushort id, string name, DnsType type) => reply.Id == id && reply.Type == type && reply.Name == name;
}
