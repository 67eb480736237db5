namespace Ketamine.Content.Model;

/// <summary>A file under <c>images/</c> that the site serves.</summary>
/// <param name="Path">The address: /images/….</param>
/// <param name="File">The file on disk.</param>
/// <param name="ContentType">From the file's name; only known types are loaded.</param>
/// <param name="Hash">A hash of the bytes, 16 hexadecimal digits; used as the strong ETag and the cache-busting query.</param>
/// <param name="Width">CSS pixels; 0 if the type has none (a PDF).</param>
/// <param name="Height">CSS pixels; 0 if the type has none.</param>
/// <param name="Length">Bytes.</param>
public sealed record ContentFile(string Path, string File, string ContentType, string Hash, int Width, int Height, long Length)
{
    /// <summary>The address that browsers may cache forever, because it changes with the bytes.</summary>
    public string VersionedPath => $"{Path}?v={Hash}";

    /// <summary>The alternative text from images.yml; empty if there is none.</summary>
    public string Alt { get; init; } = "";

    /// <summary>The texts in a drawing, each with its line; empty for other pictures.</summary>
    public System.Collections.Immutable.ImmutableArray<(string Text, int Line)> Texts { get; init; } = [];

    /// <summary>The point that cropping must keep.</summary>
    public FocalPoint Focus { get; init; } = FocalPoint.Center;

    /// <summary>Whether it comes from a camera. Served only in sizes that the site makes, never as is, because it may reveal where it was taken.</summary>
    public bool IsPhotograph => ContentType is "image/jpeg" or "image/heic";

    /// <summary>Whether it has metadata, which is removed when it is served.</summary>
    public bool HasMetadata { get; init; }

    /// <summary>The key of a photograph's sizes; changes with its bytes or focal point.</summary>
    public string PhotoKey => $"{Hash}-{Focus.X}-{Focus.Y}";

    /// <summary>A file's name without what an address can't have: front-room-1.jpg for "front room (1).jpg".</summary>
    public static string PlainName(string name) =>
        Hyphens.Replace(string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' ? c : '-')), "-")
            .Replace("-.", ".", StringComparison.Ordinal);

    private static readonly Regex Hyphens = new("-{2,}", RegexOptions.CultureInvariant);
}
