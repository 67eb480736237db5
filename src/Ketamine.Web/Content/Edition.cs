using System.Collections.Frozen;
using System.Collections.Immutable;
using NodaTime;

namespace Ketamine.Web.Content;

/// <summary>
/// What visitors see between two instants: the content as of a moment, without drafts and without what is still scheduled.
/// Every public page is a pure function of its edition, so that an edition's identity is the key of finished pages.
/// An edition ends when the next article appears, and at the clinic's midnight at the latest.
/// </summary>
public sealed class Edition
{
    private readonly FrozenDictionary<string, Article> _articles;

    public Edition(SiteContent content, DateTimeOffset now)
    {
        Content = content;
        var zone = content.Clinic.TimeZone;
        Today = Instant.FromDateTimeOffset(now).InZone(zone).Date;
        Articles = [.. content.Articles.Where(article => !article.Draft && article.Published <= now)];
        Pages = [.. content.Pages.Where(page => !page.Draft)];
        Services = [.. content.Services.Where(service => !service.Draft)];
        _articles = Articles.ToFrozenDictionary(article => article.Slug.ToString(), StringComparer.Ordinal);
        Topics = [.. Articles.SelectMany(article => article.Topics).Distinct().Order()];

        var midnight = zone.AtStartOfDay(Today.PlusDays(1)).ToInstant().ToDateTimeOffset();
        Until = content.Articles.Where(article => !article.Draft && article.Published > now)
            .Select(article => article.Published).Append(midnight).Min();
    }

    /// <summary>The content with one text shown that visitors don't see yet, as of the instant at which they will.</summary>
    public static Edition Previewing(SiteContent content, Text text, DateTimeOffset now) =>
        new(content.Revealing(text), text is Article article && article.Published > now ? article.Published : now);

    public SiteContent Content { get; }
    public Clinic Clinic => Content.Clinic;

    /// <summary>The day in the clinic's zone.</summary>
    public LocalDate Today { get; }

    /// <summary>The first instant at which this edition is no longer what visitors should see.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>Newest first.</summary>
    public ImmutableArray<Article> Articles { get; }

    public ImmutableArray<Page> Pages { get; }
    public ImmutableArray<Service> Services { get; }

    /// <summary>Topics of the visible articles, in alphabetical order.</summary>
    public ImmutableArray<Slug> Topics { get; }

    public Article? FindArticle(string slug) => _articles.GetValueOrDefault(slug);

    public Service? FindService(string slug) => Services.FirstOrDefault(service => service.Slug.ToString() == slug);

    /// <summary>The social card of that name (an article's slug, or <see cref="Page.HomeCard"/>), drawn by <c>content cards</c>.</summary>
    public Picture? FindCard(string name) =>
        Content.Files.GetValueOrDefault($"/images/cards/{name}.png") is { } file ? new Picture(file.VersionedPath, "", file.Width, file.Height) : null;

    /// <summary>What others show of the clinic: the home page's own card, else its picture, else the logo.</summary>
    public Picture? HomeCard => FindCard(Page.HomeCard) is { } drawn ? drawn with { Alt = Clinic.Name } : FindPage(Page.Home)?.Image ?? Clinic.Logo;

    public Page? FindPage(string slug) => Pages.FirstOrDefault(page => page.Slug.ToString() == slug);
}
