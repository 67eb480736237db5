using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Articles;

[PublicPage]
public sealed class ArticlePage(ContentStore store, IStringLocalizer<SiteStrings> words, ViewCounter views) : SitePage(store, words)
{
    public Article Article { get; private set; } = null!;

    /// <summary>The editor's choice, or the newest articles with the most topics in common; at most three.</summary>
    public ImmutableArray<Article> Related { get; private set; } = [];

    /// <summary>The next newer one.</summary>
    public Article? Next { get; private set; }

    /// <summary>The next older one.</summary>
    public Article? Previous { get; private set; }

    /// <summary>The blog, and the article's first topic.</summary>
    public override IEnumerable<NavigationLink> Trail =>
    [
        new(SectionTitle("/blog", T["Blog"]), "/blog"),
        .. Article.Topics.Take(1).Select(topic => new NavigationLink(TopicNames.Of(topic.ToString(), T), $"/blog/topics/{topic}")),
    ];

    public override string Kind => "article";

    /// <summary>How often it was read; null if the clinic doesn't show that or no one has read it yet.</summary>
    public int? Views => Clinic.Articles.ShowViews && views.Total(Article.Slug) is > 0 and var total ? total : null;

    public override ContentItem? Subject => Article;

    public override IEnumerable<string> Sheets => [SiteAssets.Text]; // the form is at the end, and brings its own

    public IActionResult OnGet(string slug)
    {
        if (Site.FindArticle(slug) is not { } article) return NotFound();
        Article = article;
        Title = article.Title;
        Description = article.Summary;
        CanonicalPath = article.Path;
        Card = Site.FindCard(slug) is { } drawn ? drawn with { Alt = article.Title } : article.Image;
        var place = Site.Articles.IndexOf(article);
        Next = place > 0 ? Site.Articles[place - 1] : null;
        Previous = place + 1 < Site.Articles.Length ? Site.Articles[place + 1] : null;
        Related = [.. Near(article).Take(3)];
        return Page();
    }

    private IEnumerable<Article> Near(Article article) => article.Related.IsEmpty
        ? Site.Articles.Where(other => other != article)
            .Select(other => (Article: other, Shared: other.Topics.Intersect(article.Topics).Count()))
            .Where(other => other.Shared > 0).OrderByDescending(other => other.Shared).Select(other => other.Article)
        : article.Related.Select(slug => Site.FindArticle(slug.ToString())).OfType<Article>();
}
