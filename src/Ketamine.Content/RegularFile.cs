using System.Runtime.InteropServices;

namespace Ketamine.Content;

/// <summary>
/// Tells regular files from pipes, sockets, and devices without opening them: opening a pipe waits until another program writes to it, which may
/// never happen.
/// </summary>
public static class RegularFile
{
    // From sys/stat.h, the same on all Unix systems.
    private const int TypeBits = 0xF000;
    private const int Regular = 0x8000;

    /// <summary>Whether the path leads to a regular file, directly or by links. False if there is nothing, or a link that leads nowhere.</summary>
    public static bool Exists(string path)
    {
        if (OperatingSystem.IsWindows()) return File.Exists(path);
        // The runtime's own status record: flags, mode, and more, about 120 bytes.
        var status = new byte[512];
        return Stat(Encoding.UTF8.GetBytes(path + "\0"), status) == 0 && (BitConverter.ToInt32(status, 4) & TypeBits) == Regular;
    }

    /// <summary>The text of a regular file.</summary>
    /// <exception cref="IOException">It isn't a regular file, or it can't be read.</exception>
    public static string ReadText(string path) => Exists(path) ? File.ReadAllText(path)
        : throw new IOException($"{path} isn't a regular file. Remove it, or replace it with one.");

    // .NET shows permissions but not the type of a file; its portable layer over stat(2) does.
    [DllImport("libSystem.Native", EntryPoint = "SystemNative_Stat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Stat(byte[] path, byte[] status);
}
