namespace Ketamine.Web.Data;

/// <summary>
/// The folder of Data:Path. What people told the clinic lies in it, so that it and everything in it is open to the site's own user alone: folders 0700,
/// files 0600.
/// </summary>
public static class DataFolder
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const UnixFileMode OwnFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Everything that the site writes. Other files that someone keeps in the folder are theirs.
    private static readonly string[] Folders = ["logs", "mail", "keys"];
    private static readonly string[] Files = ["clinic.db*", "migrate.lock", "room"];

    /// <summary>Creates the folder if it is missing and closes it, and what is in it, to other users of the machine.</summary>
    /// <returns>A sentence for each path that stays open because it belongs to another user.</returns>
    /// <exception cref="IOException">The folder can't be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be created.</exception>
    public static IReadOnlyList<string> Secure(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return [];
        }

        Directory.CreateDirectory(path, OwnFolder);
        var open = new List<string>();
        CloseFolder(path);
        foreach (var pattern in Files)
            foreach (var file in Directory.EnumerateFiles(path, pattern)) CloseFile(file);
        foreach (var folder in Folders.Select(name => Path.Combine(path, name)))
        {
            Directory.CreateDirectory(folder, OwnFolder);
            CloseFolder(folder);
            foreach (var file in Directory.EnumerateFiles(folder)) CloseFile(file);
        }

        // Created here, because SQLite gives its write-ahead log the mode of the database, and would create both open to everyone.
        foreach (var file in new[] { ClinicDatabase.FileName, "migrate.lock" }.Select(name => Path.Combine(path, name)).Where(file => !File.Exists(file)))
            new FileStream(file, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = OwnFile }).Dispose();
        return open;

        void CloseFolder(string folder) => Close(folder, OwnFolder);

        void CloseFile(string file) => Close(file, OwnFile);

        void Close(string entry, UnixFileMode mode)
        {
            if (OperatingSystem.IsWindows()) return;
            try
            {
                if ((File.GetUnixFileMode(entry) & Others) != UnixFileMode.None) File.SetUnixFileMode(entry, mode);
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

    /// <summary>Deletes the files that mails were written to where no mail server is set, and the drafts of such files.</summary>
    /// <returns>How many files there were.</returns>
    public static int DeleteMails(string path, IEnumerable<Guid> messages)
    {
        var folder = Path.Combine(path, "mail");
        if (!Directory.Exists(folder)) return 0;
        var ids = messages.Select(id => id.ToString("N")).ToHashSet(StringComparer.Ordinal);
        var deleted = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*.eml*"))
        {
            // …-{id}.eml, or .eml.part for one that a stop cut short.
            var name = Path.GetFileName(file);
            var end = name.IndexOf(".eml", StringComparison.Ordinal);
            if (end < 32 || !ids.Contains(name[(end - 32)..end])) continue;
            File.Delete(file);
            deleted++;
        }

        return deleted;
    }
}
