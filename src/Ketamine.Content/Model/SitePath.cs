namespace Ketamine.Content.Model;

/// <summary>The parts that a folder can have besides single pages; a section of the site exists only if its part does.</summary>
[Flags]
public enum ContentParts
{
    None = 0,
    Services = 1,
    Articles = 2,
    Faqs = 4,
    Reviews = 8,
    Bibliography = 16,
    Consultation = 32,
    Newsletter = 64,
    People = 128,
    Locations = 256,
    Cost = 512,

    /// <summary>The clinic says that it takes federal money, which requires notices.</summary>
    FederalFunds = 1024,

    /// <summary>The clinic or a service gives a price for self-paying patients.</summary>
    Prices = 2048,
}

/// <summary>
/// An address that the site itself serves. This is the only list of them: link checking, reserved names, the sitemap, the pages rendered
/// ahead, and the default navigation all use it, so a new section is added here and in its feature's folder.
/// </summary>
/// <param name="Path">Begins with a slash.</param>
/// <param name="Needs">The part of the content that the address needs; without it, it returns 404.</param>
/// <param name="Title">The English title, a key of <see cref="SiteStrings"/>; null if no navigation shows it.</param>
/// <param name="InSitemap">Whether to list it for search engines.</param>
/// <param name="Ahead">Whether to render it in advance.</param>
/// <param name="InFolder">Whether a page in the folder may have that address too; its text is shown before the site's own.</param>
public sealed record SitePath(
    string Path, ContentParts Needs = ContentParts.None, string? Title = null, bool InSitemap = true, bool Ahead = true, bool InFolder = false)
{
    /// <summary>Prices, insurance plans and ways to pay.</summary>
    public const string Cost = "/insurance-and-cost";

    /// <summary>In the order of the default navigation.</summary>
    public static ImmutableArray<SitePath> All { get; } =
    [
        new("/", Title: "Home"),
        new("/services", ContentParts.Services, "Services"),
        new(Cost, ContentParts.Cost, "Cost and insurance", InFolder: true),
        new("/faqs", ContentParts.Faqs, "FAQs"),
        new("/research", ContentParts.Bibliography, "Research"),
        new("/blog", ContentParts.Articles, "Blog"),
        new("/reviews", ContentParts.Reviews, "Reviews"),
        new("/team", ContentParts.People, "Team"),
        new("/locations", ContentParts.Locations, "Locations"),
        new("/contact", Title: "Contact"),
        new("/consultation", ContentParts.Consultation, Ahead: false),
        new("/newsletter", ContentParts.Newsletter, Ahead: false),
        new("/privacy", InFolder: true),
        new("/consumer-health-data"),
        new("/nondiscrimination", ContentParts.FederalFunds),
        new("/good-faith-estimate", ContentParts.Prices),
        new("/search", InSitemap: false, Ahead: false),
        new("/feed.xml", ContentParts.Articles, InSitemap: false, Ahead: false),
        new("/rss.xml", ContentParts.Articles, InSitemap: false, Ahead: false),
        new("/feed.json", ContentParts.Articles, InSitemap: false, Ahead: false),
    ];

    // First segments reserved for files, forms, and technical addresses.
    private static readonly string[] Technical =
    [
        "staff", "health", "images", "photos", "css", "js", "assets", "fonts", "favicon", "apple-touch-icon",
        "apple-touch-icon-precomposed", "feed", "rss", "sitemap", "robots", "views", "preview",
    ];

    private static readonly HashSet<string> ReservedNames = new(
        [.. All.Where(path => !path.InFolder).Select(path => path.Path[1..].Split('.')[0]).Where(name => name.Length > 0), .. Technical],
        StringComparer.Ordinal);

    /// <summary>Whether a page with that slug would be hidden behind one of the site's own addresses.</summary>
    public static bool IsReserved(string slug) => ReservedNames.Contains(slug);

    /// <summary>Whether the address is in <see cref="All"/> and a page of the folder has it too.</summary>
    public static bool IsListed(string path) => All.Any(own => own.Path == path);

    /// <summary>The addresses that exist for content with these parts.</summary>
    public static IEnumerable<SitePath> For(ContentParts parts) => All.Where(path => path.ExistsWith(parts));

    public bool ExistsWith(ContentParts parts) => (parts & Needs) == Needs;
}
