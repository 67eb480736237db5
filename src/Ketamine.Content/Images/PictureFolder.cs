using System.Collections.Concurrent;

namespace Ketamine.Content.Images;

/// <summary>Reads <c>images/</c>: the files that the site serves, with types, sizes, and hashes.</summary>
internal sealed class PictureFolder
{
    public const string Folder = "images";
    private const int MaxBytes = 20 << 20;

    /// <summary>File types that a browser only displays. HTML, scripts, and unknown types are never served from here.</summary>
    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".webp"] = "image/webp",
        [".heic"] = "image/heic",
        [".heif"] = "image/heic",
        [".gif"] = "image/gif",
        [".avif"] = "image/avif",
        [".pdf"] = "application/pdf",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // More than any phone's camera produces, and as much as can be decoded within the limit of 200 MB.
    private const int MaxPixels = 50_000_000;

    private readonly ConcurrentDictionary<string, (FileStamp Stamp, ContentFile? File, List<Diagnostic> Problems)> _known = new(StringComparer.Ordinal);

    /// <summary>The pictures by address; adds problems to <paramref name="problems"/>.</summary>
    public FrozenDictionary<string, ContentFile> Read(IReadOnlyList<FolderFile> files, List<Diagnostic> problems)
    {
        var pictures = files
            .Where(file => file.Path.StartsWith(Folder + "/", StringComparison.Ordinal) && !file.Path.EndsWith(".md", StringComparison.OrdinalIgnoreCase))
            .ToList();
        foreach (var gone in _known.Keys.Except(pictures.Select(file => file.Path), StringComparer.Ordinal).ToList()) _known.TryRemove(gone, out _);
        // Don't reread a picture with the same size and time: unlike texts, pictures may have many megabytes.
        Parallel.ForEach(pictures, file =>
        {
            if (_known.TryGetValue(file.Path, out var known) && known.Stamp == file.Stamp) return;
            var notes = new Diagnostics(file.Path);
            _known[file.Path] = (file.Stamp, Read(file, notes), notes.Problems);
        });
        foreach (var file in pictures) problems.AddRange(_known[file.Path].Problems);
        // A copy of the folder has the same pictures in another place.
        return pictures
            .Select(file => _known[file.Path].File is { } known ? known with { File = file.FullPath } : null)
            .OfType<ContentFile>()
            .ToFrozenDictionary(file => file.Path, StringComparer.Ordinal);
    }

    /// <summary>Whether a name has the ending of a file that the site serves.</summary>
    public static bool IsServed(string name) => Types.ContainsKey(Path.GetExtension(name));

    private static ContentFile? Read(FolderFile file, Diagnostics notes)
    {
        if (TypeOf(file, notes) is not { } type) return null;
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file.FullPath);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            notes.Error(0, "file", "the file can't be read", "give the site permission to read it");
            return null;
        }

        if (SizeOf(bytes, type, notes) is not var (width, height)) return null;
        var metadata = ImageMetadata.Has(bytes, type);
        if (metadata && type == "image/avif")
        {
            notes.Error(
                0,
                "file",
                "a picture with metadata, which may say where it was taken",
                "a JPEG or HEIC version, from which the site makes an AVIF without metadata");
            return null;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
        return new ContentFile("/" + file.Path, file.FullPath, type, hash, width, height, bytes.Length)
        {
            HasMetadata = metadata,
            Texts = type == "image/svg+xml" ? SvgDrawing.Texts(bytes) : [],
        };
    }

    /// <summary>The media type; null, with the problem noted, if the file's type, name, or length isn't allowed.</summary>
    private static string? TypeOf(FolderFile file, Diagnostics notes)
    {
        if (!Types.TryGetValue(Path.GetExtension(file.Path), out var type))
        {
            notes.Warn(
                0,
                "file",
                $"files of type {Diagnostics.Quote(Path.GetExtension(file.Path))} aren't shown",
                $"save it as one of {string.Join(", ", Types.Keys)}, or remove it from images/");
            return null;
        }

        if (file.Path.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '/')))
        {
            notes.Error(0, "file", "the name has spaces or letters that aren't allowed in an address", $"rename it to {ContentFile.PlainName(file.Path)}");
            return null;
        }

        if (file.Stamp.Length > MaxBytes)
        {
            notes.Error(
                0,
                "file",
                string.Create(CultureInfo.InvariantCulture, $"{file.Stamp.Length / 1024.0 / 1024.0:0.0} MB; the limit is 20 MB"),
                "make the picture smaller");
            return null;
        }

        return type;
    }

    /// <summary>The size in pixels; null, with the problem noted, if the picture is damaged, too large, or incomplete.</summary>
    private static (int Width, int Height)? SizeOf(byte[] bytes, string type, Diagnostics notes)
    {
        (int Width, int Height)? size = type switch
        {
            "image/svg+xml" => SvgDrawing.Read(bytes, notes),
            "application/pdf" => bytes.AsSpan().StartsWith("%PDF-"u8) ? (0, 0) : null,
            _ => PictureSize.Read(bytes, type),
        };
        if (size is null)
        {
            if (notes.Problems.Count == 0 && KindOf(bytes) is { } kind && kind != type)
                notes.Error(
                    0,
                    "file",
                    $"the name says {Ending(notes.File).ToUpperInvariant()}, but it is {(kind is "image/avif" ? "an" : "a")} {Name(kind)} picture",
                    $"rename it to {Path.ChangeExtension(notes.File, Name(kind).ToLowerInvariant())}, here and in the texts that show it");
            else if (notes.Problems.Count == 0)
                notes.Error(
                    0,
                    "file",
                    $"this isn't a {Ending(notes.File)} picture, or it is damaged",
                    "export the picture again from the program that made it");
            return null;
        }

        if (type != "image/svg+xml" && (long)size.Value.Width * size.Value.Height > MaxPixels)
        {
            notes.Error(
                0,
                "file",
                string.Create(CultureInfo.InvariantCulture, $"{size.Value.Width} × {size.Value.Height} pixels"),
                "at most 50 million pixels: scale the picture down");
            return null;
        }

        if (!PictureSize.IsWhole(bytes, type))
        {
            notes.Error(0, "file", "the picture is incomplete", "the complete file: copy it again from the camera or phone");
            return null;
        }

        return size;
    }

    private static string Ending(string path) => Path.GetExtension(path).TrimStart('.');

    private static string Name(string type) => type is "image/jpeg" ? "JPG" : type["image/".Length..].ToUpperInvariant();

    /// <summary>A picture's type by its contents, whatever its name says; null if it isn't one that the site knows.</summary>
    private static string? KindOf(byte[] bytes) =>
        Types.Values.Distinct(StringComparer.Ordinal).FirstOrDefault(type => PictureSize.Read(bytes, type) is not null);
}

/// <param name="Path">The path within the content folder, with forward slashes.</param>
internal sealed record FolderFile(string Path, string FullPath, FileStamp Stamp);

/// <summary>Detects a changed file without reading it.</summary>
/// <param name="ModifiedTicks">When its contents were last written, as far as programs that set this time are honest.</param>
/// <param name="ChangedTicks">When it was last written, renamed, or changed in any other way, which programs can't set.</param>
internal readonly record struct FileStamp(long Length, long ModifiedTicks, long ChangedTicks);
