using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Web;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Features.Shared;

/// <summary>The site's own style sheets and scripts, addressed by the hash of their contents, so browsers can cache them forever.</summary>
public sealed partial class SiteAssets
{
    /// <summary>
    /// What every first screen needs, with the clinic's colors; what comes further down, the footer last; then what only pages of text, only forms, and
    /// only paper need.
    /// </summary>
    public static readonly ImmutableArray<string> SheetNames = [Site, More, Text, Form, Print];

    public const string Site = "site";
    public const string More = "more";
    public const string Text = "text";
    public const string Form = "form";
    public const string Print = "print";

    private readonly FrozenDictionary<string, string> _looks;
    private readonly string _root;
    private readonly ConcurrentDictionary<string, string> _hrefs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Sheet> _last = new(StringComparer.Ordinal);
    // What scripts have in quotes: they may add elements and classes.
    private readonly FrozenSet<string> _scripted;

    public SiteAssets(IWebHostEnvironment environment)
    {
        _root = environment.WebRootPath;
        _looks = SheetNames.ToFrozenDictionary(name => name, name => Local().Replace(
            Stylesheet.Bundle(Path.Combine(_root, "css", name + ".css")), found => $"url(\"{Href(found.Groups["path"].Value)}\")"), StringComparer.Ordinal);
        var scripted = new HashSet<string>(StringComparer.Ordinal) { "html", "body" };
        foreach (var script in Directory.EnumerateFiles(Path.Combine(_root, "js")))
        {
            foreach (Match text in Quoted().Matches(File.ReadAllText(script))) StyleRules.AddWords(text.Value, scripted);
        }

        _scripted = scripted.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The fonts of the first screen, in the order of need.</summary>
    public IEnumerable<string> FontHrefs => [Href("/fonts/newsreader.woff2"), Href("/fonts/figtree.woff2")];

    /// <summary>The address of a file in wwwroot, including the hash of its bytes.</summary>
    /// <param name="path">Begins with a slash.</param>
    public string Href(string path) => _hrefs.GetOrAdd(path, (path, root) => $"{path}?v={Hash(File.ReadAllBytes(Path.Combine(root, path[1..])))}", _root);

    /// <summary>The clinic's own icon, or the site's.</summary>
    public static string IconHref(Edition site) => site.Content.Files.GetValueOrDefault("/images/favicon.svg")?.VersionedPath ?? "/favicon.svg";

    /// <summary>One of <see cref="SheetNames"/>, with the clinic's own colors. The same object until the colors change.</summary>
    public Sheet SheetFor(Theme theme, string name = Site)
    {
        if (_last.TryGetValue(name, out var last) && last.Theme == theme) return last;
        var css = Encoding.UTF8.GetBytes(_looks[name] + (name == Site ? ThemeStyles.Of(theme) : ""));
        return _last[name] = new Sheet(theme, name, css, Hash(css));
    }

    /// <summary>
    /// The rules of these style sheets that a page needs: of a sheet that the page also links, those for the markup before the link.
    /// </summary>
    /// <param name="body">The page's markup inside its body element.</param>
    public string Needed(Theme theme, IEnumerable<string> sheetNames, string body)
    {
        var byLength = new Dictionary<int, HashSet<string>>();
        return string.Concat(sheetNames.Select(name =>
        {
            var sheet = SheetFor(theme, name);
            var link = body.IndexOf(sheet.Href, StringComparison.Ordinal);
            var length = link < 0 ? body.Length : link;
            if (byLength.TryGetValue(length, out var names)) return sheet.Rules.For(names);
            names = byLength[length] = new HashSet<string>(_scripted, StringComparer.Ordinal);
            StyleRules.AddNames(body.AsSpan(0, length), names);
            return sheet.Rules.For(names);
        }));
    }

    [GeneratedRegex("""url\("(?<path>/[\w./-]+)"\)""", RegexOptions.CultureInvariant)]
    private static partial Regex Local();

    [GeneratedRegex("""
        "[^"\n]*"|'[^'\n]*'|`[^`]*`
        """, RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Quoted();

    /// <summary>The source expression that allows a style element with this text in a Content-Security-Policy.</summary>
    public static string PolicyHash(string css) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(css)))}";

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];

    /// <param name="Css">UTF-8.</param>
    /// <param name="Hash">16 hexadecimal digits.</param>
    public sealed record Sheet(Theme Theme, string Name, byte[] Css, string Hash)
    {
        public string Href => $"/{Name}.css?v={Hash}";

        public StyleRules Rules { get; } = StyleRules.Parse(Encoding.UTF8.GetString(Css));
    }
}

/// <summary>The application services that the layout needs.</summary>
public static class SiteAssetsEndpoint
{
    public static IServiceCollection AddSiteAssets(this IServiceCollection services) => services.AddSingleton<SiteAssets>()
        .AddPhotographs(provider => provider.GetRequiredService<IOptions<DataOptions>>().Value.Path)
        .AddWorker<PhotoWorker>();

    /// <summary>
    /// Serves the current content's style sheets as <c>/site.css</c> and the like; at an address with its hash, one is cacheable for a year.
    /// </summary>
    public static void MapSiteStylesheet(this IEndpointRouteBuilder app)
    {
        foreach (var name in SiteAssets.SheetNames) MapSheet(app, name);
    }

    private static void MapSheet(IEndpointRouteBuilder app, string name) =>
        app.MapMethods(
                $"/{name}.css",
                [HttpMethods.Get, HttpMethods.Head],
                (SiteAssets assets, ContentStore store, HttpContext context) =>
                {
        var sheet = assets.SheetFor(store.Current.Clinic.Theme, name);
        // The address of an older version, from a page opened before an update, gets the current sheet and must not cache it forever.
        context.Response.Headers.CacheControl = context.Request.Query["v"] == sheet.Hash
            ? "public, max-age=31536000, immutable"
            : "public, max-age=3600, stale-while-revalidate=86400";
        return Results.Bytes(sheet.Css, "text/css; charset=utf-8");
    }).WithMetadata(new PublicPageAttribute { VaryBy = ["v"] });
}
