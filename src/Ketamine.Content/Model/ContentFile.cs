namespace Ketamine.Content.Model;

/// <summary>A file under <c>images/</c> that the site serves.</summary>
/// <param name="Path">The address: /images/….</param>
/// <param name="File">The file on disk.</param>
/// <param name="ContentType">From the file's name; only kinds that the site knows are loaded.</param>
/// <param name="Hash">Of the bytes, 16 hexadecimal digits; the strong ETag and the cache-busting query.</param>
/// <param name="Width">CSS pixels; 0 where the kind has none (a PDF).</param>
/// <param name="Height">CSS pixels; 0 where the kind has none.</param>
/// <param name="Length">Bytes.</param>
public sealed record ContentFile(string Path, string File, string ContentType, string Hash, int Width, int Height, long Length)
{
    /// <summary>The address that browsers may keep for good, because it changes with the bytes.</summary>
    public string VersionedPath => $"{Path}?v={Hash}";

    /// <summary>What it shows, as images.yml says; empty where that says nothing.</summary>
    public string Alt { get; init; } = "";

    /// <summary>The point that no crop loses.</summary>
    public FocalPoint Focus { get; init; } = FocalPoint.Center;

    /// <summary>What a camera makes: shown in sizes of the site's making and never as it is, because it may say where it was taken.</summary>
    public bool IsPhotograph => ContentType is "image/jpeg" or "image/heic";

    /// <summary>It says more than its pixels, which is taken out when it is served.</summary>
    public bool HasMetadata { get; init; }

    /// <summary>Names the sizes of a photograph: another one when its bytes or its focal point change.</summary>
    public string PhotoKey => $"{Hash}-{Focus.X}-{Focus.Y}";
}
