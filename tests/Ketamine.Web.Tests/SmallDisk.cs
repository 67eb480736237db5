using System.Diagnostics;

namespace Ketamine.Web.Tests;

/// <summary>
/// A folder that can be filled up under a running site: a separate file system in memory or, if the machine can't mount one (a container without
/// that privilege), a limit that keeps the site's process from writing files.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly bool _mounted;
    private readonly string _ballast;

    public SmallDisk()
    {
        _mounted = Run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", Root);
        _ballast = Path.Combine(Root, "ballast");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("ketamine-disk-").FullName;

    /// <summary>Fills it to the last byte.</summary>
    public void Fill(SiteProcess site)
    {
        if (!_mounted)
        {
            Run("prlimit", "--pid", $"{site.Id}", "--fsize=0:").ShouldBeTrue("util-linux has prlimit");
            return;
        }

        try
        {
            using var file = new FileStream(_ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
        }
    }

    public void Free(SiteProcess site)
    {
        if (_mounted) File.Delete(_ballast);
        else Run("prlimit", "--pid", $"{site.Id}", "--fsize=unlimited:").ShouldBeTrue();
    }

    public void Dispose()
    {
        if (_mounted) Run("umount", Root);
        Directory.Delete(Root, recursive: true);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
