namespace Ketamine.Web.Web;

/// <summary>
/// Marks a page (or, as endpoint metadata, any endpoint) whose answer to GET is a pure function of the content and the query keys named in
/// <see cref="VaryBy"/>: no cookie, no visitor, no database. Its finished bytes are kept and served to everybody.
/// </summary>
/// <remarks>
/// While such a page renders, the request's query holds the keys of <see cref="VaryBy"/> alone, so that nothing else can slip into what
/// everybody sees. Answers other than 200, answers that set a cookie, and answers that the endpoint itself marks no-store or private
/// (a preview, say) are passed on and not kept. Any other Cache-Control that it sets stands.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class PublicPageAttribute : Attribute
{
    /// <summary>Query keys that the page reads, as written in its links; any other key is ignored.</summary>
    public string[] VaryBy { get; init; } = [];
}
