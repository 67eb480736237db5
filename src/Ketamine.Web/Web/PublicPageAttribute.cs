namespace Ketamine.Web.Web;

/// <summary>
/// Marks a page (or, as endpoint metadata, any endpoint) whose response to GET is a pure function of the content and the query keys in
/// <see cref="VaryBy"/>: no cookie, no visitor, no database. Its rendered bytes are cached and served to everyone.
/// </summary>
/// <remarks>
/// Such a page renders in a separate request (<see cref="PageRenderer"/>) whose query has only the keys in <see cref="VaryBy"/>, each with a value that
/// exists (<see cref="PageCacheOptions.QueryValue"/>). Responses other than a complete 200, responses that set a cookie, and responses that the endpoint
/// marks no-store or private are passed on without caching. Any other Cache-Control that it sets is cached with the page. The page for a 404 that has
/// already happened is cached in memory all the same: bots ask for thousands of pages that don't exist.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class PublicPageAttribute : Attribute
{
    /// <summary>Query keys that the page reads, as written in its links; any other key is ignored.</summary>
    public string[] VaryBy { get; init; } = [];
}
