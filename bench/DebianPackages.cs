using System.Diagnostics;

namespace Ketamine.Web.Bench;

/// <summary>Programs that the site is compared with.</summary>
internal static class DebianPackages
{
    /// <summary>Installs the packages if the program isn't there. If that fails, says how to.</summary>
    public static bool Install(string program, params string[] packages)
    {
        if (Environment.GetEnvironmentVariable("PATH")!.Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, program)))) return true;
        using var apt = Process.Start("apt-get", ["install", "-q", "-y", "--no-install-recommends", .. packages]);
        apt.WaitForExit();
        if (apt.ExitCode != 0) Console.Error.WriteLine($"{program} is needed: sudo apt-get install {string.Join(' ', packages)}");
        return apt.ExitCode == 0;
    }
}
