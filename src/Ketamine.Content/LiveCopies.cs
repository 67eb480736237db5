using System.Text.Json;

namespace Ketamine.Content;

/// <summary>
/// Complete copies of a content folder as published, stored outside it. Once there is one, the site serves the copy that the file <c>current</c> names,
/// never the folder itself, so no one sees a half-written change or only part of one.
/// </summary>
/// <remarks>
/// <c>Data:Path/published/KEY/</c> holds <c>current</c> (the name of a copy), a folder for each copy, and <c>NAME.json</c> with who published it and why.
/// KEY is made from the content folder's path. Deleting KEY makes the site serve the folder again.
/// </remarks>
public sealed class LiveCopies
{
    private const string Pointer = "current";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <param name="folder">The content folder.</param>
    /// <param name="data">The site's data folder.</param>
    public LiveCopies(string folder, string data)
    {
        Folder = Path.GetFullPath(folder);
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Folder.TrimEnd(Path.DirectorySeparatorChar))))[..12];
        Place = Path.Combine(Path.GetFullPath(data), "published", key);
    }

    /// <summary>The content folder, absolute: what editors work on.</summary>
    public string Folder { get; }

    /// <summary>Where the copies are, absolute; may not exist.</summary>
    public string Place { get; }

    /// <summary>The folder that visitors see: the current copy, or the content folder while nothing has been published.</summary>
    public string Served => CurrentName is { } name ? PathOf(name) : Folder;

    /// <summary>The live publication; null if nothing has been published.</summary>
    public Publication? Current => CurrentName is { } name ? Find(name) ?? new Publication(name, DateTimeOffset.MinValue, "", "") : null;

    /// <summary>All remaining copies, newest first.</summary>
    public IReadOnlyList<Publication> All => !Directory.Exists(Place) ? [] :
        [.. Directory.EnumerateFiles(Place, "*.json").Select(file => Find(Path.GetFileNameWithoutExtension(file))).OfType<Publication>()
            .Where(publication => Directory.Exists(PathOf(publication.Name))).OrderByDescending(publication => publication.Name, StringComparer.Ordinal)];

    public string PathOf(string name) => Path.Combine(Place, name);

    /// <summary>Creates an empty folder among the copies, to fill and then make live or delete.</summary>
    public string NewScratch()
    {
        var scratch = Path.Combine(Place, $".scratch-{Guid.NewGuid():N}");
        Directory.CreateDirectory(scratch);
        return scratch;
    }

    /// <summary>Makes a filled folder the live copy. The switch is a single rename, so a reader sees either the old copy or the new one.</summary>
    /// <param name="scratch">From <see cref="NewScratch"/>; moved.</param>
    public Publication MakeLive(string scratch, Publication publication)
    {
        Directory.Move(scratch, PathOf(publication.Name));
        Write($"{publication.Name}.json", JsonSerializer.Serialize(publication, Json));
        Write(Pointer, publication.Name);
        return publication;
    }

    /// <summary>A name that sorts by time.</summary>
    public string NewName(DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        for (var number = 1; ; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{stamp}-{number:000}");
            if (!Directory.Exists(PathOf(name)) && !File.Exists(PathOf(name) + ".json")) return name;
        }
    }

    /// <summary>Deletes the oldest copies, never the current one, and unfinished ones. Newer copies still have the files that open pages may
    /// request.</summary>
    public void Prune(int keep, DateTimeOffset now)
    {
        var current = CurrentName;
        foreach (var old in All.Where(publication => publication.Name != current).Skip(keep - 1).ToList())
        {
            Directory.Delete(PathOf(old.Name), recursive: true);
            File.Delete(PathOf(old.Name) + ".json");
        }

        foreach (var scratch in Directory.EnumerateDirectories(Place, ".scratch-*").Where(scratch =>
            Directory.GetCreationTimeUtc(scratch) < now.UtcDateTime.AddDays(-1)).ToList())
            Directory.Delete(scratch, recursive: true);
    }

    /// <summary>Locks out other processes that publish this folder; null if one keeps the lock for more than a few seconds.</summary>
    public async Task<IDisposable?> LockAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Place);
        for (var attempt = 0; attempt < 50; attempt++)
        {
            try
            {
                return new FileStream(Path.Combine(Place, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(100, cancellation);
            }
        }

        return null;
    }

    private string? CurrentName
    {
        get
        {
            try
            {
                return File.ReadAllText(Path.Combine(Place, Pointer)).Trim() is { Length: > 0 } name ? Path.GetFileName(name) : null;
            }
            catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
        }
    }

    private Publication? Find(string name)
    {
        try
        {
            return JsonSerializer.Deserialize<Publication>(File.ReadAllText(PathOf(name) + ".json"), Json);
        }
        catch (Exception none) when (none is IOException or JsonException)
        {
            return null;
        }
    }

    private void Write(string name, string text) => WholeFile.Write(Path.Combine(Place, name), text);
}

/// <summary>One publication of a content folder.</summary>
/// <param name="Name">The copy's name; sorts by time.</param>
/// <param name="Who">The publisher's name.</param>
/// <param name="Why">In the publisher's words.</param>
/// <param name="Version">The git commit; null if the history consists of dated copies.</param>
/// <param name="BackTo">The version that it restored; null for new content.</param>
public sealed record Publication(string Name, DateTimeOffset At, string Who, string Why, string? Version = null, string? BackTo = null);
