namespace Ketamine.Content.Model;

/// <summary>
/// What visitors see between two instants: the content at a moment, without drafts and scheduled texts.
/// Every public page is a pure function of its edition, so an edition's identity is the key of cached pages.
/// An edition ends when an article is published or its update date arrives, when the banner appears or disappears, and at the clinic's midnight.
/// </summary>
public sealed class Edition
{
    private readonly FrozenDictionary<string, Article> _articles;
    private readonly FrozenSet<string> _scheduled;
    private readonly FrozenSet<string> _hiddenCards;

    public Edition(SiteContent content, DateTimeOffset now)
    {
        Content = content;
        var instant = Instant.FromDateTimeOffset(now);
        var offset = content.Clinic.TimeZone.GetZoneInterval(instant);
        Today = instant.WithOffset(offset.WallOffset).Date;
        var articles = content.Articles.Where(article => !article.Draft).ToLookup(article => article.Published <= now);
        Articles = [.. articles[true].Select(article => article.Updated > now ? article with { Updated = null } : article)];
        Pages = [.. content.Pages.Where(page => !page.Draft)];
        Services = [.. content.Services.Where(service => !service.Draft)];
        _articles = Articles.ToFrozenDictionary(article => article.Slug.ToString(), StringComparer.Ordinal);
        Topics = [.. Articles.SelectMany(article => article.Topics).Distinct().Order()];
        _scheduled = articles[false].Select(article => article.Path).ToFrozenSet(StringComparer.Ordinal);

        _hiddenCards = content
            .Articles.Where(article => !_articles.ContainsKey(article.Slug.ToString()))
            .Select(article => CardPath(article.Slug.ToString()))
            .ToFrozenSet(StringComparer.Ordinal);

        // The day on the wall clock: it ends at the next midnight, and when the wall clock changes. (If it changes at midnight, a day may begin at one
        // o'clock, twice, or not at all.)
        var midnight = Today.AtMidnight().WithOffset(offset.WallOffset).ToInstant();
        Instant[] begins = [midnight, .. offset.HasStart ? [offset.Start] : Array.Empty<Instant>()];
        Instant[] ends = [midnight + Duration.FromDays(1), .. offset.HasEnd ? [offset.End] : Array.Empty<Instant>()];
        var notice = content.Clinic.Notice is { } banner ? new[] { banner.From, banner.Until }.OfType<DateTimeOffset>() : [];
        Notice = content.Clinic.Notice is { } shown && shown.IsShownAt(now) ? shown : null;
        var changes = content
            .Articles.Where(article => !article.Draft)
            .SelectMany(article => article.Updated is { } updated ? [article.Published, updated] : new[] { article.Published })
            .Concat(notice)
            .ToLookup(change => change <= now);
        Since = changes[true].Append(begins.Max().ToDateTimeOffset()).Max();
        Until = changes[false].Append(ends.Min().ToDateTimeOffset()).Min();
        Version = $"{content.Version} {Since:O}";
    }

    /// <summary>The content plus one text that visitors can't see yet, as of the instant when they will.</summary>
    public static Edition Previewing(SiteContent content, ContentItem text, DateTimeOffset now) =>
        new(content.Revealing(text), text is Article article && article.Published > now ? article.Published : now);

    public SiteContent Content { get; }
    public Clinic Clinic => Content.Clinic;

    /// <summary>The same for editions that show the same, in any process.</summary>
    public string Version { get; }

    /// <summary>The day in the clinic's zone.</summary>
    public LocalDate Today { get; }

    /// <summary>Whether this is what visitors should see at an instant.</summary>
    public bool IsCurrentAt(DateTimeOffset instant) => Since <= instant && instant < Until;

    /// <summary>The first instant at which visitors should see this edition; needed because a wrong clock may be set back.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>The first instant at which visitors should no longer see this edition.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>The clinic's banner, if it should be shown.</summary>
    public Notice? Notice { get; }

    /// <summary>Newest first.</summary>
    public ImmutableArray<Article> Articles { get; }

    public ImmutableArray<Page> Pages { get; }
    public ImmutableArray<Service> Services { get; }

    /// <summary>Topics of the visible articles, in alphabetical order.</summary>
    public ImmutableArray<Slug> Topics { get; }

    /// <summary>The parts of the site that have visible content.</summary>
    public ContentParts Parts => Clinic.Parts
        | (Services.IsEmpty ? ContentParts.None : ContentParts.Services) | (Articles.IsEmpty ? ContentParts.None : ContentParts.Articles)
        | (Content.Faqs.IsEmpty ? ContentParts.None : ContentParts.Faqs) | (Content.Reviews.IsEmpty ? ContentParts.None : ContentParts.Reviews)
        | (Content.Bibliography.IsEmpty ? ContentParts.None : ContentParts.Bibliography) | (Content.People.Count == 0 ? ContentParts.None : ContentParts.People)
        | (FindPage(SitePath.Cost[1..]) is null ? ContentParts.None : ContentParts.Cost)
        | (Services.Any(service => service.Price is not null) ? ContentParts.Prices : ContentParts.None);

    public Article? FindArticle(string slug) => _articles.GetValueOrDefault(slug);

    public Service? FindService(string slug) => Services.FirstOrDefault(service => service.Slug.ToString() == slug);

    /// <summary>The social card of that name (an article's slug, or <see cref="Page.HomeCard"/>), drawn by <c>content cards</c>.</summary>
    public Picture? FindCard(string name) =>
        Content.Files.GetValueOrDefault(CardPath(name)) is { } file ? new Picture(file.VersionedPath, "", file.Width, file.Height) : null;

    /// <summary>A file in the folder, by address. Hides the social card of a scheduled article, because it reveals the title.</summary>
    public ContentFile? FindFile(string path) => _hiddenCards.Contains(path) ? null : Content.Files.GetValueOrDefault(path);

    /// <summary>The preview image for links to the clinic: the home page's card, else its picture, else the logo.</summary>
    public Picture? HomeCard => FindCard(Page.HomeCard) is { } drawn ? drawn with { Alt = Clinic.Name } : FindPage(Page.Home)?.Image ?? Clinic.Logo;

    /// <summary>The new address for an old one; null if it isn't an old address, or leads to a scheduled article.</summary>
    public Redirect? FindRedirect(string path) =>
        Content.Redirects.GetValueOrDefault(path) is { } redirect && !(redirect.To is { } to && _scheduled.Contains(to.Split('#', '?')[0])) ? redirect : null;

    public Page? FindPage(string slug) => Pages.FirstOrDefault(page => page.Slug.ToString() == slug);

    private static string CardPath(string name) => $"/images/cards/{name}.png";
}
