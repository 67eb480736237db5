using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ketamine.Web.Tests.Web;

/// <summary>Requests that no browser sends. Each response says what is wrong with the request and is never a 500.</summary>
public sealed class OddRequestsTests(OddRequestsTests.Site site) : IClassFixture<OddRequestsTests.Site>
{
    private const string Form = "application/x-www-form-urlencoded";

    [Theory]
    [InlineData("a form key with an open bracket", "POST", "/contact", Form, "name[=a", 400, 422)]
    [InlineData("a form key that closes what it never opened", "POST", "/contact", Form, "name]=a", 400, 422)]
    [InlineData("a charset that is no longer one", "POST", "/contact", Form + "; charset=utf-7", "name=a", 415, 422)]
    [InlineData("a charset that never was", "POST", "/contact", Form + "; charset=klingon", "name=a", 415, 422)]
    [InlineData(
        "a multipart body that breaks off",
        "POST",
        "/contact",
        "multipart/form-data; boundary=x",
        "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nRob",
        400,
        400
    )]
    [InlineData("a multipart body without a boundary", "POST", "/contact", "multipart/form-data", "x", 400, 415)]
    [InlineData("a noncharacter in a name", "POST", "/contact", Form, "name=Rob%EF%BF%BEin&email=robin%40example.com&message=a&consent=yes", 303, 303)]
    [InlineData("a NUL in a name", "POST", "/contact", Form, "name=Rob%00in&email=robin2%40example.com&message=b&consent=yes", 400, 303)]
    [InlineData(
        "a noncharacter in every field of a booking",
        "POST",
        "/consultation",
        Form,
        "name=%EF%BF%BF&email=%EF%BF%BE&slot=%EF%BF%BE&message=%EF%BF%BE",
        422,
        422
    )]
    [InlineData("a noncharacter in an email address", "POST", "/newsletter", Form, "email=%EF%BF%BE", 422, 422)]
    [InlineData("a noncharacter in a search", "GET", "/search?q=%EF%BF%BE", "", null, 200, 200)]
    [InlineData("a NUL in a reference", "GET", "/contact/sent?ref=%00", "", null, 303, 404)]
    [InlineData("a token in the body against the address's", "POST", "/consultation/manage/none?handler=cancel", Form, "token=", 404, 404)]
    [InlineData("a token in the body of a confirmation", "POST", "/newsletter/confirm/none", Form, "Token=", 404, 404)]
    [InlineData("a token in the body of an unsubscribe", "POST", "/newsletter/unsubscribe/none", Form, "token=", 404, 404)]
    [InlineData("a token in the body of a staff page", "POST", "/staff/leads/none?handler=answered", Form, "token=", 404, 404)]
    [InlineData("a GET that says it is a form", "GET", "/search?q=a", Form, null, 200, 200)]
    [InlineData("a GET that says it is a multipart form", "GET", "/search?q=a", "multipart/form-data", null, 200, 200)]
    [InlineData("a GET of the booking that says it is a form of no charset", "GET", "/consultation", Form + "; charset=utf-7", null, 200, 200)]
    [InlineData("a page number of another alphabet", "GET", "/blog?page=%D9%A1", "", null, 404, 404)]
    [InlineData("a page number beyond all numbers", "GET", "/blog?page=99999999999999999999", "", null, 404, 404)]
    [InlineData("the desk over plain HTTP, though its cookies are for TLS", "GET", "/staff/sign-in", "", null, 403, 403)]
    [InlineData("a form of the desk over plain HTTP", "POST", "/staff/sign-in", Form, "credential=a", 403, 403)]
    [InlineData("a form of the desk that can't be read", "POST", "/staff/people", "multipart/form-data", "x", 403, 403)]
    [InlineData("the error page ordered by hand", "GET", "/error/500", "", null, 404, 404)]
    [InlineData("the error page ordered by hand with a form", "POST", "/error/503", Form, "name[[a]=x", 404, 404)]
    [InlineData("a handler that is not there", "POST", "/contact?handler=nope", Form, "name=a", 404, 422)]
    public async Task an_odd_request_is_answered_for_what_is_wrong_about_it(
        string what,
        string method,
        string path,
        string type,
        string? body,
        int one,
        int other
    )
    {
        var (status, _, page) = await SendAsync($"{method} {path} HTTP/1.1", "Host: localhost", type, body);
        new[] { one, other }.ShouldContain(status, $"{what}: {Title(page)}");
    }

    [Theory]
    [InlineData("Host: ")]
    [InlineData("Host: a..b")]
    [InlineData("Host: a:99999")]
    [InlineData("Host: xn--")]
    [InlineData("Host: [::1")]
    [InlineData("Host: a b")]
    public async Task a_host_that_cannot_be_read_next_to_an_origin_is_refused(string host)
    {
        var (status, _, page) = await SendAsync("POST /contact HTTP/1.1", host + "\r\nOrigin: https://juniper.example", Form, "name=a");
        new[] { 400, 403 }.ShouldContain(status, Title(page));
    }

    [Theory]
    [InlineData("gzip", 415)]
    [InlineData("br", 415)]
    [InlineData("identity", 422)]
    public async Task a_compressed_form_is_refused_for_that_and_not_for_empty_fields(string coding, int expected)
    {
        var (status, headers, page) = await SendAsync("POST /contact HTTP/1.1", $"Host: localhost\r\nContent-Encoding: {coding}", Form, "name=Robin");
        status.ShouldBe(expected);
        if (status != 415) return;
        headers.ShouldContain("Accept-Encoding: identity");
        page.ShouldContain("without compression");
    }

    [Theory]
    [InlineData("PUT", "/blog/the-first", "GET, HEAD")]
    [InlineData("PATCH", "/services/iv-ketamine", "GET, HEAD")]
    [InlineData("DELETE", "/", "GET, HEAD")]
    [InlineData("POST", "/faqs", "GET, HEAD")]
    [InlineData("TRACE", "/contact", "GET, HEAD, POST")]
    [InlineData("OPTIONS", "/contact", "GET, HEAD, POST")]
    [InlineData("BREW", "/consultation", "GET, HEAD, POST")]
    [InlineData("PUT", "/sitemap.xml", "GET, HEAD")]
    [InlineData("DELETE", "/health/live", "GET, HEAD")]
    [InlineData("GET", "/views/the-first", "POST")]
    [InlineData("TRACE", "/js/site.js", "GET, HEAD")]
    [InlineData("PUT", "/old-page", "GET, HEAD")]
    [InlineData("TRACE", "/staff", "GET, HEAD, POST")]
    [InlineData("OPTIONS", "/staff/sign-in", "GET, HEAD, POST")]
    [InlineData("BREW", "/nowhere/at/all", "GET, HEAD")]
    public async Task a_method_that_an_address_does_not_take_is_answered_with_those_that_it_does(string method, string path, string allowed)
    {
        var (status, headers, page) = await SendAsync($"{method} {path} HTTP/1.1", "Host: localhost", "", null);
        status.ShouldBe(405, Title(page));
        headers.Single(line => line.StartsWith("Allow: ", StringComparison.OrdinalIgnoreCase))["Allow: ".Length..].ShouldBe(allowed);
    }

    private static string Title(string page) => page.Contains("<title>", StringComparison.Ordinal) ? page.Split("<title>")[1].Split("</title>")[0] : page;

    private async Task<(int Status, string[] Headers, string Body)> SendAsync(string line, string host, string type, string? body)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(site.Address.Host, site.Address.Port);
        await using var stream = socket.GetStream();
        var request = new StringBuilder(line).Append("\r\n").Append(host).Append("\r\nConnection: close\r\n");
        if (type.Length > 0) request.Append("Content-Type: ").Append(type).Append("\r\n");
        if (body is not null) request.Append("Content-Length: ").Append(Encoding.UTF8.GetByteCount(body).ToString(CultureInfo.InvariantCulture)).Append("\r\n");
        request.Append("\r\n").Append(body);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToString()));
        using var reader = new StreamReader(stream);
        var answer = (await reader.ReadToEndAsync()).Split("\r\n\r\n", 2);
        var lines = answer[0].Split("\r\n");
        if (lines[0].Contains(" 500 ", StringComparison.Ordinal))
            throw new InvalidOperationException(
                string.Join('\n', site.Log.Where(entry => entry.Contains("\"Exception\"", StringComparison.Ordinal)).TakeLast(1))
            );
        return (int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), lines[1..], answer[1]);
    }

    public sealed class Site : ClinicApp
    {
        public Site()
        {
            Serve(folder => folder
                .Write("clinic.yml", ClinicFolder.SmallestClinic + """

                    newsletter: {heading: News, invitation: Now and then., thanks: Thanks for subscribing!}
                    consultation:
                      title: Free call
                      weekly: [{day: mon, from: "09:00", to: "12:00"}]
                    """
            )
            .Write("people.yml", "team:\n  name: The team\n")
            .Write(
                "articles/the-first.md",
                "---\ntitle: The first\nsummary: A summary.\npublished: 2026-01-10\nauthors: [team]\ntopics: [safety]\naliases: [/old-page]\n---\nSome words."
            )
            .Write("services/iv-ketamine.md", "---\ntitle: IV ketamine\nsummary: A summary.\n---\nWords.")
            .Write("faqs.yml", "- group: Before\n  questions:\n    - question: Does it hurt?\n      answer: Hardly.\n")
    );
            Address = Listen();
        }

        public Uri Address { get; }
    }
}
