using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Articles;

[PublicPage(VaryBy = ["page"])]
public sealed class TopicPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public string Topic { get; private set; } = "";
    public ArticleList List { get; private set; } = null!;

    public override IEnumerable<NavigationLink> Trail => [new(SectionTitle("/blog", T["Blog"]), "/blog")];

    public IActionResult OnGet(string topic, [FromQuery(Name = "page")] int number = 1)
    {
        var articles = Site.Articles.Where(article => article.Topics.Any(slug => slug.ToString() == topic)).ToList();
        if (articles.Count == 0 || !ModelState.IsValid || ArticleList.Cut(articles, number, Clinic.Articles.PageSize, $"/blog/topics/{topic}") is not { } list)
            return NotFound();
        (Topic, List) = (topic, list);
        Title = TopicNames.Of(topic, T);
        Description = articles.Count == 1 ? T["1 article"] : T["{0} articles", articles.Count];
        CanonicalPath = list.Href(number);
        if (number > 1) Title = T["{0}, page {1}", Title, number];
        return Page();
    }
}
