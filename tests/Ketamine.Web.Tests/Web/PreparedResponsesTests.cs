using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Ketamine.Web.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Tests.Web;

/// <summary>Cached pages served on the connection. Every response matches the one that the HTTP server behind it would give.</summary>
public sealed partial class PreparedResponsesTests : IAsyncLifetime
{
    private const string Ordinary = "GET /privacy HTTP/1.1\r\nHost: juniper.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux)\r\nAccept: text/html,*/*;q=0.8\r\n"
        + "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nConnection: keep-alive\r\nSec-Fetch-Mode: navigate\r\n\r\n";

    private const string Close = "GET /none HTTP/1.1\r\nHost: juniper.example\r\nConnection: close\r\n\r\n";

    private readonly ClinicApp _app = ClinicApp.With(_ => { }).RenderPagesAhead();
    private Uri _site = null!;

    public async Task InitializeAsync()
    {
        _site = _app.Listen();
        using var http = new HttpClient { BaseAddress = _site };
        foreach (var path in new[] { "/privacy", "/contact", "/sitemap.xml", "/" }) await UntilBrotliAsync(http, path);
    }

    // Compressed in the background, and the better response from then on.
    private static async Task UntilBrotliAsync(HttpClient http, string path)
    {
        for (var tries = 0; tries < 400; tries++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept-Encoding", "br" } } };
            using var response = await http.SendAsync(request);
            if (response.Content.Headers.ContentEncoding.Contains("br")) return;
            await Task.Delay(20);
        }
    }

    public Task DisposeAsync() => _app.DisposeAsync().AsTask();

    [Theory]
    [InlineData("/privacy", "gzip, deflate, br, zstd")]
    [InlineData("/privacy", "gzip;q=0.5, br;q=0")]
    [InlineData("/privacy", "identity")]
    [InlineData("/privacy", "")]
    [InlineData("/contact", "br")]
    [InlineData("/sitemap.xml", "gzip")]
    [InlineData("/", "*")]
    public async Task the_response_matches_the_servers_own_byte_for_byte(string path, string encodings)
    {
        var ask = $"GET {path} HTTP/1.1\r\nHost: juniper.example\r\n{(encodings.Length > 0 ? $"Accept-Encoding: {encodings}\r\n" : "")}";
        var prepared = (await SendAsync(ask + "\r\n")).ShouldHaveSingleItem();
        // An unknown header passes the request to the server behind.
        var served = (await SendAsync(ask + "X-Unknown: 1\r\n\r\n")).ShouldHaveSingleItem();
        IsPrepared(prepared).ShouldBeTrue(prepared.Head);
        IsPrepared(served).ShouldBeFalse(served.Head);
        prepared.Status.ShouldBe("HTTP/1.1 200 OK");
        prepared.Headers.ShouldBe(served.Headers, ignoreOrder: true);
        prepared.Body.ShouldBe(served.Body);
        prepared.Head.ShouldContain($"\r\nDate: {_app.Clock.Now:R}\r\n");
    }

    [Fact]
    public async Task mangled_requests_get_the_servers_own_response()
    {
        var random = new Random(20270113);
        var (differing, prepared) = (new List<string>(), 0);
        for (var round = 0; round < 600; round++)
        {
            var request = Mangle(random) + Close;
            var (ours, servers) = await SendToBothAsync(request);
            // The page for unknown addresses suggests others from the moment when the search is ready.
            if (!IsSame(ours, servers)) (ours, servers) = await SendToBothAsync(request);
            if (ours.Exists(IsPrepared)) prepared++;
            if (!IsSame(ours, servers))
                differing.Add(
                    $"{round}: {request}\n  ours {string.Join(" | ", ours.Select(answer => answer.Status))}, "
                        + $"server {string.Join(" | ", servers.Select(answer => answer.Status))}");
        }

        differing.ShouldBeEmpty();
        prepared.ShouldBeInRange(30, 570, "some were answered on the connection, and some were not");

        async Task<(List<Response> Ours, List<Response> Servers)> SendToBothAsync(string request)
        {
            Cache.OnConnections = true;
            var ours = await SendAsync(request);
            Cache.OnConnections = false;
            return (ours, await SendAsync(request));
        }

        static bool IsSame(List<Response> ours, List<Response> servers) =>
            ours.Select(response => response.Whole).SequenceEqual(servers.Select(response => response.Whole), StringComparer.Ordinal);
    }

    [Fact]
    public async Task requests_on_one_connection_are_answered_in_order_no_matter_who_answers()
    {
        const string form = "name=Robin&email=robin%40example.com&message=Hello&consent=yes";
        var responses = await SendAsync(Ordinary + Ordinary
            + "POST /contact HTTP/1.1\r\nHost: juniper.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            + $"Content-Length: {form.Length}\r\n\r\n{form}"
            + Ordinary + Close);
        responses.Select(response => response.Status.Split(' ')[1]).ShouldBe(["200", "200", "303", "200", "404"]);
        responses.Select(IsPrepared).ShouldBe([true, true, false, false, false]);
        responses[3].Body.ShouldBe(responses[0].Body);
    }

    [Fact]
    public async Task a_request_that_arrives_in_two_pieces_is_answered_wherever_it_is_cut()
    {
        for (var cut = 1; cut < Ordinary.Length; cut += 7)
        {
            using var client = await ConnectAsync();
            var bytes = Encoding.Latin1.GetBytes(Ordinary + Close);
            var stream = client.GetStream();
            await stream.WriteAsync(bytes.AsMemory(0, cut));
            await Task.Yield();
            await stream.WriteAsync(bytes.AsMemory(cut));
            Read(await ReadAllAsync(stream)).Select(response => response.Status.Split(' ')[1]).ShouldBe(["200", "404"], $"cut at {cut}");
        }
    }

    [Fact]
    public async Task a_change_of_content_is_on_the_next_request_of_an_open_connection()
    {
        using var client = await ConnectAsync();
        (await SendAsync(client, Ordinary.Replace("gzip, deflate, br, zstd", "identity", StringComparison.Ordinal))).ShouldContain("Juniper House");
        _app.Folder.Write("clinic.yml", _app.Folder.Read("clinic.yml").Replace("Juniper House", "Willow House", StringComparison.Ordinal));
        using var http = new HttpClient { BaseAddress = _site };
        var privacy = new Uri("/privacy", UriKind.Relative);
        for (var tries = 0; tries < 300 && !(await http.GetStringAsync(privacy)).Contains("Willow House", StringComparison.Ordinal); tries++)
            await Task.Delay(50);
        (await SendAsync(client, Ordinary.Replace("gzip, deflate, br, zstd", "identity", StringComparison.Ordinal))).ShouldContain("Willow House");
    }

    [Fact]
    public async Task a_connection_that_is_silent_for_too_long_is_closed()
    {
        using var client = await ConnectAsync();
        await SendAsync(client, Ordinary);
        _app.Clock.Advance(PreparedResponses.IdleLimit + TimeSpan.FromSeconds(1));
        // Kestrel checks once a second.
        var gone = await Record.ExceptionAsync(async () =>
            (await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe(0));
        if (gone is not null) gone.ShouldBeOfType<IOException>();
    }

    [Fact]
    public async Task a_client_that_never_reads_is_cut_off()
    {
        using var client = await ConnectAsync();
        var ask = Encoding.Latin1.GetBytes("GET / HTTP/1.1\r\nHost: juniper.example\r\n\r\n");
        var cache = _app.Services.GetRequiredService<PageCache>();
        do await client.GetStream().WriteAsync(ask); while (await IsTakenUpAsync());
        // The buffers of both sides are full now, and the site waits for the client.
        _app.Clock.Advance(PreparedResponses.ReadingLimit + TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<IOException>(async () =>
        {
            for (var tries = 0; tries < 100; tries++, await Task.Delay(100)) await client.GetStream().WriteAsync(ask);
        });

        async Task<bool> IsTakenUpAsync()
        {
            for (var tries = 0; tries < 100; tries++, await Task.Delay(10))
            {
                if (cache.TakeCounts().Count > 0) return true;
            }

            return false;
        }
    }

    [Fact]
    public async Task hits_are_counted_no_matter_who_answers()
    {
        var cache = _app.Services.GetRequiredService<PageCache>();
        cache.TakeCounts();
        await SendAsync(Ordinary + Ordinary);
        cache.TakeCounts()["/privacy"].Full.ShouldBe(2);
    }

    private PageCacheOptions Cache => _app.Services.GetRequiredService<IOptions<PageCacheOptions>>().Value;

    // Prepared headers end with the date; Kestrel sends it among the first.
    private static bool IsPrepared(Response response) =>
        response.Head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[^1].StartsWith("Date: ", StringComparison.Ordinal);

    /// <summary>An ordinary request with one to three changes, some of which leave it ordinary.</summary>
    private static string Mangle(Random random)
    {
        string[] pieces =
        [
            "\r\n", "\n", "\r", "\0", " ", "\t", ":", "/", "//", "/../", "%2F", "%61", "?", "?page=2", "#", "é",
            "Host: other.example\r\n", "Content-Length: 5\r\n",
            "Transfer-Encoding: chunked\r\n", "If-None-Match: *\r\n", "Range: bytes=0-9\r\n", "Expect: 100-continue\r\n",
            "Connection: close\r\n", "Cookie: a=b\r\n",
            "Accept-Encoding: br\r\n", " folded\r\n", "X-Forwarded-Host: evil.example\r\n", "Upgrade: h2c\r\n",
            "HTTP/1.0", "HTTP/2", "POST", "get", "about", "\r\n\r\n",
        ];
        var text = new StringBuilder(Ordinary);
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0: text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at)); break;
                case 1: text[at] = (char)random.Next(256); break;
                case 2: text.Insert(at, pieces[random.Next(pieces.Length)]); break;
                default:
                    // At the start of a line, where a header belongs.
                    var line = text.ToString().IndexOf("\r\n", at, StringComparison.Ordinal);
                    text.Insert(line < 0 ? 0 : line + 2, pieces[random.Next(pieces.Length)]);
                    break;
            }
        }

        return text.ToString();
    }

    private async Task<List<Response>> SendAsync(string request)
    {
        using var client = await ConnectAsync();
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
            var reading = ReadAllAsync(stream);
            // Closing the sending side cancels the request in progress, so do it only when the server waits for more.
            await Task.WhenAny(reading, Task.Delay(TimeSpan.FromMilliseconds(request.EndsWith(Close, StringComparison.Ordinal) ? 2000 : 50)));
            if (!reading.IsCompleted) client.Client.Shutdown(SocketShutdown.Send);
            return Read(await reading);
        }
        catch (Exception reset) when (reset is IOException or SocketException)
        {
            return [];
        }
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(_site.Host, _site.Port);
        return client;
    }

    private static async Task<byte[]> ReadAllAsync(NetworkStream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all).WaitAsync(TimeSpan.FromSeconds(20));
        return all.ToArray();
    }

    /// <summary>Sends a request and reads one response, which must have a length.</summary>
    private static async Task<string> SendAsync(TcpClient client, string request)
    {
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        var text = new StringBuilder();
        var buffer = new byte[8192];
        while (true)
        {
            var got = await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
            got.ShouldBePositive();
            text.Append(Encoding.Latin1.GetString(buffer, 0, got));
            var so = text.ToString();
            var end = so.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end > 0 && so.Length == end + 4 + int.Parse(Length().Match(so).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)) return so;
        }
    }

    private static List<Response> Read(byte[] bytes)
    {
        var (responses, rest) = (new List<Response>(), Encoding.Latin1.GetString(bytes));
        while (rest.Length > 0)
        {
            var end = rest.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            end.ShouldBePositive(rest);
            var head = rest[..(end + 2)];
            // A response to HEAD has a length but no body; a response without a length is the last one.
            var length = Length().Match(head) is { Success: true } said
                ? int.Parse(said.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)
                : int.MaxValue;
            length = Math.Min(length, rest.Length - end - 4);
            responses.Add(new Response(head, rest.Substring(end + 4, length)));
            rest = rest[(end + 4 + length)..];
        }

        return responses;
    }

    [GeneratedRegex("(?i)content-length: ([0-9]+)")]
    private static partial Regex Length();

    private sealed record Response(string Head, string Body)
    {
        public string Status => Head.Split("\r\n")[0];

        /// <summary>Everything but the date, which the two sides take from different clocks.</summary>
        public IEnumerable<string> Headers =>
            Head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Where(line => !line.StartsWith("Date:", StringComparison.OrdinalIgnoreCase));

        public string Whole => string.Join('\n', Headers.Order(StringComparer.Ordinal).Prepend(Status)) + "\n\n" + Body;
    }
}
