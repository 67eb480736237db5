using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Ketamine.Content;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Instant = NodaTime.Instant;

namespace Ketamine.Web.Tests.Features.Articles;

/// <summary>
/// What is visible depends only on the clock. For articles that appear around clock changes (the skipped hour, the repeated hour, midnight, the end of
/// the year), the tests read the whole site one tick before each instant and at it: as a new visitor, as a browser that revalidates with its ETag, and as
/// a CDN that revalidates as late as it may. They set the clock without firing timers, so nothing else can trigger the change.
/// </summary>
public sealed partial class ScheduleTests(ScheduleTests.Site site) : IClassFixture<ScheduleTests.Site>
{
    private static readonly string[] Zones =
    [
        "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix", "America/Anchorage", "America/Adak",
        "America/Puerto_Rico", "Pacific/Honolulu", "America/Indiana/Knox", "UTC",
        // Clocks that go forward at midnight, so a day begins at one; back at midnight; by half an hour; by two hours; and far from Greenwich.
        "America/Havana", "America/Santiago", "Asia/Beirut", "Africa/Cairo", "America/Nuuk", "Atlantic/Azores",
        "Australia/Lord_Howe", "Antarctica/Troll", "Asia/Kathmandu", "Pacific/Chatham", "Pacific/Kiritimati", "Africa/Casablanca",
    ];

    private static int _cases;

    private readonly Dictionary<string, (string Body, string? ETag, DateTimeOffset Until)> _browser = [];
    private readonly Dictionary<string, (string Body, string? ETag, DateTimeOffset Until)> _cdn = [];

    /// <param name="Published">As written in the file.</param>
    /// <param name="At">The instant it means, computed without the site's code.</param>
    /// <param name="UpdatedAfter">Minutes; 0 for an article without an update.</param>
    public sealed record Planned(string Published, DateTimeOffset At, int UpdatedAfter)
    {
        public DateTimeOffset? Updated => UpdatedAfter == 0 ? null : At.AddMinutes(UpdatedAfter);

        public DateTimeOffset Changed(DateTimeOffset now) => Updated is { } updated && updated <= now ? updated : At;

        public override string ToString() => Published + (UpdatedAfter > 0 ? $" (updated {UpdatedAfter} min later)" : "");
    }

    public sealed record Plan(string Zone, ImmutableArray<Planned> Articles, double SecondsAhead)
    {
        public override string ToString() => $"{Zone}: {string.Join(", ", Articles)}, first read {SecondsAhead} s ahead";
    }

    public sealed class Site : ClinicApp
    {
        public Site()
        {
            Serve(_ => { });
            RenderPagesAhead();
        }

        // The folder's watcher would restore its own content.
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureTestServices(services =>
            {
                var watcher = services.Single(service => service.ServiceType == typeof(ContentWatcher));
                services.RemoveAt(services.IndexOf(watcher) + 1); // what starts it
            });
        }
    }

    [Fact]
    public void an_article_appears_everywhere_at_its_publication_time_and_nowhere_before() =>
        Fuzz.Holds(10, Prop.ForAll(Plans().ToArbitrary(), plan => HoldsAsync(plan).GetAwaiter().GetResult()));

    [Fact]
    public void a_review_lapses_at_the_clinics_midnight_after_twelve_months() =>
        Fuzz.Holds(
            25,
            Prop.ForAll(Reviews().ToArbitrary(), review => LapsesAsync(review.Zone, review.Day).GetAwaiter().GetResult())
        );

    [Fact]
    public void a_date_and_a_time_with_an_offset_mean_their_one_instant_in_every_zone()
    {
        foreach (var name in Zones)
        {
            using var folder = new Scratch();
            folder.Clinic.Replace("clinic.yml", "America/Denver", name);
            var zone = DateTimeZoneProviders.Tzdb[name];
            var all = Edges(name).Take(8).SelectMany(edge => Enumerable.Range(0, 6).Select(form => Written(zone, edge, form, 0))).ToList();
            for (var i = 0; i < all.Count; i++)
                folder.Clinic.Write($"articles/a{i}.md", $"---\ntitle: One\nsummary: S.\npublished: {all[i].Published}\nauthors: [ada]\n---\nText.\n");
            var read = ContentFolder.Read(folder.Clinic.Root).Content!.Articles.ToDictionary(article => article.Slug.ToString(), article => article.Published);
            for (var i = 0; i < all.Count; i++) read[$"a{i}"].ShouldBe(all[i].At, $"{all[i].Published} in {name}");
        }
    }

    [Theory]
    [InlineData("2026-03-08T02:30")]           // an hour that Denver's clocks skip
    [InlineData("2026-11-01T01:30")]           // one that comes twice
    [InlineData("2026-06-01T09:00:00")]
    [InlineData("2026-06-01 09:00-06:00")]
    [InlineData("2026-02-29")]
    public void an_ambiguous_or_skipped_time_is_refused_with_its_line(string published)
    {
        using var folder = new Scratch();
        folder.Clinic.Write("articles/one.md", $"---\ntitle: One\nsummary: S.\npublished: {published}\nauthors: [ada]\n---\nText.\n");
        var error = ContentFolder.Read(folder.Clinic.Root).Errors.ShouldHaveSingleItem();
        (error.File, error.Line, error.Key).ShouldBe(("articles/one.md", 4, "published"));
        error.Wanted.ShouldMatch("^published: |2026-03-14T09:00-06:00");
    }

    [Fact]
    public void a_day_skipped_by_a_time_zone_begins_with_the_next()
    {
        using var folder = new Scratch();
        folder.Clinic.Replace("clinic.yml", "America/Denver", "Pacific/Apia")
            .Write("articles/one.md", "---\ntitle: One\nsummary: S.\npublished: 2011-12-30\nauthors: [ada]\n---\nText.\n");
        ContentFolder.Read(folder.Clinic.Root).Content!.Articles.Single().Published.ShouldBe(new DateTimeOffset(2011, 12, 31, 0, 0, 0, TimeSpan.FromHours(14)));
    }

    private static Gen<Plan> Plans() =>
        from zone in Gen.Elements(Zones)
        from edge in Gen.Elements(Edges(zone))
        from articles in Gen.ArrayOf(Articles(zone, edge), 3)
        from count in Gen.Choose(1, 3)
        from ahead in Gen.Elements(0.5, 30, 59.5, 61, 200, 359, 361, 10_800)
        select new Plan(zone, [.. articles.Take(count)], ahead);

    private static Gen<Planned> Articles(string zone, LocalDateTime edge) =>
        from minutes in Gen.Elements(-1440, -61, -60, -59, -30, -15, -1, 0, 0, 0, 1, 15, 29, 30, 59, 60, 61, 1440)
        from form in Gen.Choose(0, 5)
        from updated in Gen.Elements(0, 0, 0, 1, 60)
        select Written(DateTimeZoneProviders.Tzdb[zone], edge.PlusMinutes(minutes), form, updated);

    private static Gen<(string Zone, LocalDate Day)> Reviews() =>
        from zone in Gen.Elements(Zones)
        from edge in Gen.Elements(Edges(zone))
        from days in Gen.Choose(-2, 1)
        select (zone, edge.Date.PlusDays(days));

    /// <summary>What the wall clock shows on both sides of each change, and where days, months, and years end.</summary>
    private static LocalDateTime[] Edges(string name)
    {
        var zone = DateTimeZoneProviders.Tzdb[name];
        var changes = zone.GetZoneIntervals(Instant.FromUtc(2027, 1, 1, 0, 0), Instant.FromUtc(2033, 1, 1, 0, 0)).Skip(1)
            .SelectMany(interval => new[] { zone.GetZoneInterval(interval.Start - Duration.Epsilon).IsoLocalEnd, interval.IsoLocalStart });
        return [.. changes, new(2028, 1, 1, 0, 0), new(2028, 2, 29, 0, 0), new(2029, 3, 1, 0, 0)];
    }

    private static Planned Written(DateTimeZone zone, LocalDateTime local, int form, int updated)
    {
        if (form == 0) return new Planned(local.Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture), Beginning(zone, local.Date), updated);
        // A skipped hour is written with the offset before or after it. Either one means a single instant.
        var map = zone.MapLocal(local);
        var offset = form switch
        {
            1 => map.EarlyInterval.WallOffset,
            2 => map.LateInterval.WallOffset,
            3 => Offset.Zero,
            4 => Offset.FromHoursAndMinutes(5, 45),
            _ => Offset.FromHours(-12),
        };
        var text = local
            .WithOffset(offset)
            .ToString(
                form switch
                {
                    4 => "uuuu-MM-dd'T'HH:mm:ss'.1234567'o<Z+HH:mm>",
                    5 => "uuuu-MM-dd'T'HH:mm:sso<Z+HH:mm>",
                    _ => "uuuu-MM-dd'T'HH:mmo<Z+HH:mm>",
                },
                CultureInfo.InvariantCulture
            );
        return new Planned(text, DateTimeOffset.Parse(text, CultureInfo.InvariantCulture), updated);
    }

    /// <summary>The first minute at which the wall calendar shows the day or a later one, found by trying them all.</summary>
    private static DateTimeOffset Beginning(DateTimeZone zone, LocalDate day)
    {
        var minute = day.AtMidnight().InUtc().ToInstant() - Duration.FromHours(15);
        while (minute.InZone(zone).Date < day) minute += Duration.FromMinutes(1);
        return minute.ToDateTimeOffset();
    }

    private async Task HoldsAsync(Plan plan)
    {
        var number = Interlocked.Increment(ref _cases);
        var all = plan.Articles.Select((planned, index) => (Slug: $"s{number}x{index}", Title: $"Zq{number}x{index}", Planned: planned)).ToImmutableArray();
        using var folder = new Scratch();
        folder.Clinic.Write(
            "clinic.yml",
            ClinicFolder.SmallestClinic.Replace("America/Denver", plan.Zone, StringComparison.Ordinal) + "\narticles: {pageSize: 2}\n"
        );
        folder.Clinic.Write(
            $"articles/anchor{number}.md",
            "---\ntitle: Anchor\nsummary: S.\npublished: 2020-01-01\n"
                + $"authors: [ada]\ntopics: [safety]\nrelated: [{string.Join(", ", all.Select(one => one.Slug))}]\n---\nA lantern [@trial].\n"
        );
        foreach (var (slug, title, planned) in all)
        {
            var updated = planned.Updated is { } instant ? $"updated: {instant:yyyy-MM-dd'T'HH:mm:ss.fffffffK}\n" : "";
            folder.Clinic.Write(
                $"articles/{slug}.md",
                $"---\ntitle: About {title}\nsummary: S.\n"
                    + $"published: {planned.Published}\n{updated}authors: [ada]\ntopics: [safety]\naliases: [/old-{slug}]\n---\nA lantern [@trial].\n"
            );
        }

        var instants = all.SelectMany(one => new[] { one.Planned.At, one.Planned.Updated ?? one.Planned.At }).Distinct().Order().ToList();
        var oldest = Beginning(DateTimeZoneProviders.Tzdb[plan.Zone], new LocalDate(2020, 1, 1));
        await ServeAsync(folder, instants[0].AddDays(-10), $"anchor{number}");
        _browser.Clear();
        _cdn.Clear();

        await LookAsync(instants[0].AddSeconds(-plan.SecondsAhead));
        for (var patience = 0; patience < 100 && await EncodingAsync("/blog") != "br"; patience++) await Task.Delay(10);
        foreach (var instant in instants)
        {
            await LookAsync(instant.AddTicks(-1));
            await LookAsync(instant);
        }

        // A wrong clock is corrected.
        _cdn.Clear();
        await LookAsync(instants[0].AddTicks(-1));
        await LookAsync(instants[^1].AddDays(1));

        async Task LookAsync(DateTimeOffset now)
        {
            site.Clock.Set(now);
            var shown = all.Where(one => one.Planned.At <= now)
                .OrderByDescending(one => one.Planned.At)
                .ThenBy(one => one.Slug, StringComparer.Ordinal)
                .Select(one => (one.Slug, one.Planned.At, Changed: one.Planned.Changed(now)))
                .Append((Slug: $"anchor{number}", At: oldest, Changed: oldest))
                .ToList();
            var slugs = shown.Select(one => one.Slug).ToList();
            var hidden = all.Where(one => one.Planned.At > now).ToList();

            async Task<string> ReadAsync(string path, int status = 200)
            {
                var body = await ReadInEveryWayAsync(path, status);
                foreach (var (slug, title, _) in hidden)
                {
                    body.ShouldNotContain(title, Case.Insensitive, $"{path} at {now:O}");
                    if (status == 200) body.ShouldNotContain(slug, Case.Insensitive, $"{path} at {now:O}");
                }

                return body;
            }

            for (var page = 1; page <= 3; page++)
            {
                foreach (var list in new[] { "/blog", "/blog/topics/safety" })
                {
                    var there = page <= (slugs.Count + 1) / 2;
                    var body = await ReadAsync(page == 1 ? list : $"{list}?page={page}", there ? 200 : 404);
                    if (there) Slugs(body).ShouldBe(slugs.Skip((page - 1) * 2).Take(2), $"{list}, page {page}, at {now:O}");
                }
            }

            Slugs(await ReadAsync("/")).ShouldBe(slugs.Take(3), $"home page at {now:O}");
            Slugs(await ReadAsync("/research")).ShouldBe(slugs, ignoreOrder: true, $"research at {now:O}");
            Slugs(await ReadAsync("/search?q=lantern")).ShouldBe(slugs, ignoreOrder: true, $"search at {now:O}");

            foreach (var (slug, title, planned) in all)
            {
                var there = planned.At <= now;
                var body = await ReadAsync($"/blog/{slug}", there ? 200 : 404);
                (await site.Http.GetAsync($"/old-{slug}")).StatusCode.ShouldBe(
                    there ? HttpStatusCode.MovedPermanently : HttpStatusCode.NotFound,
                    $"the old address of {slug} at {now:O}"
                );
                (await ReadAsync($"/contact?article={(there ? slug : "none")}")).Contains(title, StringComparison.Ordinal).ShouldBe(there);
                if (!there) continue;
                body.Contains("article:modified_time", StringComparison.Ordinal).ShouldBe(planned.Updated <= now, $"{slug} at {now:O}");
                Neighbours(body)
                    .ShouldBe((slugs.ElementAtOrDefault(slugs.IndexOf(slug) + 1), slugs.ElementAtOrDefault(slugs.IndexOf(slug) - 1)), $"{slug} at {now:O}");
            }

            var anchor = await ReadAsync($"/blog/anchor{number}");
            Neighbours(anchor).ShouldBe((null, slugs.ElementAtOrDefault(slugs.Count - 2)), $"at {now:O}");
            Slugs(anchor).Take(Math.Min(3, slugs.Count - 1)).ShouldBe(all.Select(one => one.Slug).Where(slugs.Contains).Take(3), $"related at {now:O}");

            XNamespace atom = "http://www.w3.org/2005/Atom";
            var feed = XDocument.Parse(await ReadAsync("/feed.xml")).Root!;
            feed.Elements(atom + "entry")
                .Select(entry =>
                    (Last(entry.Element(atom + "id")!.Value), Second(entry.Element(atom + "published")!.Value), Second(entry.Element(atom + "updated")!.Value))
                )
                .ShouldBe(shown.Select(one => (one.Slug, Second(one.At), Second(one.Changed))), $"Atom at {now:O}");
            Second(feed.Element(atom + "updated")!.Value).ShouldBe(Second(shown.Max(one => one.Changed)));
            XDocument
                .Parse(await ReadAsync("/rss.xml"))
                .Descendants("item")
                .Select(item => Last(item.Element("link")!.Value))
                .ShouldBe(slugs, $"RSS at {now:O}");
            using var json = JsonDocument.Parse(await ReadAsync("/feed.json"));
            json.RootElement.GetProperty("items")
                .EnumerateArray()
                .Select(item => Last(item.GetProperty("url").GetString()!))
                .ShouldBe(slugs, $"JSON at {now:O}");

            XNamespace sitemap = "http://www.sitemaps.org/schemas/sitemap/0.9";
            var listed = XDocument.Parse(await ReadAsync("/sitemap.xml")).Descendants(sitemap + "url")
                .ToDictionary(url => new Uri(url.Element(sitemap + "loc")!.Value).PathAndQuery, url => url.Element(sitemap + "lastmod")?.Value);
            foreach (var (slug, _, changed) in shown) Second(listed[$"/blog/{slug}"]!).ShouldBe(Second(changed), $"the sitemap's {slug} at {now:O}");
            foreach (var list in new[] { "/blog", "/blog/topics/safety" })
                Second(listed[list]!).ShouldBe(Second(shown.Max(one => one.Changed)), $"the sitemap's {list} at {now:O}");
        }
    }

    private async Task LapsesAsync(string zone, LocalDate day)
    {
        var number = Interlocked.Increment(ref _cases);
        using var folder = new Scratch();
        folder.Clinic.Replace("clinic.yml", "America/Denver", zone)
            .Write($"articles/anchor{number}.md", "---\ntitle: One\nsummary: S.\npublished: 2020-01-01\nauthors: [ada]\n---\nA lantern.\n");
        var clock = new FakeClock(Beginning(DateTimeZoneProviders.Tzdb[zone], day));
        Ketamine.Content.Editing.ContentSign.Run(folder.Clinic.Root, $"anchor{number}", "ada", clock, TextWriter.Null).ShouldBe(0);
        await ServeAsync(folder, clock.Now, $"anchor{number}");
        _browser.Clear();
        _cdn.Clear();

        var lapses = Beginning(DateTimeZoneProviders.Tzdb[zone], day.PlusMonths(12).PlusDays(1));
        foreach (var (now, holds) in new[] { (clock.Now, true), (lapses.AddSeconds(-100), true), (lapses.AddTicks(-1), true), (lapses, false) })
        {
            site.Clock.Set(now);
            var body = await ReadInEveryWayAsync($"/blog/anchor{number}", 200);
            body.Contains("Medically reviewed by", StringComparison.Ordinal).ShouldBe(holds, $"{zone}, reviewed {day}, at {now:O}");
            body.Contains("\"reviewedBy\"", StringComparison.Ordinal).ShouldBe(holds);
            body.Contains("Reviews are valid for twelve months", StringComparison.Ordinal).ShouldBe(!holds);
        }
    }

    /// <summary>Replaces the site's content, as a changed folder does, and waits until search has it.</summary>
    private async Task ServeAsync(Scratch folder, DateTimeOffset now, string known)
    {
        var reading = ContentFolder.Read(folder.Clinic.Root);
        var content = reading.Content ?? throw new InvalidOperationException(string.Join('\n', reading.Errors.Select(error => error.ToMessage())));
        _ = site.Http;
        site.Clock.Set(now);
        site.Services.GetRequiredService<ContentStore>().Publish(content);
        for (
            var patience = 0;
            !(await site.Http.GetStringAsync("/search?q=lantern")).Contains(
                $"<h3 class=\"search-result__title\"><a href=\"/blog/{known}\"",
                StringComparison.Ordinal
            );
            patience++
        )
        {
            patience.ShouldBeLessThan(1000, "search never knew the new content");
            site.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }
    }

    /// <summary>Reads an address as a new visitor, as a browser with its last response, and as a CDN. All see the same.</summary>
    private async Task<string> ReadInEveryWayAsync(string path, int status)
    {
        var now = site.Clock.Now;
        var (plain, _) = await FetchAsync(path, status, null, null);
        var (again, kept) = await FetchAsync(path, status, _browser.GetValueOrDefault(path), "gzip, br");
        _browser[path] = kept;
        again.ShouldBe(plain, $"{path}, asked with the ETag of what was held, at {now:O}");
        if (_cdn.TryGetValue(path, out var held) && now < held.Until)
            held.Body.ShouldBe(plain, $"{path}, which a CDN may still show at {now:O}");
        else
            _cdn[path] = (await FetchAsync(path, status, null, "gzip")).Kept;
        return plain;
    }

    private async Task<(string Body, (string Body, string? ETag, DateTimeOffset Until) Kept)> FetchAsync(
        string path,
        int status,
        (string Body, string? ETag, DateTimeOffset Until)? held,
        string? encodings
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (held?.ETag is { } etag) request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        if (encodings is not null) request.Headers.TryAddWithoutValidation("Accept-Encoding", encodings);
        using var response = await site.Http.SendAsync(request);
        var same = response.StatusCode == HttpStatusCode.NotModified;
        if (!same) ((int)response.StatusCode).ShouldBe(status, $"{path} at {site.Clock.Now:O}");
        var body = same ? held!.Value.Body : await DecodeAsync(response);
        var caching = response.Headers.CacheControl!;
        if (caching.NoStore) return (body, (body, null, DateTimeOffset.MinValue));
        var stale = caching.Extensions.FirstOrDefault(extension => extension.Name == "stale-while-revalidate")?.Value ?? "0";
        return (
            body,
            (
                body,
                response.Headers.ETag!.ToString(),
                site.Clock.Now + caching.MaxAge!.Value + TimeSpan.FromSeconds(int.Parse(stale, CultureInfo.InvariantCulture))
            )
        );
    }

    private static async Task<string> DecodeAsync(HttpResponseMessage response)
    {
        await using var raw = await response.Content.ReadAsStreamAsync();
        await using Stream stream = response.Content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            "br" => new BrotliStream(raw, CompressionMode.Decompress),
            "gzip" => new GZipStream(raw, CompressionMode.Decompress),
            _ => raw,
        };
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    private async Task<string?> EncodingAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "br");
        using var response = await site.Http.SendAsync(request);
        return response.Content.Headers.ContentEncoding.SingleOrDefault();
    }

    /// <summary>The articles that the page's main part links to, each once, in order.</summary>
    private static List<string> Slugs(string page) =>
        [.. ArticleLink().Matches(page[page.IndexOf("<main", StringComparison.Ordinal)..]).Select(match => match.Groups[1].Value).Distinct()];

    private static (string? Older, string? Newer) Neighbours(string page)
    {
        var links = NeighbourLink().Matches(page).ToDictionary(match => match.Groups[2].Value, match => match.Groups[1].Value);
        return (links.GetValueOrDefault("prev"), links.GetValueOrDefault("next"));
    }

    private static string Last(string address) => address[(address.LastIndexOf('/') + 1)..];

    // Feeds and sitemaps are exact to the second.
    private static long Second(DateTimeOffset instant) => instant.ToUnixTimeSeconds();

    private static long Second(string instant) => Second(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture));

    [GeneratedRegex("href=\"/blog/([a-z0-9]+)\"")]
    private static partial Regex ArticleLink();

    [GeneratedRegex("href=\"/blog/([a-z0-9]+)\" rel=\"(prev|next)\"")]
    private static partial Regex NeighbourLink();

    /// <summary>A folder that the site doesn't watch.</summary>
    private sealed class Scratch : IDisposable
    {
        public ClinicFolder Clinic { get; } = new ClinicFolder(Directory.CreateTempSubdirectory("schedule-").FullName)
            .Write("people.yml", "ada: {name: Ada Byron}\n")
            .Write("bibliography.yml", "- {key: trial, authors: [Berman RM], title: A trial, kind: rct, finding: Some.}\n");

        public void Dispose() => Directory.Delete(Clinic.Root, recursive: true);
    }
}
