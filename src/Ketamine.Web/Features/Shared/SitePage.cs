using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Ketamine.Web.Leads;
using Page = Ketamine.Content.Model.Page;

namespace Ketamine.Web.Features.Shared;

/// <summary>
/// The base of every page: the edition that it renders from, the site's strings, and its head. Each request uses a single edition, so a change of
/// content during rendering can't mix versions.
/// </summary>
public abstract class SitePage(ContentStore store, IStringLocalizer<SiteStrings> words) : PageModel
{
    public Edition Site { get; } = store.Current;
    public Clinic Clinic => Site.Clinic;

    /// <summary>The site's strings in the clinic's language.</summary>
    public IStringLocalizer<SiteStrings> T { get; } = words;

    /// <summary>The page's own title, without the clinic's name; set by each page, empty on the home page.</summary>
    public string Title { get; protected set; } = "";

    /// <summary>Meta description; at most 200 characters.</summary>
    public string Description { get; protected set; } = "";

    /// <summary>The canonical path on this site, including its query; null for pages without one (errors, submitted forms).</summary>
    public string? CanonicalPath { get; protected set; }

    /// <summary>The page's own picture for Open Graph; null means the clinic's.</summary>
    public Picture? Card { get; protected set; }

    /// <summary>The text in the folder that this page shows; null for the site's own sections.</summary>
    public virtual ContentItem? Subject => null;

    /// <summary>The prices that the page shows, for its structured data.</summary>
    public virtual IEnumerable<Price> Offers => [];

    /// <summary>
    /// Additional style sheets that the page's first screen needs, from <see cref="SiteAssets.SheetNames"/>. A page without
    /// <see cref="SiteAssets.More"/> gets it before the footer, or links it itself at the end of its first screen.
    /// </summary>
    public virtual IEnumerable<string> Sheets => [SiteAssets.Text, SiteAssets.More, SiteAssets.Form];

    /// <summary>The pages above this one, from the top.</summary>
    public virtual IEnumerable<NavigationLink> Trail => [];

    /// <summary>Whether the reader may be in danger: the bar on a phone then leads to the crisis line, and not to a booking.</summary>
    public virtual bool MayBeInDanger => false;

    /// <summary>Whether the reader may be in a medical emergency: the bar then leads to 911 before the crisis line.</summary>
    public virtual bool EmergencyFirst => false;

    /// <summary>The preview image for links to this page: its own card, the home page's, or the clinic's logo. Social networks don't show an SVG.</summary>
    public Picture? SocialCard => new[] { Card, Site.HomeCard, Clinic.Logo }
        .FirstOrDefault(picture => picture is not null && !picture.Path.Split('?')[0].EndsWith(".svg", StringComparison.OrdinalIgnoreCase));

    /// <summary>What the request's preview link shows; null for other requests.</summary>
    public Preview? Preview => HttpContext.Items[Shared.Preview.Item] as Preview;

    /// <summary>Whether to keep it out of search engines; true on every page of a sample clinic.</summary>
    public bool NoIndex { get; protected set; }

    /// <summary>The page's Open Graph type: website or article.</summary>
    public virtual string Kind => "website";

    /// <summary>The title in the browser's tab and in search results.</summary>
    public string HeadTitle => Title.Length > 0 ? $"{Title} | {Clinic.Name}"
        : Clinic.Address?.City is { } city && !Clinic.Name.Contains(city, StringComparison.OrdinalIgnoreCase) ? $"{Clinic.Name}, {city}" : Clinic.Name;

    /// <summary>The clinic's navigation, without the blog until an article has been published.</summary>
    public IEnumerable<NavigationLink> Navigation => Clinic.Navigation.Where(link => link.Href != "/blog" || !Site.Articles.IsEmpty);

    /// <summary>The folder's pages that aren't in the navigation: privacy, accessibility, and the like.</summary>
    public IEnumerable<Page> OtherPages => Site.Pages.Where(page => !SitePath.IsListed(page.Path) && Clinic.Navigation.All(link => link.Href != page.Path));

    /// <summary>Links that fit in the header next to the name; the name itself links to the home page.</summary>
    public const int MaxInBar = 5;

    /// <summary>The first links of the navigation, shown in the header of a wide screen.</summary>
    public IEnumerable<NavigationLink> NavigationBar => Navigation.Where(link => link.Href != "/").Take(MaxInBar);

    /// <summary>Everything that doesn't fit in the header: the rest of the navigation, other sections, and the folder's other pages.</summary>
    public IEnumerable<NavigationLink> NavigationMore =>
    [
        .. Navigation.Where(link => link.Href != "/").Skip(MaxInBar),
        .. Sections().Where(link => Clinic.Navigation.All(named => named.Href != link.Href)),
        .. OtherPages.Select(page => new NavigationLink(page.Title, page.Path)),
    ];

    /// <summary>A section's title as the clinic's navigation has it, so "Articles" leads to "Articles"; the site's own if it has no link there.</summary>
    public string SectionTitle(string path, string own) => Clinic.Navigation.FirstOrDefault(link => link.Href == path)?.Title ?? own;

    private IEnumerable<NavigationLink> Sections() => SitePath.For(Site.Parts)
        .Where(section => section.Title is not null && section.Path != "/").Select(section => new NavigationLink(T[section.Title!], section.Path));

    /// <summary>The clinic's name in two lines, "Cedar &amp; Sage" and "Ketamine Clinic, Denver", if it begins with the part that reveals nothing.</summary>
    public (string Name, string? What) Brand
    {
        get
        {
            var (name, brand, city) = (Clinic.Name, Clinic.DiscreetName, Clinic.Address?.City);
            if (!name.StartsWith(brand + " ", StringComparison.Ordinal)) return (name, city);
            var what = name[(brand.Length + 1)..];
            return (brand, city is null || name.Contains(city, StringComparison.OrdinalIgnoreCase) ? what : $"{what}, {city}");
        }
    }

    /// <summary>A name, with ampersands in the secondary color.</summary>
    public IHtmlContent Ampersands(string name) =>
        new HtmlString(System.Net.WebUtility.HtmlEncode(name).Replace("&amp;", "<span class=\"brand__and\">&amp;</span>", StringComparison.Ordinal));

    /// <summary>Where to book a free call; null if the clinic takes no bookings.</summary>
    public string? BookingPath => Clinic.Consultation is null ? null : "/consultation";

    /// <summary>The text of a booking link: "Book a free 20-minute call", or "Book a free call" if space is tight.</summary>
    public string BookingWords(bool shortly = false) =>
        shortly ? T["Book a free call"] : T["Book a free {0}-minute call", Clinic.Consultation!.Minutes];

    /// <summary>The place for the clinic's time: its city, or the one in its time zone's name.</summary>
    public string Place => Clinic.Address?.City ?? Clinic.TimeZone.Id.Split('/')[^1].Replace('_', ' ');

    /// <summary>The link to a map; null without a location.</summary>
    public string? MapHref => MapLinks.Of(Clinic.Geo, Clinic.Address);

    /// <summary>The canonical absolute address of a path on this site.</summary>
    public string Absolute(string path) => Clinic.Absolute(path);

    /// <summary>For aria-current: page when the link is this page, true when this page is below it, null otherwise.</summary>
    public string? Current(string href)
    {
        var path = CanonicalPath?.Split('?')[0] ?? Request.Path.Value ?? "";
        return path == href ? "page" : href != "/" && path.StartsWith(href + "/", StringComparison.Ordinal) ? "true" : null;
    }

    /// <summary>A date in the clinic's language, with the year, in a time element.</summary>
    public IHtmlContent Day(LocalDate date) =>
        new HtmlString(
            $"<time datetime=\"{date:uuuu-MM-dd}\">{date.ToString(DateFormat.Pattern(CultureInfo.CurrentCulture), CultureInfo.CurrentCulture)}</time>");

    /// <summary>The date of an instant in the clinic's time zone.</summary>
    public IHtmlContent Day(DateTimeOffset instant) => Day(instant.InZone(Clinic.TimeZone).Date);

    /// <summary>A minute in the clinic's zone, with the zone's name, in a time element: "June 1, 2027 at 9:00 am (Mountain Daylight Time)".</summary>
    public IHtmlContent Moment(DateTimeOffset instant)
    {
        var local = instant.InZone(Clinic.TimeZone);
        var zone = ZoneNames.At(Clinic.TimeZone, local.ToInstant(), CultureInfo.CurrentUICulture);
        var date = local.Date.ToString(DateFormat.Pattern(CultureInfo.CurrentCulture), CultureInfo.CurrentCulture);
        var shown = $"{T["{0} at {1}", date, DateFormat.Time(local.TimeOfDay, CultureInfo.CurrentCulture)]} ({zone})";
        var machine = local.ToOffsetDateTime().ToString("uuuu-MM-dd'T'HH:mmo<Z+HH:mm>", CultureInfo.InvariantCulture);
        return new HtmlString($"<time datetime=\"{machine}\">{System.Net.WebUtility.HtmlEncode(shown)}</time>");
    }

    public string Minutes(int minutes) => minutes == 1 ? T["1 minute"] : T["{0} minutes", minutes];

    /// <summary>Shows the form again, filled in, and says that the submission couldn't be saved. Status 503.</summary>
    public PageResult ShowNotSaved(FormErrors errors, ILogger logger, Exception failure)
    {
        errors.AddNotSaved(T, Clinic, logger, failure);
        Title = T["Error: {0}", Title];
        return new PageResult { StatusCode = StatusCodes.Status503ServiceUnavailable };
    }

    /// <summary>Sets the head of one of the site's own sections; <paramref name="standfirst"/> is its description too.</summary>
    protected void Introduce(string path, string title, string standfirst) => (CanonicalPath, Title, Description) = (path, title, standfirst);
}
