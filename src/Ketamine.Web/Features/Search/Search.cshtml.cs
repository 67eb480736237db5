using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Ketamine.Web.Leads.Crisis;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Search;

/// <summary>Search results. A query is private to its visitor, so responses are never cached and queries never logged.</summary>
[Compressed]
public sealed class SearchPage(ContentStore store, SiteSearch search, CrisisNotice notice, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    private DangerSigns _signs;

    public SearchQuery Query { get; private set; } = SearchQuery.Parse(null);

    public SearchResults Answer { get; private set; } = SearchResults.Nothing;

    /// <summary>Whether the query suggests that someone is in danger. If so, the page first says where to get help now.</summary>
    public bool CrisisFirst => _signs.Risk && !_signs.Emergency;

    /// <summary>Whether the query suggests a medical emergency in progress. If so, the page first says to call 911.</summary>
    public override bool EmergencyFirst => _signs.Emergency;

    public override bool MayBeInDanger => CrisisFirst || EmergencyFirst;

    /// <summary>The clinic's page of crisis help, offered if a dangerous query finds nothing.</summary>
    public Page? CrisisHelp => MayBeInDanger && Answer.Total == 0 ? Site.FindPage("crisis-help") : null;

    /// <summary>The query without its quotation marks.</summary>
    public string Unquoted => string.Concat(Query.Text.Where(character => !SearchQuery.IsQuote(character))).Trim();

    /// <summary>Shown before a search, or when nothing is found.</summary>
    public ImmutableArray<Article> Newest => [.. Site.Articles.Take(3)];

    /// <summary>The first ten questions of the clinic's FAQs, shown before a search.</summary>
    public ImmutableArray<Faq> FirstQuestions => [.. Site.Content.Faqs.SelectMany(group => group.Questions).Take(10)];

    public bool HasFaqs => !Site.Content.Faqs.IsEmpty;

    public async Task OnGetAsync([FromQuery] string? q, CancellationToken cancellation)
    {
        Title = T["Search"];
        NoIndex = true;
        Query = SearchQuery.Parse(q);
        _signs = notice.ReadQuery(Query.Text);
        Answer = await search.FindAsync(Query, Site, cancellation);
    }

    /// <summary>The results' heading.</summary>
    public string Found => Answer switch
    {
        { Total: 0 } => T["Nothing found"],
        { Total: 1 } => T["1 result"],
        { Total: > SearchIndex.Most } => T["The {0} best of {1} results", SearchIndex.Most, Answer.Total],
        _ => T["{0} results", Answer.Total],
    };

    public string Name(SearchKind kind) => kind switch
    {
        SearchKind.Service => T["Service"],
        SearchKind.Question => T["Question"],
        SearchKind.Page => T["Page"],
        _ => T["Article"],
    };
}
