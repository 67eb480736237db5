using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ketamine.Web.Ops.Doctor;

namespace Ketamine.Web.Tests.Ops.Doctor;

/// <summary>
/// A DNS server on loopback, over UDP and TCP. It answers from lines such as <c>your-clinic.com TXT v=spf1 -all</c>, follows aliases as a resolver does,
/// truncates answers that don't fit, and misbehaves on demand.
/// </summary>
internal sealed class NameServer : IAsyncDisposable
{
    public const string Silence = "silence";
    public const string ServFail = "servfail";
    public const string Refused = "refused";

    /// <summary>Two forged answers and one broken one come first.</summary>
    public const string Forged = "forged";

    /// <summary>Answers with only the alias, like a server that doesn't look further.</summary>
    public const string AliasAlone = "alias alone";

    private readonly CancellationTokenSource _closing = new();
    private readonly Socket _udp;
    private readonly TcpListener _tcp;
    private readonly Task _work;
    private readonly (string Owner, DnsType Type, string Value)[] _zone;

    public NameServer(params IEnumerable<string> zone)
    {
        _zone = [.. zone.Select(line => line.Split(' ', 3)).Select(parts => (parts[0], Enum.Parse<DnsType>(parts[1]), parts[2]))];
        while (true)
        {
            _udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            _udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            EndPoint = (IPEndPoint)_udp.LocalEndPoint!;
            _tcp = new TcpListener(EndPoint);
            try
            {
                _tcp.Start();
                break;
            }
            catch (SocketException)
            {
                _udp.Dispose(); // another process has the TCP port: try again
            }
        }

        _work = Task.WhenAll(ByUdpAsync(), ByTcpAsync());
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>How to answer a query differently from the lines; null answers normally.</summary>
    public Func<string, DnsType, string?> Misbehave { get; set; } = (_, _) => null;

    /// <summary>Every query, e.g. <c>udp your-clinic.com TXT</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _udp.Dispose();
        _tcp.Stop();
        await _work;
        _closing.Dispose();
    }

    private async Task ByUdpAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var came = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _closing.Token);
                foreach (var reply in Answer(buffer[..came.ReceivedBytes], "udp")) await _udp.SendToAsync(reply, came.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // closed
        }
    }

    private async Task ByTcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptTcpClientAsync(_closing.Token);
                var stream = client.GetStream();
                var size = new byte[2];
                await stream.ReadExactlyAsync(size, _closing.Token);
                var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(size)];
                await stream.ReadExactlyAsync(question, _closing.Token);
                foreach (var reply in Answer(question, "tcp"))
                {
                    await stream.WriteAsync((byte[])[(byte)(reply.Length >> 8), (byte)reply.Length, .. reply], _closing.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
        {
            // closed
        }
    }

    private List<byte[]> Answer(byte[] question, string by)
    {
        var at = 12;
        var labels = new List<string>();
        while (question[at] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(question, at + 1, question[at]));
            at += question[at] + 1;
        }

        var name = string.Join('.', labels);
        var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(at + 1));
        var asked = question[12..(at + 5)];
        var edns = question.Length > at + 5;
        Asked.Enqueue($"{by} {name} {type}");
        byte[] Message(int code, bool cut = false, params IEnumerable<(string Owner, DnsType Type, string Value)> records)
        {
            var list = records.ToList();
            return
            [
                question[0], question[1],
                (byte)(cut ? 0x83 : 0x81), (byte)(0x80 | code),
                0, 1, 0, (byte)list.Count, 0, 0, 0, 0,
                .. asked,
                .. list.SelectMany(Write),
            ];
        }

        var (code, answers) = Find(name, type, Misbehave(name, type) == AliasAlone);
        var whole = Message(code, false, answers);
        var reply = by == "udp" && whole.Length > (edns ? 1232 : 512) ? Message(code, cut: true) : whole;
        switch (Misbehave(name, type))
        {
            case Silence: return [];
            case ServFail: return [Message(2)];
            case Refused: return [Message(5)];
            case Forged:
                var otherId = Message(0, false, (name, type, type is DnsType.TXT ? "forged" : "127.6.6.6"));
                otherId[0] ^= 0x55;
                var otherName = (byte[])reply.Clone();
                otherName[13] ^= 0x01;
                return [otherId, otherName, reply[..^1], reply];
            default: return [reply];
        }
    }

    private (int Code, List<(string, DnsType, string)> Answers) Find(string name, DnsType type, bool aliasAlone)
    {
        var answers = new List<(string, DnsType, string)>();
        for (var hops = 0; hops < 20; hops++)
        {
            var here = _zone.Where(line => line.Owner == name).ToList();
            if (here.Count == 0)
                here =
                [
                    .. _zone.Where(line => line.Owner.StartsWith("*.", StringComparison.Ordinal) && name.EndsWith(line.Owner[1..], StringComparison.Ordinal)),
                ];
            if (here.Find(line => line.Type is DnsType.CNAME) is { Owner: not null } alias)
            {
                answers.Add((name, DnsType.CNAME, alias.Value));
                name = alias.Value;
                if (aliasAlone) return (0, answers);
                continue;
            }

            answers.AddRange(here.Where(line => line.Type == type).Select(line => (name, type, line.Value)));
            return (here.Count > 0 || Array.Exists(_zone, line => line.Owner.EndsWith($".{name}", StringComparison.Ordinal)) ? 0 : 3, answers);
        }

        return (0, answers);
    }

    private static byte[] Write((string Owner, DnsType Type, string Value) record)
    {
        byte[] data = record.Type switch
        {
            DnsType.A or DnsType.AAAA => IPAddress.Parse(record.Value).GetAddressBytes(),
            DnsType.MX => [0, byte.Parse(record.Value.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), .. NameOf(record.Value.Split(' ')[1])],
            DnsType.TXT => [.. Encoding.Latin1.GetBytes(record.Value).Chunk(255).DefaultIfEmpty([]).SelectMany(part => (byte[])[(byte)part.Length, .. part])],
            _ => NameOf(record.Value),
        };
        return [.. NameOf(record.Owner), 0, (byte)record.Type, 0, 1, 0, 0, 0, 60, (byte)(data.Length >> 8), (byte)data.Length, .. data];
    }

    private static byte[] NameOf(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];
}
