using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;

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

/// <summary>One record of an answer.</summary>
/// <param name="Owner">The name that it stands at: lower case, without the last dot.</param>
/// <param name="Value">An address, a name (empty for the root), or a TXT record's strings put together without spaces, as RFC 7208 §3.3 wants them.</param>
/// <param name="Preference">Of an MX record; the lowest is tried first.</param>
internal sealed record DnsRecord(string Owner, DnsType Type, string Value, int Preference = 0);

/// <summary>DNS messages as they travel: RFC 1035 §4, with EDNS (RFC 6891) for answers above 512 bytes. What comes in may be anybody's bytes.</summary>
/// <param name="Name">The name asked for, as in <see cref="DnsRecord.Owner"/>.</param>
/// <param name="Code">0 is an answer, 1 a question not understood, 2 the server's own failure, 3 no such name, 5 refused.</param>
/// <param name="Truncated">The answer did not fit; it is to be asked for by TCP.</param>
/// <param name="Answers">The records of the kinds that are known here; others are passed over.</param>
internal sealed record DnsMessage(ushort Id, string Name, DnsType Type, int Code, bool Truncated, ImmutableArray<DnsRecord> Answers)
{
    /// <summary>What an answer by UDP may weigh without being cut into fragments on its way (the size of DNS Flag Day 2020).</summary>
    public const int UdpSize = 1232;

    private const int HeaderSize = 12;
    private const int LongestName = 255;
    private const int LongestLabel = 63;
    private const int Opt = 41;

    /// <summary>Whether DNS could hold the name: labels of 1 to 63 visible ASCII characters, 253 in all.</summary>
    public static bool CanAsk(string name) =>
        name.Length is > 0 and <= LongestName - 2 && name.Split('.').All(label => label.Length is > 0 and <= LongestLabel && label.All(c => c is > ' ' and < '\x7f' and not '\\'));

    /// <summary>Writes a question that wants the server to look further itself (RD).</summary>
    public static byte[] Ask(ushort id, string name, DnsType type, bool edns)
    {
        if (!CanAsk(name)) throw new ArgumentException("no name that DNS can hold", nameof(name));
        using var message = new MemoryStream();
        void Short(int value)
        {
            message.WriteByte((byte)(value >> 8));
            message.WriteByte((byte)value);
        }

        foreach (var value in (int[])[id, 0x0100, 1, 0, 0, edns ? 1 : 0]) Short(value);
        foreach (var label in name.Split('.'))
        {
            message.WriteByte((byte)label.Length);
            message.Write(Encoding.ASCII.GetBytes(label));
        }

        message.WriteByte(0);
        Short((int)type);
        Short(1);
        if (edns)
        {
            message.WriteByte(0);
            foreach (var value in (int[])[Opt, UdpSize, 0, 0, 0]) Short(value);
        }

        return message.ToArray();
    }

    /// <summary>Reads an answer.</summary>
    /// <returns>False for anything that is no whole, well-formed answer to one question.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DnsMessage? message)
    {
        message = null;
        if (bytes.Length < HeaderSize) return false;
        var flags = Short(bytes, 2);
        var (isAnswer, truncated) = ((flags & 0x8000) != 0, (flags & 0x0200) != 0);
        if (!isAnswer || Short(bytes, 4) != 1) return false;
        var at = HeaderSize;
        if (!TryReadName(bytes, ref at, out var name) || at + 4 > bytes.Length) return false;
        var type = (DnsType)Short(bytes, at);
        at += 4;
        var answers = ImmutableArray.CreateBuilder<DnsRecord>();
        // What was cut off is asked for again: nothing is wanted of such an answer but its question.
        for (var left = truncated ? 0 : Short(bytes, 6); left > 0; left--)
        {
            if (!TryReadRecord(bytes, ref at, out var record)) return false;
            if (record is not null) answers.Add(record);
        }

        message = new DnsMessage(Short(bytes, 0), name, type, flags & 0xf, truncated, answers.ToImmutable());
        return true;
    }

    // A record of a kind that isn't known here is no mistake: true, and null.
    private static bool TryReadRecord(ReadOnlySpan<byte> bytes, ref int at, out DnsRecord? record)
    {
        record = null;
        if (!TryReadName(bytes, ref at, out var owner) || at + 10 > bytes.Length) return false;
        var type = (DnsType)Short(bytes, at);
        var end = at + 10 + Short(bytes, at + 8);
        at += 10;
        if (end > bytes.Length) return false;
        var data = bytes[at..end];
        switch (type)
        {
            case DnsType.A or DnsType.AAAA:
                if (data.Length != (type is DnsType.A ? 4 : 16)) return false;
                record = new DnsRecord(owner, type, new IPAddress(data).ToString());
                break;
            case DnsType.NS or DnsType.CNAME or DnsType.MX:
                var nameAt = type is DnsType.MX ? at + 2 : at;
                if (nameAt >= end || !TryReadName(bytes, ref nameAt, out var name) || nameAt != end) return false;
                record = new DnsRecord(owner, type, name, type is DnsType.MX ? Short(bytes, at) : 0);
                break;
            case DnsType.TXT:
                var text = new StringBuilder();
                for (var i = 0; i < data.Length; i += data[i] + 1)
                {
                    if (i + 1 + data[i] > data.Length) return false;
                    text.Append(Encoding.Latin1.GetString(data.Slice(i + 1, data[i])));
                }

                record = new DnsRecord(owner, type, text.ToString());
                break;
            default:
                break;
        }

        at = end;
        return true;
    }

    // §4.1.4: a pointer may only point back. Each must point further back than the one before, or names could run in circles.
    private static bool TryReadName(ReadOnlySpan<byte> bytes, ref int at, out string name)
    {
        name = "";
        var read = new StringBuilder();
        var position = at;
        var earliest = at;
        var length = 1;
        int? after = null;
        while (true)
        {
            if (position >= bytes.Length) return false;
            int size = bytes[position];
            if (size == 0)
            {
                at = after ?? position + 1;
                name = read.ToString();
                return true;
            }

            if ((size & 0xc0) == 0xc0)
            {
                if (position + 1 >= bytes.Length) return false;
                after ??= position + 2;
                var target = Short(bytes, position) & 0x3fff;
                if (target >= earliest) return false;
                position = earliest = target;
                continue;
            }

            length += size + 1;
            if (size > LongestLabel || length > LongestName || position + 1 + size > bytes.Length) return false;
            if (read.Length > 0) read.Append('.');
            foreach (var b in bytes.Slice(position + 1, size))
            {
                // RFC 1035 §5.1: what is no plain character is written \DDD, so that no two names read alike.
                if (b is > (byte)' ' and < 0x7f and not (byte)'.' and not (byte)'\\') read.Append((char)(b is >= (byte)'A' and <= (byte)'Z' ? b | 0x20 : b));
                else read.Append(CultureInfo.InvariantCulture, $"\\{b:000}");
            }

            position += size + 1;
        }
    }

    private static ushort Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}
