namespace Ketamine.Web.Features.Newsletter;

/// <summary>Completes the links of a newsletter. Both parts of the email use it, so they say the same.</summary>
/// <param name="Site">The clinic's address.</param>
/// <param name="Page">The article's page; null for a file that isn't on the site.</param>
internal sealed record EmailLinks(Uri Site, Uri? Page)
{
    /// <summary>The absolute address of a link; null if an email can't link to it.</summary>
    public Uri? AddressOf(string href)
    {
        // Headings in a text that exists only in the email have no address.
        if (href.StartsWith('#') && Page is null) return null;
        return WebAddress.TryParse(Page ?? Site, href, out var address) && address.Scheme is "https" or "http" or "mailto" or "tel" or "sms" ? address : null;
    }

    /// <summary>Where readers find a picture that the email doesn't show.</summary>
    /// <param name="figure">The id of its figure on the page; null if it has none.</param>
    public Uri OfPicture(ContentFile file, string? figure) =>
        Page is not null && figure is not null ? new Uri(Page, "#" + figure) : new Uri(Site, file.VersionedPath);

    /// <summary>Whether a callout's title only repeats the heading above it.</summary>
    public static bool RepeatsHeading(ProseCallout callout, ProseBlock? before) =>
        before is ProseHeadingBlock { Level: 2 or 3 } heading && OneLine(heading.Title).Equals(OneLine(callout.Title), StringComparison.OrdinalIgnoreCase);

    /// <summary>The text with single spaces between words.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
