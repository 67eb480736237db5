using Ketamine.Web.Features.Shared;

namespace Ketamine.Web.Features.Discovery;

/// <summary>The newest articles in full, for feed readers. All addresses are absolute.</summary>
public sealed record Feed(
    string Title,
    string Description,
    string Language,
    string Home,
    string Blog,
    string? Icon,
    DateTimeOffset Updated,
    ImmutableArray<FeedEntry> Entries)
{
    /// <summary>A year's worth at one article per week, while keeping the file small.</summary>
    public const int Longest = 50;

    /// <summary>Null if nothing has been published.</summary>
    public static Feed? Of(Edition site, IStringLocalizer<SiteStrings> words)
    {
        if (site.Articles.IsEmpty) return null;
        var clinic = site.Clinic;
        var entries = site.Articles.Take(Longest).Select(article => FeedEntry.Of(article, clinic, words)).ToImmutableArray();
        return new Feed(
            clinic.Name,
            clinic.Description ?? words["What’s known and what isn’t, with sources, who reviewed it, and when."],
            clinic.Locale,
            clinic.Absolute("/"),
            clinic.Absolute("/blog"),
            clinic.Absolute(SiteAssets.IconHref(site)),
            entries.Max(entry => entry.Updated),
            entries);
    }
}

/// <summary>One article.</summary>
/// <param name="Address">Its canonical address, which is also its id: feed readers use it to recognize articles they have shown.</param>
/// <param name="Published">In the clinic's time zone, so the date matches the page's.</param>
/// <param name="Html">The whole article, self-contained; see <see cref="FeedHtml"/>.</param>
public sealed record FeedEntry(
    string Address,
    string Title,
    string Summary,
    DateTimeOffset Published,
    DateTimeOffset Updated,
    string Html,
    string? Image,
    ImmutableArray<FeedAuthor> Authors,
    ImmutableArray<(string Key, string Name)> Topics)
{
    internal static FeedEntry Of(Article article, Clinic clinic, IStringLocalizer<SiteStrings> words) => new(
        clinic.Absolute(article.Path), article.Title, article.Summary, clinic.Local(article.Published), clinic.Local(article.Updated ?? article.Published),
        FeedHtml.Of(article, clinic), article.Image is { } image ? clinic.Absolute(image.Path) : null,
        [.. article.Authors.Select(author => new FeedAuthor(author.Name, author.Href?.AbsoluteUri))],
        [.. article.Topics.Select(topic => (topic.ToString(), TopicNames.Of(topic.ToString(), words)))]);
}

/// <param name="Href">Absolute; null if people.yml has none.</param>
public sealed record FeedAuthor(string Name, string? Href);
