using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Ketamine.Web.Web;

/// <summary>
/// Serves cached pages on the connection itself, with bytes prepared when the page was rendered. Serves only complete, ordinary GETs: the path names a
/// cached page, and every header is Accept-Encoding or one that browsers and proxies send and that changes nothing. At the first request that is anything
/// else, Kestrel takes over the connection, with that request unread.
/// </summary>
/// <remarks>See docs/developers/decisions/prepared-responses.md.</remarks>
public sealed class PreparedResponses(PageCache cache, IOptions<PageCacheOptions> options, TimeProvider clock)
{
    /// <summary>How long a connection may wait for its next request; Kestrel's own default.</summary>
    internal static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(130);

    /// <summary>How long a client may take to read one page.</summary>
    internal static readonly TimeSpan ReadingLimit = TimeSpan.FromSeconds(60);

    private const int LongestTarget = 256;

    // These are ignored: a cached page is the same for everyone.
    private static readonly string[] Ignored =
    [
        "accept", "accept-charset", "accept-language", "cache-control", "cookie", "dnt", "forwarded", "pragma", "priority", "referer", "save-data",
        "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user", "sec-gpc",
        "upgrade-insecure-requests", "user-agent", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto", "x-real-ip",
        "x-request-id",
    ];

    private static readonly SearchValues<byte> HostCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:[]"u8);

    private static readonly byte[][][] IgnoredByLength = ByLength(Ignored);

    /// <summary>Serves one connection, and hands it to <paramref name="next"/> if necessary.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (!options.Value.OnConnections || connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket
            || !await RespondAsync(connection, socket))
            await next(connection);
    }

    /// <summary>Serves what it can; true once the connection is over.</summary>
    /// <remarks>
    /// Responses go straight to the socket. Kestrel's own pipe to it is empty until Kestrel takes over, so nothing can overtake anything, and a response is
    /// neither copied into the pipe nor waits for another thread to send it.
    /// </remarks>
    private async Task<bool> RespondAsync(ConnectionContext connection, Socket socket)
    {
        var input = connection.Transport.Input;
        var watch = new Watch(connection, clock);
        connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static watch => ((Watch)watch).Look(), watch);
        await using var stop = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            .UnsafeRegister(static input => ((PipeReader)input!).CancelPendingRead(), input) ?? default;
        try
        {
            while (true)
            {
                watch.Wait(IdleLimit);
                var read = await input.ReadAsync();
                var rest = read.Buffer;
                while (TakeResponse(ref rest) is { } response)
                {
                    watch.Wait(ReadingLimit);
                    ReadOnlyMemory<byte> unsent = response;
                    while (!unsent.IsEmpty) unsent = unsent[await socket.SendAsync(unsent)..];
                }

                // Served requests are consumed; the rest is unexamined, and Kestrel reads it from its first byte.
                input.AdvanceTo(rest.Start);
                if (!rest.IsEmpty) return false;
                if (read.IsCompleted || read.IsCanceled) return true;
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return true;
        }
        finally
        {
            watch.Rest();
        }
    }

    /// <summary>The response to the first request in <paramref name="rest"/>, which is removed from it; null if Kestrel must answer it.</summary>
    private byte[]? TakeResponse(ref ReadOnlySequence<byte> rest)
    {
        // A request that spans two memory segments is rare; leave it to Kestrel.
        if (!TryRead(rest.FirstSpan, out var length, out var page, out var accepts)) return null;
        if (cache.Prepare(page, accepts) is not { } response) return null;
        page.Count(StatusCodes.Status200OK);
        rest = rest.Slice(length);
        return response.At(clock.GetUtcNow());
    }

    private bool TryRead(ReadOnlySpan<byte> bytes, out int length, out CachedPage page, out AcceptEncoding accepts)
    {
        (length, page, accepts) = (0, null!, AcceptEncoding.Read(default));
        if (!bytes.StartsWith("GET /"u8)) return false;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        length = end + 4;
        var head = bytes[..(end + 2)];
        var line = Line(ref head);
        if (!line.EndsWith(" HTTP/1.1"u8) || Find(line[4..^9]) is not { } found) return false;
        page = found;
        return TryReadHeaders(head, ref accepts);
    }

    private CachedPage? Find(ReadOnlySpan<byte> target)
    {
        if (target.Length > LongestTarget || target.ContainsAnyExceptInRange((byte)'!', (byte)'~')) return null;
        Span<char> text = stackalloc char[LongestTarget];
        Encoding.ASCII.GetChars(target, text);
        var whole = text[..target.Length];
        var query = whole.IndexOf('?');
        return query < 0 ? cache.Find(whole, []) : cache.Find(whole[..query], whole[query..]);
    }

    private static bool TryReadHeaders(ReadOnlySpan<byte> head, ref AcceptEncoding accepts)
    {
        var (hosts, encodings) = (0, 0);
        while (!head.IsEmpty)
        {
            var line = Line(ref head);
            var colon = line.IndexOf((byte)':');
            // Leave control characters, including a bare line feed, and non-ASCII letters to Kestrel.
            if (colon < 1 || line.ContainsAnyExceptInRange((byte)' ', (byte)'~')) return false;
            var name = line[..colon];
            var value = line[(colon + 1)..].Trim((byte)' ');
            if (Ascii.EqualsIgnoreCase(name, "host"u8))
            {
                if (++hosts > 1 || value.IsEmpty || value.ContainsAnyExcept(HostCharacters)) return false;
            }
            else if (Ascii.EqualsIgnoreCase(name, "accept-encoding"u8))
            {
                if (++encodings > 1) return false;
                accepts = AcceptEncoding.Read(Encoding.ASCII.GetString(value));
            }
            else if (Ascii.EqualsIgnoreCase(name, "connection"u8))
            {
                if (!Ascii.EqualsIgnoreCase(value, "keep-alive"u8)) return false;
            }
            else if (!IsIgnored(name))
            {
                return false;
            }
        }

        return hosts == 1;
    }

    /// <summary>Removes and returns the first line without its CR LF, or the whole rest if there is none.</summary>
    private static ReadOnlySpan<byte> Line(ref ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf("\r\n"u8);
        var line = end < 0 ? head : head[..end];
        head = end < 0 ? [] : head[(end + 2)..];
        return line;
    }

    private static bool IsIgnored(ReadOnlySpan<byte> name)
    {
        if (name.Length >= IgnoredByLength.Length) return false;
        foreach (var ignored in IgnoredByLength[name.Length])
        {
            if (Ascii.EqualsIgnoreCase(name, ignored)) return true;
        }

        return false;
    }

    private static byte[][][] ByLength(string[] names)
    {
        var byLength = names.ToLookup(name => name.Length, Encoding.ASCII.GetBytes);
        return [.. Enumerable.Range(0, names.Max(name => name.Length) + 1).Select(length => byLength[length].ToArray())];
    }

    /// <summary>Ends a connection that waits too long; Kestrel checks it once per second.</summary>
    private sealed class Watch(ConnectionContext connection, TimeProvider clock)
    {
        private long _until = long.MaxValue;

        public void Wait(TimeSpan limit) => Volatile.Write(ref _until, clock.GetUtcNow().Ticks + limit.Ticks);

        public void Rest() => Volatile.Write(ref _until, long.MaxValue);

        public void Look()
        {
            if (clock.GetUtcNow().Ticks <= Volatile.Read(ref _until)) return;
            Rest();
            connection.Abort(new ConnectionAbortedException("The client was silent, or didn't read, for too long."));
        }
    }
}

/// <summary>One page as sent over the wire.</summary>
/// <param name="head">The status line and all headers but the date, each with its line end.</param>
/// <param name="body">The page in the encoding that the head names.</param>
public sealed class PreparedResponse(byte[] head, byte[] body)
{
    private volatile Dated? _last;

    /// <summary>The whole response with the date of a moment (RFC 9110, 6.6.1); the same bytes for a whole second. They must not be changed.</summary>
    public byte[] At(DateTimeOffset now)
    {
        var second = now.Ticks / TimeSpan.TicksPerSecond;
        if (_last is { } last && last.Second == second) return last.Bytes;
        var date = Encoding.ASCII.GetBytes($"Date: {now.ToString("R", CultureInfo.InvariantCulture)}\r\n\r\n");
        var bytes = (byte[])[.. head, .. date, .. body];
        _last = new Dated(second, bytes);
        return bytes;
    }

    private sealed record Dated(long Second, byte[] Bytes);
}
