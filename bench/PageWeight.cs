using System.Globalization;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Ketamine.Web.Bench;

/// <summary>
/// What a first visit to a page loads, by kind, in bytes as sent (Brotli, without headers), for a phone of 360 CSS pixels with two device pixels
/// each. Every font that the page's style sheets name is counted; a browser loads only those whose letters it needs.
/// </summary>
internal static partial class PageWeight
{
    private const int DevicePixels = 720;
    private static readonly string[] Kinds = ["html", "css", "js", "fonts", "images"];

    public static async Task<int> RunAsync()
    {
        await using var site = await RunningSite.StartAsync("content", "--Logs:Console=None");
        using var http = new HttpClient { BaseAddress = site.Address };
        var article = (await site.ArticlesAsync())[0];
        string[] pages = ["/", "/services/iv-ketamine", "/blog", article, "/faqs", "/team", "/search?q=depression", "/contact", "/consultation"];
        var weights = new Dictionary<string, int>(StringComparer.Ordinal);
        Console.WriteLine($"{"KB", -44}{string.Concat(Kinds.Select(kind => $"{kind, 8}"))}     all  requests");
        foreach (var page in pages)
        {
            var (bytes, requests) = await WeighAsync(http, page, weights);
            Console.WriteLine(
                $"{page, -44}{string.Concat(Kinds.Select(kind => $"{bytes.GetValueOrDefault(kind) / 1024.0, 8:0.0}"))} "
                    + $"{bytes.Values.Sum() / 1024.0, 7:0.0} {requests, 9}"
            );
        }

        return 0;
    }

    private static async Task<(Dictionary<string, int> Bytes, int Requests)> WeighAsync(HttpClient http, string page, Dictionary<string, int> weights)
    {
        var bytes = new Dictionary<string, int>(StringComparer.Ordinal);
        var requests = 0;
        await AddAsync("html", page);
        var document = await new HtmlParser().ParseDocumentAsync(await http.GetStringAsync(new Uri(page, UriKind.Relative)));
        var sheets = document.QuerySelectorAll("link[rel=stylesheet]:not([media=print])").Select(link => link.GetAttribute("href")!).ToList();
        foreach (var sheet in sheets) await AddAsync("css", sheet);
        foreach (var script in document.QuerySelectorAll("script[src], link[rel=modulepreload]"))
            await AddAsync("js", script.GetAttribute("src") ?? script.GetAttribute("href")!);
        var styles = document.QuerySelectorAll("style").Select(style => style.TextContent).ToList();
        foreach (var sheet in sheets) styles.Add(await http.GetStringAsync(new Uri(sheet, UriKind.Relative)));
        var fonts = styles.SelectMany(style => Font().Matches(style)).Select(font => font.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

        foreach (var font in fonts) await AddAsync("fonts", font);
        foreach (var image in document.QuerySelectorAll("img").Select(Chosen).OfType<string>().Distinct()) await AddAsync("images", image);
        return (bytes, requests);

        async Task AddAsync(string kind, string path)
        {
            if (!path.StartsWith('/')) return;
            requests++;
            if (!weights.TryGetValue(path, out var size)) weights[path] = size = await SizeAsync(http, path);
            bytes[kind] = bytes.GetValueOrDefault(kind) + size;
        }
    }

    // In a <picture>, the first source that a current browser accepts, in the smallest size that fills the screen.
    private static string? Chosen(IElement image)
    {
        var source = image.ParentElement?.QuerySelector("source[srcset]") ?? image;
        if (source.GetAttribute("srcset") is not { } set) return image.GetAttribute("src");
        var sizes = set.Split(", ").Select(size => size.Trim().Split(' '))
            .Select(size => (
                Path: size[0],
                Width: size.Length > 1 && int.TryParse(size[1].TrimEnd('w'), CultureInfo.InvariantCulture, out var width) ? width : 0))
            .ToList();
        return sizes.Where(size => size.Width >= DevicePixels).Append(sizes[^1]).First().Path;
    }

    // Wait for its Brotli version, which the first request may be too early for.
    private static async Task<int> SizeAsync(HttpClient http, string path)
    {
        var least = int.MaxValue;
        for (var tries = 0; tries < 20; tries++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("Accept-Encoding", "br");
            using var response = await http.SendAsync(request);
            response.EnsureSuccessStatusCode();
            least = Math.Min(least, (await response.Content.ReadAsByteArrayAsync()).Length);
            if (response.Content.Headers.ContentEncoding.Count > 0 && tries > 0) break;
            if (response.Content.Headers.ContentType?.MediaType is { } type && (type.StartsWith("font", StringComparison.Ordinal)
                || (type.StartsWith("image", StringComparison.Ordinal) && type != "image/svg+xml"))) break;
            await Task.Delay(100);
        }

        return least;
    }

    [GeneratedRegex(@"url\([""']?(/[^)""']+\.woff2[^)""']*)", RegexOptions.CultureInvariant)]
    private static partial Regex Font();
}
