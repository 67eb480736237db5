namespace Ketamine.Content.Model;

/// <summary>The complete, validated content of a clinic's folder. Immutable: a change on disk creates a new one.</summary>
public sealed record SiteContent
{
    public required Clinic Clinic { get; init; }
    public FrozenDictionary<string, Person> People { get; init; } = FrozenDictionary<string, Person>.Empty;

    /// <summary>By <see cref="Page.Order"/>, then title; drafts included.</summary>
    public ImmutableArray<Page> Pages { get; init; } = [];

    /// <summary>By <see cref="Service.Order"/>, then title; drafts included.</summary>
    public ImmutableArray<Service> Services { get; init; } = [];

    /// <summary>Newest first; includes drafts and scheduled articles. Visitors see <see cref="Edition.Articles"/>.</summary>
    public ImmutableArray<Article> Articles { get; init; } = [];

    public ImmutableArray<FaqGroup> Faqs { get; init; } = [];

    /// <summary>Newest first.</summary>
    public ImmutableArray<Review> Reviews { get; init; } = [];

    /// <summary>By key, in the file's order within <see cref="Bibliography"/>.</summary>
    public ImmutableArray<Reference> Bibliography { get; init; } = [];

    /// <summary>By address, including texts' aliases; keys never have a trailing slash.</summary>
    public FrozenDictionary<string, Redirect> Redirects { get; init; } = FrozenDictionary<string, Redirect>.Empty;

    /// <summary>From search.yml: the words on pages, and what visitors type instead.</summary>
    public ImmutableArray<(string Target, string Typed)> SearchWords { get; init; } = [];

    /// <summary>From risk.md: what staff do about a message that suggests risk. Shown only at the desk; null if the folder has no such file.</summary>
    public Prose? RiskSteps { get; init; }

    /// <summary>Facts that expire, among everything that visitors see; by file and line.</summary>
    public ImmutableArray<DatedFact> DatedFacts { get; init; } = [];

    /// <summary>By address under /images/.</summary>
    public FrozenDictionary<string, ContentFile> Files { get; init; } = FrozenDictionary<string, ContentFile>.Empty;

    public IEnumerable<ContentFile> Photographs => Files.Values.Where(file => file.IsPhotograph).OrderBy(file => file.Path, StringComparer.Ordinal);

    /// <summary>A hash of all files read, 16 hexadecimal digits; the same bytes always give the same hash.</summary>
    public required string Version { get; init; }

    /// <summary>The same content with one draft shown as if it were published.</summary>
    internal SiteContent Revealing(ContentItem text) => this with
    {
        Pages = [.. Pages.Select(page => page == text ? page with { Draft = false } : page)],
        Services = [.. Services.Select(service => service == text ? service with { Draft = false } : service)],
        Articles = [.. Articles.Select(article => article == text ? article with { Draft = false } : article)],
    };
}
