using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ketamine.Web.Bench;

/// <summary>
/// One kept connection that sends prepared requests and skips the bodies of the responses. It costs a fraction of what HttpClient does: on a small
/// machine, the load should come from the site and not from the measurement.
/// </summary>
internal sealed class HttpLane(Uri site) : IDisposable
{
    private readonly byte[] _buffer = new byte[128 * 1024];
    private Socket? _socket;
    private int _filled;

    /// <summary>A GET as a browser that takes Brotli would send it.</summary>
    public static byte[] Get(Uri site, string path) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {site.Authority}\r\nAccept: text/html\r\nAccept-Encoding: br\r\n\r\n");

    /// <summary>A form sent from the site's own page.</summary>
    public static byte[] Post(Uri site, string path, params (string Name, string Value)[] fields)
    {
        var body = string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}"));
        return Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {site.Authority}\r\nOrigin: http://{site.Authority}\r\nSec-Fetch-Site: same-origin\r\n"
                + $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );
    }

    /// <summary>A contact form with a new question each time.</summary>
    public static byte[] Lead(Uri site, int number) =>
        Post(
            site, "/contact", ("name", $"Person {number}"), ("email", $"person{number}@example.com"), ("message", $"Do you have time in week {number}?"),
            ("consent", "yes")
        );

    /// <summary>Sends a request and reads the whole response.</summary>
    /// <returns>The status.</returns>
    /// <exception cref="IOException">The connection broke before the end of the response.</exception>
    public async Task<int> SendAsync(byte[] request)
    {
        if (_socket is null)
        {
            _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await _socket.ConnectAsync(IPAddress.Loopback, site.Port);
        }

        await _socket.SendAsync(request);
        _filled = 0;
        int end;
        while ((end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0) await ReceiveAsync();
        var head = Encoding.ASCII.GetString(_buffer, 0, end + 2);
        var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        if (Header(head, "Content-Length") is { } length)
        {
            for (var left = int.Parse(length, CultureInfo.InvariantCulture) - (_filled - end - 4); left > 0; left -= _filled)
            {
                _filled = 0;
                await ReceiveAsync();
            }
        }
        else if (Header(head, "Transfer-Encoding") is not null)
        {
            while (!_buffer.AsSpan(0, _filled).EndsWith("\r\n0\r\n\r\n"u8))
            {
                // Keep the last bytes, because the end may arrive in two parts.
                var kept = Math.Min(_filled, 7);
                _buffer.AsSpan(_filled - kept, kept).CopyTo(_buffer);
                _filled = kept;
                await ReceiveAsync();
            }
        }

        if (Header(head, "Connection") == "close") Dispose();
        return status;
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private async Task ReceiveAsync()
    {
        var count = await _socket!.ReceiveAsync(_buffer.AsMemory(_filled));
        if (count == 0) throw new IOException("The site closed the connection before its answer was whole.");
        _filled += count;
    }

    private static string? Header(string head, string name)
    {
        var at = head.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        var start = at + name.Length + 4;
        return head[start..head.IndexOf("\r\n", start, StringComparison.Ordinal)];
    }
}
