using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests;

/// <summary>Every address of the site, with the required response. The test fails if an address is missing here or no longer exists.</summary>
public sealed class InventoryTests(InventoryTests.Site site) : IClassFixture<InventoryTests.Site>
{
    /// <summary>How browsers and CDNs may cache a response.</summary>
    public enum Keep
    {
        /// <summary>Not at all: it is about one visitor, or about this moment.</summary>
        Never,

        /// <summary>By everyone for a minute, and then revalidated with its ETag.</summary>
        Page,

        /// <summary>By everyone: for hours without its version in the address, and forever with it.</summary>
        File,
    }

    /// <param name="Route">As the endpoint declares it; files of wwwroot and old addresses have none.</param>
    public sealed record Address(string Path, string? Route, Keep Keep, int Status = 200, string Type = "text/html");

    private static readonly Address[] All =
    [
        new("/", "", Keep.Page),
        new("/about", "about", Keep.Page),
        new("/services", "services", Keep.Page),
        new("/services/iv-ketamine", "services/{slug}", Keep.Page),
        new("/services/none", "services/{slug}", Keep.Never, 404),
        new("/views/nmda-receptor", "/views/{slug}", Keep.Never, 405), // a beacon: it is posted to
        new("/insurance-and-cost", "insurance-and-cost", Keep.Never, 404), // this clinic says nothing of money
        new("/faqs", "faqs", Keep.Page),
        new("/research", "research", Keep.Page),
        new("/reviews", "reviews", Keep.Page),
        new("/blog", "blog", Keep.Page),
        new("/blog?page=2", "blog", Keep.Page),
        new("/blog?page=99", "blog", Keep.Never, 404),
        new("/blog/the-first", "blog/{slug}", Keep.Page),
        new("/blog/the-scheduled", "blog/{slug}", Keep.Never, 404),
        new("/blog/the-draft", "blog/{slug}", Keep.Never, 404),
        new("/blog/topics/safety", "blog/topics/{topic}", Keep.Page),
        new("/blog/topics/none", "blog/topics/{topic}", Keep.Never, 404),
        new("/search", "search", Keep.Never),
        new("/search?q=summary", "search", Keep.Never),
        new("/team", "team", Keep.Page),
        new("/team/team", "team/{key}", Keep.Page),
        new("/team/nobody", "team/{key}", Keep.Never, 404),
        new("/locations", "locations", Keep.Page),
        new("/locations/denver-west", "locations/{slug}", Keep.Page),
        new("/locations/nowhere", "locations/{slug}", Keep.Never, 404),
        new("/privacy", "{notice:regex(^(privacy|consumer-health-data|nondiscrimination|good-faith-estimate)$)}", Keep.Page),
        new("/consumer-health-data", "{notice:regex(^(privacy|consumer-health-data|nondiscrimination|good-faith-estimate)$)}", Keep.Page),
        // This clinic takes no federal money.
        new("/nondiscrimination", "{notice:regex(^(privacy|consumer-health-data|nondiscrimination|good-faith-estimate)$)}", Keep.Never, 404),
        new("/our-way", "{slug}", Keep.Page),
        new("/nowhere", "{slug}", Keep.Never, 404),
        new("/contact", "contact", Keep.Page),
        new("/contact?article=the-first", "contact", Keep.Page),
        new("/contact?service=iv-ketamine", "contact", Keep.Page),
        new("/contact/sent", "contact/sent", Keep.Never, 303),
        new("/contact/sent?s=none", "contact/sent", Keep.Never, 404),
        new("/contact/stop/none", "contact/stop/{token}", Keep.Never, 404),
        new("/consultation", "consultation", Keep.Never),
        new("/consultation/next", "/consultation/next", Keep.Never, Type: "text/plain"),
        new("/consultation/booked", "consultation/booked", Keep.Never, 303),
        new("/consultation/booked?s=none", "consultation/booked", Keep.Never, 404),
        new("/consultation/manage/none", "consultation/manage/{token}", Keep.Never, 404),
        new("/newsletter", "newsletter", Keep.Page),
        new("/newsletter/code", "newsletter/code", Keep.Never, 303),
        new("/newsletter/confirm/none", "newsletter/confirm/{token}", Keep.Never, 404),
        new("/newsletter/thanks", "newsletter/thanks", Keep.Page),
        new("/newsletter/unsubscribe/none", "newsletter/unsubscribe/{token}", Keep.Never, 404),
        new("/error/404", "error/{code:int}", Keep.Never, 404),
        new("/images/dot.svg", "/images/{**file:regex(\\.svg$)}", Keep.File, Type: "image/svg+xml"),
        new("/images/none.svg", "/images/{**file:regex(\\.svg$)}", Keep.Never, 404),
        new("/images/dot.png", "/images/{**file}", Keep.File, Type: "image/png"),
        new("/photos/none/wide-720.jpg", "/photos/{key}/{slot}-{width:int}.{extension}", Keep.Never, 404),
        new("/images/..%2fclinic.yml", "/images/{**file}", Keep.Never, 404),
        new("/site.css", "/site.css", Keep.File, Type: "text/css"),
        new("/more.css", "/more.css", Keep.File, Type: "text/css"),
        new("/text.css", "/text.css", Keep.File, Type: "text/css"),
        new("/form.css", "/form.css", Keep.File, Type: "text/css"),
        new("/print.css", "/print.css", Keep.File, Type: "text/css"),
        new("/sitemap.xml", "/sitemap.xml", Keep.Page, Type: "application/xml"),
        new("/feed.xml", "/feed.xml", Keep.Page, Type: "application/atom+xml"),
        new("/rss.xml", "/rss.xml", Keep.Page, Type: "application/rss+xml"),
        new("/feed.json", "/feed.json", Keep.Page, Type: "application/feed+json"),
        new("/robots.txt", "/robots.txt", Keep.Page, Type: "text/plain"),
        new("/.well-known/security.txt", "/.well-known/security.txt", Keep.Page, Type: "text/plain"),
        new("/site.webmanifest", "/site.webmanifest", Keep.Page, Type: "application/manifest+json"),
        new("/favicon.ico", "/favicon.ico", Keep.Page, Type: "image/x-icon"),
        new("/apple-touch-icon.png", "/apple-touch-icon.png", Keep.Page, Type: "image/png"),
        new("/apple-touch-icon-precomposed.png", "/apple-touch-icon-precomposed.png", Keep.Page, Type: "image/png"),
        new("/fonts/newsreader.woff2", null, Keep.File, Type: "font/woff2"),
        new("/fonts/newsreader-more.woff2", null, Keep.File, Type: "font/woff2"),
        new("/js/site.js", null, Keep.File, Type: "text/javascript"),
        new("/health/live", "/health/live", Keep.Never, Type: "text/plain"),
        new("/health/ready", "/health/ready", Keep.Never, Type: "text/plain"),
        new("/old-page", null, Keep.Never, 301),
        new("/Old-Page/", null, Keep.Never, 301),
        new("/?page_id=12", null, Keep.Never, 301),
        new("/gone-page", null, Keep.Never, 410),
        new("/About/", null, Keep.Never, 301),
        new("/no/such/page", null, Keep.Never, 404),
    ];

    public static TheoryData<string> Paths => [.. All.Select(address => address.Path)];

    [Fact]
    public void the_inventory_lists_exactly_the_existing_endpoints()
    {
        _ = site.Http;
        var routes = site.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText!)
            // StaffRoleTests checks the desk's addresses and headers.
            .Where(route => route.TrimStart('/') is not "staff" && !route.TrimStart('/').StartsWith("staff/", StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);
        var listed = All.Select(address => address.Route).OfType<string>().ToHashSet(StringComparer.Ordinal);
        routes.Except(listed).ShouldBeEmpty("endpoints that the inventory does not list");
        listed.Except(routes).ShouldBeEmpty("addresses that no endpoint answers");
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task an_address_responds_as_it_must(string path)
    {
        var address = All.Single(one => one.Path == path);
        using var response = await site.GetAsync(path);
        ((int)response.StatusCode).ShouldBe(address.Status);
        var body = await response.Content.ReadAsStringAsync();
        if (address.Status is 200 or >= 400)
        {
            response.Content.Headers.ContentType!.MediaType.ShouldBe(address.Status == 200 ? address.Type : "text/html");
            body.ShouldNotBeEmpty();
        }

        CheckHeaders(response, address.Type, body);
        CheckCaching(response, address);
        body.ShouldNotContain("   at ", customMessage: "a stack trace");
    }

    // The HTTP server drops the body, and the in-memory test server doesn't.
    [Theory, MemberData(nameof(Paths))]
    public async Task head_answers_as_get_does(string path)
    {
        using var get = await site.GetAsync(path);
        using var head = await site.GetAsync(path, HttpMethod.Head);
        head.StatusCode.ShouldBe(get.StatusCode);
        head.Headers.ETag.ShouldBe(get.Headers.ETag);
        head.Headers.CacheControl.ShouldBe(get.Headers.CacheControl);
    }

    [Fact]
    public async Task a_head_that_comes_first_after_a_start_leaves_every_address_whole()
    {
        await using var fresh = new Site();
        foreach (var address in All.Where(address => address is { Status: 200, Keep: not Keep.Never }))
        {
            using var head = await fresh.GetAsync(address.Path, HttpMethod.Head);
            using var get = await fresh.GetAsync(address.Path);
            (await get.Content.ReadAsByteArrayAsync()).ShouldNotBeEmpty(address.Path);
            head.Headers.ETag.ShouldBe(get.Headers.ETag, address.Path);
        }
    }

    [Fact]
    public async Task cacheable_responses_are_revalidated_with_a_304()
    {
        foreach (var address in All.Where(address => address is { Status: 200, Keep: not Keep.Never }))
        {
            using var first = await site.GetAsync(address.Path);
            using var again = await site.GetAsync(address.Path, etag: first.Headers.ETag!.ToString());
            again.StatusCode.ShouldBe(HttpStatusCode.NotModified, address.Path);
            CheckHeaders(again, address.Type, await first.Content.ReadAsStringAsync());
            CheckCaching(again, address);
        }
    }

    [Fact]
    public async Task every_error_response_is_a_page_of_the_site()
    {
        foreach (var (status, send) in new (int, Func<Task<HttpResponseMessage>>)[]
        {
            (403, () => site.SendAsync(HttpMethod.Post, "/contact", ("Sec-Fetch-Site", "cross-site"))),
            (405, () => site.SendAsync(HttpMethod.Delete, "/health/live")),
            (413, () => site.SendAsync(HttpMethod.Post, "/contact", body: "message=" + new string('x', 70_000))),
            (415, () => site.SendAsync(HttpMethod.Post, "/contact", body: "{}", type: "application/json")),
            (422, () => site.SendAsync(HttpMethod.Post, "/contact", body: "name=")),
        })
        {
            using var response = await send();
            var page = await response.ReadPageAsync((HttpStatusCode)status);
            page.QuerySelector("main h1").ShouldNotBeNull($"{status}");
            CheckHeaders(response, "text/html", await response.Content.ReadAsStringAsync());
            response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task public_pages_load_nothing_from_another_origin_and_run_nothing_inline()
    {
        foreach (var address in All.Where(address => address is { Status: 200, Type: "text/html" }))
        {
            var page = await site.GetPageAsync(address.Path);
            foreach (var element in page.QuerySelectorAll("[src], [srcset], link[href]:not([rel=canonical]):not([rel=alternate]), form[action]"))
            {
                foreach (var name in new[] { "src", "srcset", "href", "action" })
                    if (element.GetAttribute(name) is { } target) target.ShouldStartWith("/", customMessage: $"{address.Path}: {element.OuterHtml}");
            }

            page.QuerySelectorAll("script:not([src]):not([type='application/ld+json'])").ShouldBeEmpty(address.Path);
            page.QuerySelectorAll("iframe, object, embed").ShouldBeEmpty(address.Path);
            page.QuerySelectorAll("style").ShouldAllBe(style => style.ParentElement!.LocalName == "head" && style.Attributes.Length == 0, address.Path);
            page.QuerySelectorAll("*")
                .SelectMany(element => element.Attributes)
                .Where(attribute => attribute.Name == "style" || attribute.Name.StartsWith("on", StringComparison.Ordinal))
                .Select(attribute => attribute.Name)
                .ShouldBeEmpty(address.Path);
        }
    }

    private static void CheckHeaders(HttpResponseMessage response, string type, string body)
    {
        var where = $"{(int)response.StatusCode} {response.RequestMessage?.RequestUri}";
        var policy = One(response, "Content-Security-Policy");
        policy.ShouldStartWith("default-src 'none'", customMessage: where);
        policy.ShouldContain("frame-ancestors 'none'", customMessage: where);
        policy.ShouldNotContain("unsafe", customMessage: where);
        if (type != "image/svg+xml")
        {
            // The policy allows each style sheet in the page and no others.
            var sheets = Regex.Matches(body, "<style>(.*?)</style>", RegexOptions.Singleline)
                .Select(sheet => $" 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(sheet.Groups[1].Value)))}'");
            policy.ShouldBe(SecurityHeaders.ContentSecurityPolicy.Replace(
                "style-src 'self'", "style-src 'self'" + string.Concat(sheets), StringComparison.Ordinal), customMessage: where);
        }

        One(response, "X-Content-Type-Options").ShouldBe("nosniff", customMessage: where);
        One(response, "Referrer-Policy").ShouldBe("same-origin", customMessage: where);
        One(response, "Cross-Origin-Opener-Policy").ShouldBe("same-origin", customMessage: where);
        One(response, "Cross-Origin-Resource-Policy").ShouldBe("same-origin", customMessage: where);
        One(response, "Permissions-Policy").ShouldContain("camera=()", customMessage: where);
        One(response, "Strict-Transport-Security").ShouldContain("max-age=63072000", customMessage: where);
        response.Headers.Contains("Set-Cookie").ShouldBeFalse(where);
        response.Headers.Contains("Server").ShouldBeFalse(where);
        response.Headers.Contains("X-Powered-By").ShouldBeFalse(where);
    }

    private static void CheckCaching(HttpResponseMessage response, Address address)
    {
        var caching = response.Headers.CacheControl.ShouldNotBeNull(address.Path);
        switch (address.Keep)
        {
            case Keep.Never when address.Status is 301:
                caching.MaxAge.ShouldBe(TimeSpan.FromHours(1), address.Path);
                break;
            case Keep.Never:
                caching.NoStore.ShouldBeTrue(address.Path);
                response.Headers.ETag.ShouldBeNull(address.Path);
                break;
            case Keep.Page:
                caching.ToString().ShouldBe("public, max-age=60, stale-while-revalidate=300", customMessage: address.Path);
                response.Headers.ETag!.IsWeak.ShouldBeFalse(address.Path);
                response.Headers.Vary.Single().ShouldBe("Accept-Encoding", customMessage: address.Path);
                break;
            case Keep.File:
                caching.Public.ShouldBeTrue(address.Path);
                response.Headers.ETag!.IsWeak.ShouldBeFalse(address.Path);
                break;
        }
    }

    private static string One(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.Single() : "(none)";

    /// <summary>A small clinic with one of everything.</summary>
    public sealed class Site : ClinicApp
    {
        public Site() => Serve(folder =>
        {
            var article = """
                ---
                title: {0}
                summary: A summary.
                published: {1}
                authors: [team]
                topics: [safety]
                draft: {2}
                ---
                Some words on the subject.
                """;
            folder
                .Write("clinic.yml", ClinicFolder.SmallestClinic + """

                    articles: {pageSize: 1}
                    locations: [{name: Denver West, geo: {latitude: 39.7, longitude: -105.1}, parking: Behind the house.}]
                    newsletter: {heading: News, invitation: Now and then., thanks: Thanks for subscribing!}
                    consultation:
                      title: Free call
                      weekly: [{day: mon, from: "09:00", to: "12:00"}]
                    """
            )
            .Write("people.yml", "team:\n  name: The team\n")
            .Write("pages/our-way.md", "---\ntitle: Our way\n---\nWords.")
            .Write("pages/privacy.md", "---\ntitle: Privacy\naliases: [/old-page, /?page_id=12]\n---\nWords.")
            .Write("pages/about.md", "---\ntitle: About us\n---\nWords.")
            .Write("services/iv-ketamine.md", "---\ntitle: IV ketamine\nsummary: A summary.\n---\nWords.")
            .Write("articles/the-first.md", string.Format(null, article, "The first", "2026-01-10", "false"))
            .Write("articles/the-second.md", string.Format(null, article, "The second", "2026-02-10", "false"))
            .Write("articles/the-scheduled.md", string.Format(null, article, "The scheduled", "2030-02-10", "false"))
            .Write("articles/the-draft.md", string.Format(null, article, "The draft", "2026-02-10", "true"))
            .Write("faqs.yml", "- group: Before\n  questions:\n    - question: Does it hurt?\n      answer: Hardly.\n")
            .Write("reviews.yml", "- text: They listened.\n  by: A patient\n  date: 2026-03-01\n  consent: 2026-03-01\n")
            .Write(
                "bibliography.yml",
                "entries:\n  - key: berman-2000\n    authors: [Berman RM]\n    title: A trial\n"
                    + "    journal: Biological Psychiatry\n    year: 2000\n    kind: rct\n    finding: It helped some.\n    topics: [depression]\n"
            )
            .Write("redirects.yml", "/gone-page: 410\n")
            .Write(
                "images/dot.svg",
                """
                <svg xmlns="http://www.w3.org/2000/svg" width="8" height="8" viewBox="0 0 8 8"><style>circle{fill:red}</style>
                <circle cx="4" cy="4" r="4"/></svg>
                """
            );
            File.WriteAllBytes(
                Path.Combine(folder.Root, "images", "dot.png"),
                Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
            );
        });

        public Task<HttpResponseMessage> GetAsync(string path, HttpMethod? method = null, string? etag = null)
        {
            var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
            if (etag is not null) request.Headers.TryAddWithoutValidation("If-None-Match", etag);
            return Http.SendAsync(request);
        }

        public Task<HttpResponseMessage> SendAsync(
            HttpMethod method,
            string path,
            (string Name, string Value)? header = null,
            string? body = null,
            string type = "application/x-www-form-urlencoded"
        )
        {
            var request = new HttpRequestMessage(method, path);
            if (body is not null) request.Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue(type));
            if (header is var (name, value)) request.Headers.Add(name, value);
            return Http.SendAsync(request);
        }
    }
}
