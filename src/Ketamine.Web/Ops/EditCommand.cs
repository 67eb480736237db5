using System.CommandLine;

namespace Ketamine.Web.Ops;

/// <summary><c>edit FOLDER</c>: serves the site on this machine for the person who writes it.</summary>
public static class EditCommand
{
    private const string Name = "edit";

    /// <summary>
    /// Only for the help text, and for a port that can't be read: <c>Expand</c> turns these arguments into settings, and the site starts as usual.
    /// </summary>
    internal static Command Create() =>
        new(Name, "Serves a folder on this machine while you write: pages reload when you save and show drafts and findings.")
        {
        new Argument<string>("folder") { Description = "The clinic's folder." },
        PlainOption.Number("--port", "Where to serve it: http://localhost:PORT.", fallback: 5000, least: 1, most: 65_535),
    };

    /// <summary>Turns <c>edit FOLDER [--port N]</c> into settings; returns any other command line unchanged.</summary>
    public static string[] Expand(string[] args)
    {
        if (args is not [Name, var folder, ..] || folder.StartsWith('-') || args.Contains("--help")) return args;
        var rest = args[2..].ToList();
        var port = "5000";
        if (rest.IndexOf("--port") is >= 0 and var at && at + 1 < rest.Count)
        {
            port = rest[at + 1];
            if (!ushort.TryParse(port, out var number) || number == 0) return args;
            rest.RemoveRange(at, 2);
        }

        // Anything an editor submits through the forms is only a test, so keep it apart from real data.
        var place = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(folder))))[..12];
        return
        [
            $"--Content:Path={folder}",
            "--Content:Editing=true",
            // A line for each request would push the problems out of sight.
            "--Logs:Console=Error",
            $"--Data:Path={Path.Combine(Path.GetTempPath(), $"ketamine-edit-{place}")}",
            $"--urls=http://localhost:{port}",
            .. rest,
        ];
    }
}
