using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ImageMagick;

namespace Ketamine.Web.Bench;

/// <summary>
/// A home page with six photographs of 12 megapixels: how long the first page takes before any size is ready, and the total weight of the page
/// on a phone of 360 CSS pixels with two device pixels each.
/// </summary>
internal static partial class PhotoPages
{
    private const int DevicePixels = 720;
    private const int MostKilobytes = 350;

    /// <summary>The site doesn't compress smaller files.</summary>
    private const int LeastCompressed = 1024;

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("ketamine-photo-bench-").FullName;
        Write(folder);
        await using var site = await RunningSite.StartAsync(folder, "--Logs:Console=None");
        using var handler = new HttpClientHandler { AutomaticDecompression = DecompressionMethods.None };
        using var http = new HttpClient(handler) { BaseAddress = site.Address };
        http.DefaultRequestHeaders.Add("Accept-Encoding", "br");
        await http.GetStringAsync(new Uri("/contact", UriKind.Relative)); // the views are compiled
        var watch = Stopwatch.StartNew();
        using (await http.GetAsync(new Uri("/?first", UriKind.Relative))) watch.Stop();
        using var plain = new HttpClient { BaseAddress = site.Address };
        var html = await plain.GetStringAsync(new Uri("/", UriKind.Relative));
        Console.WriteLine($"first page with six new photographs: {watch.ElapsedMilliseconds} ms");

        var (total, sheets) = (0L, new List<string>());
        total += await WeighAsync(http, "/", "page");
        var paths = Linked()
            .Matches(html)
            .Select(link => WebUtility.HtmlDecode(link.Groups["path"].Value))
            .Distinct()
            .Where(path =>
                path.Contains(".css", StringComparison.Ordinal)
                || path.Contains(".js", StringComparison.Ordinal)
                || path.Contains(".woff2", StringComparison.Ordinal)
            );
        foreach (var path in paths)
        {
            total += await WeighAsync(http, path, "");
            if (path.Contains(".css", StringComparison.Ordinal)) sheets.Add(await plain.GetStringAsync(new Uri(path, UriKind.Relative)));
        }

        var photos = Sources().Matches(html).Select(source => Chosen(source.Groups["set"].Value)).Distinct().ToList();
        foreach (var photo in photos) total += await WeighAsync(http, photo, "photograph");
        Console.WriteLine(
            $"{total / 1024.0, 8:0.0} KB  in all, {photos.Count} photographs, at 360 px × 2 (at most {MostKilobytes} KB); "
                + "fonts that style sheets name and no link preloads are not counted"
        );
        Directory.Delete(folder, recursive: true);
        return photos.Count == 6 && total <= MostKilobytes * 1024 ? 0 : 1;
    }

    // The smallest that fills the screen, as browsers choose.
    private static string Chosen(string set)
    {
        var sizes = WebUtility
            .HtmlDecode(set)
            .Split(", ")
            .Select(size => size.Split(' '))
            .Select(size => (Path: size[0], Width: int.Parse(size[1].TrimEnd('w'), CultureInfo.InvariantCulture)))
            .ToList();
        return sizes.Where(size => size.Width >= DevicePixels).Append(sizes[^1]).First().Path;
    }

    private static async Task<long> WeighAsync(HttpClient http, string path, string kind)
    {
        for (var tries = 0; ; tries++)
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
            var bytes = (await response.Content.ReadAsByteArrayAsync()).Length;
            var ready =
                response.IsSuccessStatusCode
                && response.Headers.CacheControl?.NoStore != true
                && (kind == "photograph" || bytes < LeastCompressed || response.Content.Headers.ContentEncoding.Count > 0
                    || path.Contains(".woff2", StringComparison.Ordinal));
            if (ready || tries > 1200)
            {
                Console.WriteLine($"{bytes / 1024.0,8:0.0} KB  {path}");
                return bytes;
            }

            await Task.Delay(100);
        }
    }

    private static void Write(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "images"));
        Directory.CreateDirectory(Path.Combine(folder, "pages"));
        File.WriteAllText(Path.Combine(folder, "clinic.yml"), "name: Bench\nurl: https://bench.example\ntimeZone: America/Denver\nphone: \"+13035550142\"\n");
        for (var number = 1; number <= 6; number++)
        {
            // Soft shapes with camera noise, which costs an encoder more than a drawing does.
            using var image = new MagickImage("plasma:fractal", new MagickReadSettings { Width = 1000, Height = 750 });
            image.Blur(0, 3);
            image.Resize(4000, 3000);
            image.AddNoise(NoiseType.Gaussian, 0.15);
            image.Quality = 90;
            image.Write(Path.Combine(folder, "images", $"room-{number}.jpg"), MagickFormat.Jpeg);
        }

        File.WriteAllText(
            Path.Combine(folder, "pages", "home.md"),
            "---\ntitle: Home\nimage: room-1.jpg\nimageAlt: A room\n---\nWords.\n\n## The rooms {people}\n\nFive of them.\n\n"
                + string.Concat(
                    Enumerable.Range(2, 5).Select(number => $"Room {number}\n:   ![A room](room-{number}.jpg)\n\n    **A room**\n\n    With a window.\n\n")
                )
        );
    }

    [GeneratedRegex("(?:href|src)=\"(?<path>/[^\"]+)\"", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Linked();

    [GeneratedRegex(
        "<source[^>]*type=\"image/avif\"[^>]*srcset=\"(?<set>[^\"]+)\"|<source[^>]*srcset=\"(?<set>[^\"]+)\"[^>]*type=\"image/avif\"",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Sources();
}
