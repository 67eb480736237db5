using Ketamine.Content;

namespace Ketamine.Web.Features.Shared;

/// <summary>What a preview's link shows; set among the request's items by whoever found the link, and told at the top of the page.</summary>
/// <param name="Text">As it stands in the folder: a draft, still scheduled, or public by now.</param>
/// <param name="Appears">When everybody will see it; null for a draft, and for what is public.</param>
/// <param name="Ends">When the link stops working.</param>
public sealed record Preview(ContentItem Text, DateTimeOffset? Appears, DateTimeOffset Ends)
{
    /// <summary>The key of the request's items.</summary>
    public static readonly object Item = new();
}
