namespace Ketamine.Web.Features.Shared;

/// <summary>What a preview link shows. Stored in the request's items by the code that resolves the link, and announced at the top of the page.</summary>
/// <param name="Text">The current text in the folder: a draft, scheduled, or already public.</param>
/// <param name="Appears">When it will become public; null for a draft or a public text.</param>
/// <param name="Ends">When the link stops working.</param>
public sealed record Preview(ContentItem Text, DateTimeOffset? Appears, DateTimeOffset Ends)
{
    /// <summary>The key of the request's items.</summary>
    public static readonly object Item = new();
}
