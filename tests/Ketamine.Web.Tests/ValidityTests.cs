using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using Ketamine.Content;
using Ketamine.Web.Features.Errors;
using Ketamine.Web.Tests.Features.Newsletter;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests;

/// <summary>
/// Checks every page of the site, in every state that a visitor can reach, with the Nu HTML checker in one run, and the feeds with an independent
/// parser. Java comes from Debian, and both checkers from npm (tests/checkers): ./test installs them into a cache outside the repository.
/// </summary>
public sealed partial class ValidityTests
{
    private static readonly string Checkers = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "ketamine-web",
        "checkers"
    );

    // The style sheet shows a citation's note although it is hidden; screen readers must not reach it then (see ProseHtml).
    private const string ShownAllTheSame = "Attribute “aria-hidden” is unnecessary for elements that have attribute “hidden”";

    // Properties newer than the checker's list. Browsers that don't know them ignore them, and the page works without them.
    private static readonly string[] NewProperties =
        ["anchor-name", "anchor-scope", "animation-timeline", "position-anchor", "position-area", "position-try-fallbacks"];

    [Fact]
    public async Task every_page_is_valid_html()
    {
        var jar = Needed("node_modules", "vnu-jar", "build", "dist", "vnu.jar");
        var folder = Directory.CreateTempSubdirectory("validity-").FullName;
        try
        {
            var pages = 0;
            await using (var sample = new ClinicApp()) await WriteAsync(SampleAsync(sample));
            await using (var site = new InventoryTests.Site()) await WriteAsync(InventoryAsync(site));
            pages.ShouldBeGreaterThan(100);

            var told = await RunAsync(
                "java",
                ["-Xmx512m", "-jar", jar, "--stdout", "--exit-zero-always", "--format", "json", folder],
                "apt-get install default-jre-headless"
            );
            using var json = JsonDocument.Parse(told);
            var messages = json
                .RootElement.GetProperty("messages")
                .EnumerateArray()
                .Select(message =>
                {
                    var page = Path.GetFileNameWithoutExtension(message.GetProperty("url").GetString());
                    var line = message.TryGetProperty("lastLine", out var last) ? last.GetInt32() : 0;
                    return $"{page}:{line}: {message.GetProperty("message").GetString()}";
                })
                .Where(message => !message.Contains(ShownAllTheSame, StringComparison.Ordinal))
                .Where(message => !NewProperties.Any(name => message.EndsWith($": Property “{name}” doesn't exist.", StringComparison.Ordinal)))
                .ToList();
            messages.ShouldBeEmpty($"{messages.Count} errors and warnings over {pages} pages");

            async Task WriteAsync(IAsyncEnumerable<(string Name, string Html)> all)
            {
                await foreach (var (name, html) in all)
                {
                    html.ShouldStartWith("<!", Case.Insensitive, name);
                    await File.WriteAllTextAsync(Path.Combine(folder, $"{++pages:000}-{Unnamed().Replace(name, "-")}.html"), html);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task a_feed_parser_that_is_not_ours_reads_the_same_in_both_xml_feeds()
    {
        Needed("node_modules", "rss-parser", "package.json");
        await using var app = new ClinicApp();
        var told = new List<string>();
        foreach (var feed in new[] { "/feed.xml", "/rss.xml" })
        {
            var file = Path.Combine(app.DataPath, feed.Trim('/'));
            Directory.CreateDirectory(app.DataPath);
            await File.WriteAllTextAsync(file, await app.Http.GetStringAsync(feed));
            told.Add(await RunAsync("node", ["-e", """
                const Parser = require(process.argv[1] + "/node_modules/rss-parser");
                new Parser().parseString(require("fs").readFileSync(process.argv[2], "utf8"))
                  .then(feed => console.log(JSON.stringify(feed.items.map(item => [item.title, item.link, item.isoDate]))));
                """, Checkers, file], "apt-get install npm"));
        }

        using var items = JsonDocument.Parse(told[0]);
        items.RootElement.GetArrayLength().ShouldBeGreaterThan(10);
        told[1].ShouldBe(told[0]);
    }

    /// <summary>The sample clinic: everything it shows, every form with every error, and every page that an email links to.</summary>
    private static async IAsyncEnumerable<(string, string)> SampleAsync(ClinicApp app)
    {
        foreach (Match loc in Location().Matches(await app.Http.GetStringAsync("/sitemap.xml")))
        {
            var path = new Uri(WebUtility.HtmlDecode(loc.Groups[1].Value)).PathAndQuery;
            yield return await GetAsync(app, path);
        }

        foreach (var path in new[]
        {
            "/search",
            "/search?q=depression",
            "/search?q=depresion",
            "/search?q=bladder+zebra+trial",
            "/search?q=zzzzz",
            "/search?q=%22pressure+zebra%22",
            "/search?q=%22not+depression+this%22",
            "/search?q=" + Uri.EscapeDataString("I want to die \"<b>'&"),
            "/contact?article=nmda-receptor",
            "/newsletter/thanks",
            "/nowhere",
        }
    )
    {
            yield return await GetAsync(app, path);
        }

        foreach (var form in new[] { "/contact", "/consultation", "/newsletter" })
            yield return await PostAsync(app, form, ("name", ""), ("email", "x\"<"), ("message", "<b>&"), ("phone", "1"));
        yield return await PostAsync(app, "/contact", ("name", "Jo"), ("message", "I want to kill myself"));

        // All three ways of writing to the clinic, and then everything that the emails link to.
        var slot = (await app.GetPageAsync("/consultation")).QuerySelectorAll("input[name=slot]")[0].GetAttribute("value")!;
        (string, string)[] who = [("name", "Jo"), ("email", "jo@example.com"), ("phone", "3035550142"), ("consent", "yes")];
        var sent = await SendAsync(app, "/contact", [.. who, ("message", "How long does it take? I want to kill myself.")]);
        var booked = await SendAsync(app, "/consultation", [.. who, ("slot", slot)]);
        var code = await app.SignUpAsync("jo@example.com");
        yield return await PostAsync(
            app,
            "/consultation",
            ("name", "Sam"),
            ("email", "sam@example.com"),
            ("phone", "3035550143"),
            ("consent", "yes"),
            ("slot", slot)
        );
        foreach (var path in new[] { sent, booked, code }) yield return await GetAsync(app, path);
        yield return await PostAsync(app, "/newsletter/code", ("id", code[(code.IndexOf('=', StringComparison.Ordinal) + 1)..]), ("code", "000000"));
        var links = (await app.DeliverMailAsync()).SelectMany(mail => mail.Links).Select(link => link.PathAndQuery).Distinct().ToList();
        foreach (var kind in new[] { "/consultation/manage/", "/staff/leads/", "/newsletter/confirm/" })
            links.ShouldContain(link => link.StartsWith(kind, StringComparison.Ordinal));
        foreach (var link in links.Where(link => !link.EndsWith(".ics", StringComparison.Ordinal))) yield return await GetAsync(app, link);
        foreach (var link in links.Where(link => link.StartsWith("/newsletter/confirm/", StringComparison.Ordinal)))
        {
            using var confirmed = await app.PostFormAsync(link);
            confirmed.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
            var reader = (await app.SubscribersAsync()).Single();
            var leave = $"/newsletter/unsubscribe/{(await app.KeyAsync()).UnsubscribeToken(reader.Id, Guid.NewGuid())}";
            yield return await GetAsync(app, leave);
            yield return await PostAsync(app, leave);
        }

        var content = app.Services.GetRequiredService<ContentStore>().Current.Content;
        yield return await GetAsync(app, app.Services.GetRequiredService<PreviewLinks>().PathFor(content.Articles[0], app.Clock.Now.AddDays(1)));
        yield return ("last-resort", FallbackErrorPage.Page(content.Clinic, 503));
    }

    /// <summary>The small clinic with one of everything, and all kinds of responses: missing, gone, refused.</summary>
    private static async IAsyncEnumerable<(string, string)> InventoryAsync(InventoryTests.Site site)
    {
        foreach (string path in InventoryTests.Paths)
        {
            using var response = await site.GetAsync(path);
            if (response.Content.Headers.ContentType?.MediaType == "text/html" && await response.Content.ReadAsStringAsync() is { Length: > 0 } html)
                yield return (path, html);
        }

        foreach (var (method, path, header, body, type) in new (HttpMethod, string, (string, string)?, string?, string)[]
        {
            (HttpMethod.Post, "/contact", ("Sec-Fetch-Site", "cross-site"), null, "application/x-www-form-urlencoded"),
            (HttpMethod.Delete, "/health/live", null, null, "application/x-www-form-urlencoded"),
            (HttpMethod.Post, "/contact", null, "message=" + new string('x', 70_000), "application/x-www-form-urlencoded"),
            (HttpMethod.Post, "/contact", null, "{}", "application/json"),
        })
        {
            using var response = await site.SendAsync(method, path, header, body, type);
            yield return ($"{(int)response.StatusCode}{path}", await response.Content.ReadAsStringAsync());
        }

        var store = site.Services.GetRequiredService<ContentStore>().Current.Content;
        foreach (var article in store.Articles.Where(article => article.Draft || article.Published > site.Clock.Now))
            yield return await GetAsync(site, site.Services.GetRequiredService<PreviewLinks>().PathFor(article, site.Clock.Now.AddDays(1)));
    }

    private static async Task<(string, string)> GetAsync(ClinicApp app, string path) =>
        (path, await app.Http.GetAsync(path) is var response ? await response.Content.ReadAsStringAsync() : "");

    private static async Task<(string, string)> PostAsync(ClinicApp app, string path, params (string, string)[] fields)
    {
        using var response = await app.PostFormAsync(path, fields);
        ((int)response.StatusCode).ShouldBeOneOf(200, 400, 409, 422);
        return ($"{path}-{(int)response.StatusCode}", await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends a form that is accepted. Returns where it redirects.</summary>
    private static async Task<string> SendAsync(ClinicApp app, string path, params (string, string)[] fields)
    {
        using var response = await app.PostFormAsync(path, fields);
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await response.Content.ReadAsStringAsync());
        return response.Headers.Location!.ToString();
    }

    private static string Needed(params string[] path)
    {
        var file = Path.Combine([Checkers, .. path]);
        File.Exists(file)
            .ShouldBeTrue(
                $"{file} is missing: ./test fetches it, as does npm install --ignore-scripts --prefix {Checkers} with tests/checkers/package.json copied there"
            );
        return file;
    }

    private static async Task<string> RunAsync(string program, string[] arguments, string remedy)
    {
        Process process;
        try
        {
            process = Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
        }
        catch (System.ComponentModel.Win32Exception absent)
        {
            throw new InvalidOperationException($"This test needs {program}: {remedy} (./test does it)", absent);
        }

        using (process)
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0, await error);
            return output;
        }
    }

    [GeneratedRegex("<loc>([^<]+)")]
    private static partial Regex Location();

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.IgnoreCase)]
    private static partial Regex Unnamed();
}
