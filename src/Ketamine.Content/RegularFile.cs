using System.Runtime.InteropServices;
using Ketamine.Content.Images;

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
    public static bool Exists(string path) => OperatingSystem.IsWindows() ? File.Exists(path) : StampOf(path) is not null;

    /// <summary>The size and times of the regular file that the path leads to, directly or by links; null if there is none. In one system call.</summary>
    internal static FileStamp? StampOf(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is not null) file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc.Ticks, file.LastWriteTimeUtc.Ticks) : null;
        }

        // The runtime's own status record, about 120 bytes: flags, mode, owner, group, size, and the times of access, modification, and change.
        Span<byte> status = stackalloc byte[512];
        if (Stat(Encoding.UTF8.GetBytes(path + "\0"), ref status[0]) != 0 || (BitConverter.ToInt32(status[4..]) & TypeBits) != Regular) return null;
        return new FileStamp(BitConverter.ToInt64(status[16..]), Ticks(status[40..]), Ticks(status[56..]));

        static long Ticks(ReadOnlySpan<byte> time) => DateTime.UnixEpoch.Ticks
            + (BitConverter.ToInt64(time) * TimeSpan.TicksPerSecond) + (BitConverter.ToInt64(time[8..]) / TimeSpan.NanosecondsPerTick);
    }

    /// <summary>The text of a regular file.</summary>
    /// <exception cref="IOException">It isn't a regular file, or it can't be read.</exception>
    public static string ReadText(string path) => Exists(path) ? File.ReadAllText(path)
        : throw new IOException($"{path} isn't a regular file. Remove it, or replace it with one.");

    // .NET shows permissions but not the type of a file; its portable layer over stat(2) does.
    [DllImport("libSystem.Native", EntryPoint = "SystemNative_Stat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Stat(byte[] path, ref byte status);
}
