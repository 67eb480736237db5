namespace Ketamine.Web.Data;

/// <summary>
/// The Data:Path folder. It contains what people told the clinic, so only the site's user can access it and its contents: folders 0700, files 0600.
/// </summary>
public static class DataFolder
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // Everything that the site writes. Other files in the folder are left alone.
    private static readonly string[] Folders = ["logs", "mail", "keys"];
    private static readonly string[] Files = ["clinic.db*", "migrate.lock", "room"];

    /// <summary>Creates the folder if it is missing, and denies other users of the machine access to it and its contents.</summary>
    /// <returns>A sentence for each path that stays accessible because it belongs to another user.</returns>
    /// <exception cref="IOException">The folder can't be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be created.</exception>
    public static IReadOnlyList<string> Secure(string path)
    {
        PrivateFiles.CreateFolder(path);
        if (OperatingSystem.IsWindows()) return [];
        var open = new List<string>();
        Close(path);
        foreach (var pattern in Files)
            foreach (var file in Directory.EnumerateFiles(path, pattern)) Close(file);
        foreach (var folder in Folders.Select(name => Path.Combine(path, name)))
        {
            PrivateFiles.CreateFolder(folder);
            Close(folder);
            foreach (var file in Directory.EnumerateFiles(folder)) Close(file);
        }

        // Create the database file here: SQLite would make it readable for everyone, and gives the write-ahead log the same mode.
        foreach (var file in new[] { ClinicDatabase.FileName, "migrate.lock" }.Select(name => Path.Combine(path, name)).Where(file => !File.Exists(file)))
            new FileStream(file, PrivateFiles.ForWriting(FileMode.OpenOrCreate)).Dispose();
        return open;

        void Close(string entry)
        {
            if (OperatingSystem.IsWindows()) return;
            try
            {
                var mode = File.GetUnixFileMode(entry);
                if ((mode & Others) != UnixFileMode.None) File.SetUnixFileMode(entry, mode & ~Others);
            }
            catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
            {
                if (File.Exists(entry) || Directory.Exists(entry))
                    open.Add(
                        $"{entry} can be read by other users of this machine and belongs to another user. It holds health information: chmod go= '{entry}'"
                    );
            }
        }
    }

    /// <summary>Deletes emails that were written as files because no mail server is set, and partial files.</summary>
    /// <returns>How many files there were.</returns>
    public static int DeleteMails(string path, IEnumerable<Guid> messages)
    {
        var folder = Path.Combine(path, "mail");
        if (!Directory.Exists(folder)) return 0;
        var ids = messages.Select(id => id.ToString("N")).ToHashSet(StringComparer.Ordinal);
        var deleted = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*.eml*"))
        {
            // …-{id}.eml, or .eml.part if the site stopped while writing it.
            var name = Path.GetFileName(file);
            var end = name.IndexOf(".eml", StringComparison.Ordinal);
            if (end < 32 || !ids.Contains(name[(end - 32)..end])) continue;
            File.Delete(file);
            deleted++;
        }

        return deleted;
    }
}
