namespace Ketamine.Language;

/// <summary>
/// Creates files and folders that only the user who runs the program can open, as 0600 and 0700. On Windows they have the permissions of the folder they
/// are in.
/// </summary>
public static class PrivateFiles
{
    /// <summary>Creates a folder and the missing ones above it. Does nothing if it exists.</summary>
    /// <exception cref="IOException">It can't be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be created.</exception>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>How to open a file for writing. If that creates it, others can't open it even for a moment.</summary>
    public static FileStreamOptions ForWriting(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
