namespace Ketamine.Content.Publishing;

/// <summary>The regular files of a content folder, except git's folder and the temporary files of editors.</summary>
internal static class FolderCopy
{
    /// <summary>The paths in the folder, with forward slashes, and the SHA-256 of each file.</summary>
    public static SortedDictionary<string, string> Hash(string folder)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Files(folder)) hashes[file] = HashOf(Path.Combine(folder, file));
        return hashes;
    }

    /// <summary>Copies a folder's files into an empty folder, and returns the hashes of the copies.</summary>
    public static SortedDictionary<string, string> Copy(string from, string to)
    {
        foreach (var file in Files(from)) CopyFile(Path.Combine(from, file), Path.Combine(to, file));
        return Hash(to);
    }

    /// <summary>The hash of a file; null if it doesn't exist.</summary>
    public static string? Find(string path) => RegularFile.Exists(path) ? HashOf(path) : null;

    /// <summary>Identifies a state of a folder.</summary>
    public static string Token(IReadOnlyDictionary<string, string> hashes, string? more)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (file, bytes) in hashes) hash.AppendData(Encoding.UTF8.GetBytes($"{file}\0{bytes}\n"));
        hash.AppendData(Encoding.UTF8.GetBytes(more ?? ""));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..24];
    }

    /// <summary>
    /// Updates a folder from one state to another, except for files that someone has changed in the meantime. Each file is written under a temporary
    /// name and then renamed.
    /// </summary>
    /// <param name="before">The expected current state of the folder.</param>
    /// <param name="to">A folder in the new state.</param>
    /// <returns>The files that were left alone, because they are in neither state.</returns>
    public static IReadOnlyList<string> Follow(string folder, IReadOnlyDictionary<string, string> before, string to, IReadOnlyDictionary<string, string> after)
    {
        var left = new List<string>();
        foreach (var file in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (old, wanted) = (before.GetValueOrDefault(file), after.GetValueOrDefault(file));
            var target = Path.Combine(folder, file);
            var now = Find(target);
            if (old == wanted || now == wanted) continue;
            if (now != old)
            {
                left.Add(file);
                continue;
            }

            if (wanted is null)
            {
                File.Delete(target);
                continue;
            }

            var beside = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.tmp");
            CopyFile(Path.Combine(to, file), beside);
            File.Move(beside, target, overwrite: true);
        }

        return left;
    }

    private static void CopyFile(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to, overwrite: true);
    }

    private static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static IEnumerable<string> Files(string folder)
    {
        return FolderWalk.Files(folder, depth: 8).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Contains(".git") && !IsScrap(Path.GetFileName(file)))
            .Where(file => RegularFile.Exists(Path.Combine(folder, file))).Order(StringComparer.Ordinal);
    }

    /// <summary>Whether this is a temporary file that an editor or the system leaves beside a file.</summary>
    public static bool IsScrap(string name) =>
        name is ".DS_Store"
        || name.StartsWith(".#", StringComparison.Ordinal)
        || (name.StartsWith('.') ? Path.GetExtension(name) is ".swp" or ".swx" or ".tmp" : ContentFolder.IsPassing(name));
}
