using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Ketamine.Content.Claims;

/// <summary>
/// Caches in a file the sentences in which the claims gate found nothing, so the next start examines only new ones. It stores hashes, not text. The
/// file's name depends on the rules and the build, so other rules or another version of the site start over. The file may be deleted at any time.
/// Thread-safe.
/// </summary>
internal sealed class CleanSentences
{
    private const int KeySize = 16;

    /// <summary>In bytes. A larger file has accumulated many old sentences, so it is started over.</summary>
    private const long MaxFileSize = 32 * 1024 * 1024;

    /// <summary>How long files for other rules and versions are kept, in case the site returns to them.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly string _file;
    private readonly ConcurrentDictionary<UInt128, bool> _known = new();
    private readonly ConcurrentQueue<UInt128> _new = new();

    /// <param name="folder">Created when there is something to save.</param>
    /// <param name="rules">A hash of the clinic's claims.yml; empty if it has none.</param>
    public CleanSentences(string folder, string rules)
    {
        var build = $"{typeof(CleanSentences).Module.ModuleVersionId:N}{typeof(Language.Learning.LearnedWeights).Module.ModuleVersionId:N}{rules}";
        _file = Path.Combine(folder, $"claims-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(build)).AsSpan(0, 8))}.bin");
        try
        {
            if (new FileInfo(_file) is not { Exists: true, Length: < MaxFileSize }) return;
            var bytes = File.ReadAllBytes(_file);
            for (var at = 0; at + KeySize <= bytes.Length; at += KeySize) _known[BitConverter.ToUInt128(bytes, at)] = true;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // All sentences are examined again.
        }
    }

    /// <summary>Whether the sentence is known to make no claim.</summary>
    public bool Has(UInt128 key) => _known.ContainsKey(key);

    /// <summary>Remembers that the sentence makes no claim.</summary>
    public void Add(UInt128 key)
    {
        if (_known.TryAdd(key, true)) _new.Enqueue(key);
    }

    /// <summary>The key of a sentence in its context.</summary>
    public static UInt128 KeyOf(string sentence, bool cited, ClaimSetting setting)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{(cited ? 1 : 0)}{(int)setting}{sentence}"), hash);
        return BitConverter.ToUInt128(hash);
    }

    /// <summary>Saves what was added since the last save. If the disk can't be written, only the next start is slower.</summary>
    public void Save()
    {
        if (_new.IsEmpty) return;
        var bytes = new List<byte>(_new.Count * KeySize);
        while (_new.TryDequeue(out var key)) bytes.AddRange(BitConverter.GetBytes(key));
        try
        {
            var folder = Path.GetDirectoryName(_file)!;
            PrivateFiles.CreateFolder(folder);
            var oldest = Directory.GetLastWriteTimeUtc(folder) - Kept;
            foreach (var old in Directory.EnumerateFiles(folder, "claims-*.bin").Where(file => file != _file && File.GetLastWriteTimeUtc(file) < oldest))
                File.Delete(old);
            var options = PrivateFiles.ForWriting(FileMode.Append);
            (options.Share, options.BufferSize) = (FileShare.ReadWrite, 0);
            if (new FileInfo(_file) is { Exists: true, Length: >= MaxFileSize }) File.Delete(_file);
            using var file = new FileStream(_file, options);
            // A single write, because another process may share the folder and the keys must not get mixed up.
            file.Write([.. bytes]);
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            // The site works without the file.
        }
    }
}
