using AngleSharp.Dom;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>Where a letter's text stands, and with it where its links lead; and what of a rendered text is no matter for a mail. Both parts ask it, so that they say the same.</summary>
/// <param name="Site">The clinic's address.</param>
/// <param name="Page">The text's own page; null for a file of its own, which has none.</param>
internal sealed record EmailLinks(Uri Site, Uri? Page)
{
    /// <summary>The whole address that a link leads to; null for what a mail does not link to.</summary>
    public Uri? AddressOf(IElement link)
    {
        var href = link.GetAttribute("href") ?? "";
        // A place within a text that stands nowhere but in the mail can't be addressed.
        if (href.StartsWith('#') && Page is null) return null;
        return Uri.TryCreate(Page ?? Site, href, out var address) && address.Scheme is "https" or "http" or "mailto" or "tel" or "sms" ? address : null;
    }

    /// <summary>Where a picture that the mail does not show is to be seen.</summary>
    public Uri OfPicture(IElement picture) =>
        Page is not null && picture.Closest("figure")?.Id is { Length: > 0 } figure ? new Uri(Page, "#" + figure) : new Uri(Site, picture.GetAttribute("src"));

    /// <summary>What is for the page alone: words for screen readers, ways back, buttons, a box's title right under a heading that says the same, and all addresses of a source but the first.</summary>
    public static bool IsHidden(IElement element) =>
        element.HasAttribute("hidden") || element.GetAttribute("aria-hidden") == "true" || element.ClassList.Contains("visually-hidden")
        || element.GetAttribute("role") == "doc-backlink" || element.LocalName is "script" or "style" or "button" or "template"
        || (element.ClassList.Contains("callout__title") && element.ParentElement?.PreviousElementSibling is { LocalName: "h2" or "h3" } above && Words(above).Equals(Words(element), StringComparison.OrdinalIgnoreCase))
        || (IsSource(element) && element.ParentElement!.QuerySelector("a") != element);

    /// <summary>A link of the list of references: a DOI, or what else leads to the work.</summary>
    public static bool IsSource(IElement element) => element.LocalName == "a" && element.ParentElement?.ClassList.Contains("references__entry") == true;

    public static bool IsBlock(IElement element) =>
        element.LocalName is "p" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "ul" or "ol" or "li" or "blockquote" or "pre" or "hr" or "table" or "div" or "section" or "figure"
            or "figcaption" or "dl" or "dt" or "dd";

    /// <summary>A text's words with single spaces between them.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Words(IElement element) => OneLine(element.TextContent);
}
