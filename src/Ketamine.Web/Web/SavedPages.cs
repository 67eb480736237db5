namespace Ketamine.Web.Web;

/// <summary>Where cached pages are saved, and for what; set at startup.</summary>
public sealed class SavedPagesOptions
{
    /// <summary>The file's path; null saves nothing.</summary>
    public string? File { get; set; }

    /// <summary>
    /// Identifies what pages are rendered from, in so far as it can be told without reading it: the build, the settings, and the sizes and times of files.
    /// Called once, at the start.
    /// </summary>
    public Func<string> Stamp { get; set; } = static () => "";
}

/// <summary>Pages of one generation.</summary>
/// <param name="Version"><see cref="PageGeneration.Version"/>.</param>
/// <param name="Until"><see cref="PageGeneration.Until"/>.</param>
/// <param name="Pages">The query includes its question mark, and is empty for none.</param>
public sealed record PageSet(string Version, DateTimeOffset Until, IReadOnlyList<(string Path, string Query, CachedPage Page)> Pages);

/// <summary>
/// The cached pages in a file, so that a site that starts again can serve them before it has read its content. They count only for the same
/// <see cref="SavedPagesOptions.Stamp"/>, and only until their generation ends. The file may be deleted at any time.
/// </summary>
public sealed partial class SavedPages(IOptions<SavedPagesOptions> options, TimeProvider clock, ILogger<SavedPages> log)
{
    private const int Format = 2;
    private readonly Lazy<string> _stamp = new(() => options.Value.Stamp());

    /// <summary>The pages that were saved last; null if there are none, or if they may no longer be what the site would render.</summary>
    public PageSet? Load()
    {
        if (options.Value.File is not { } file || !File.Exists(file)) return null;
        try
        {
            var bytes = File.ReadAllBytes(file);
            // A hash is at the end, because a disk can return other bytes than were written.
            var length = bytes.Length - SHA256.HashSizeInBytes;
            return length > 0 && SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length)) ? Read(bytes) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(unreadable.Message);
            return null;
        }
    }

    /// <summary>Replaces the file. A failure costs only time at the next start.</summary>
    public void Save(PageSet set)
    {
        if (options.Value.File is not { } file) return;
        try
        {
            PrivateFiles.CreateFolder(Path.GetDirectoryName(file)!);
            var partial = $"{file}.part";
            using (var stream = new FileStream(partial, PrivateFiles.ForWriting(FileMode.Create)))
            using (var hash = SHA256.Create())
            {
                using (var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true)) Write(set, hashed);
                stream.Write(hash.Hash);
            }

            File.Move(partial, file, overwrite: true);
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            LogNotSaved(full.Message);
        }
    }

    private PageSet? Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        if (reader.ReadInt32() != Format || reader.ReadString() != _stamp.Value) return null;
        var (saved, until) = (Time(reader), Time(reader));
        // Before the time at which they were saved, nothing is known about them: the clock was changed.
        if (clock.GetUtcNow() < saved || clock.GetUtcNow() >= until) return null;
        var version = reader.ReadString();
        var pages = new (string, string, CachedPage)[reader.ReadInt32()];
        for (var i = 0; i < pages.Length; i++) pages[i] = (reader.ReadString(), reader.ReadString(), CachedPage.Read(reader));
        return new PageSet(version, until, pages);
    }

    private void Write(PageSet set, Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Format);
        writer.Write(_stamp.Value);
        writer.Write(clock.GetUtcNow().UtcTicks);
        writer.Write(set.Until.UtcTicks);
        writer.Write(set.Version);
        writer.Write(set.Pages.Count);
        foreach (var (path, query, page) in set.Pages)
        {
            writer.Write(path);
            writer.Write(query);
            page.Write(writer);
        }
    }

    private static DateTimeOffset Time(BinaryReader reader) => new(reader.ReadInt64(), TimeSpan.Zero);

    [LoggerMessage(LogLevel.Information, "Can't read the pages of the last run, so the site starts without them: {Reason}")]
    private partial void LogUnreadable(string reason);

    [LoggerMessage(LogLevel.Information, "Can't save the cached pages, so the next start takes longer: {Reason}")]
    private partial void LogNotSaved(string reason);
}
