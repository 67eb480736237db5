using System.Text;
using Serilog.Sinks.File;

namespace Ketamine.Web.Web;

/// <summary>Opens each log file to the site's own user alone.</summary>
internal sealed class PrivateLogFiles : FileLifecycleHooks
{
    /// <inheritdoc />
    public override Stream OnFileOpened(string path, Stream underlyingStream, Encoding encoding)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return underlyingStream;
    }
}
