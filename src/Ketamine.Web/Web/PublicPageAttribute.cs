namespace Ketamine.Web.Web;

/// <summary>
/// Marks a page (or, as endpoint metadata, any endpoint) whose answer to GET is a pure function of the content and the query keys named in
/// <see cref="VaryBy"/>: no cookie, no visitor, no database. Its finished bytes are kept and served to everybody.
/// </summary>
/// <remarks>
/// Such a page renders in a request of its own (<see cref="PageRenderer"/>) whose query holds the keys of <see cref="VaryBy"/> alone, each with a
/// value that exists (<see cref="PageCacheOptions.QueryValue"/>). Answers other than a complete 200, answers that set a cookie, and answers that the
/// endpoint itself marks no-store or private are passed on and not kept. Any other Cache-Control that it sets is kept with the page.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class PublicPageAttribute : Attribute
{
    /// <summary>Query keys that the page reads, as written in its links; any other key is ignored.</summary>
    public string[] VaryBy { get; init; } = [];
}
