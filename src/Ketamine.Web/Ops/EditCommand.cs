using System.CommandLine;
using System.Security.Cryptography;
using System.Text;

namespace Ketamine.Web.Ops;

/// <summary><c>edit FOLDER</c>: the site on this machine, for the one person who writes it.</summary>
public static class EditCommand
{
    private const string Name = "edit";

    /// <summary>For the help; the program itself turns the line into settings and serves the site.</summary>
    internal static Command Create() =>
        new(Name, "Serves a folder on this machine while you write: pages reload when you save, findings are on each page, drafts are shown.")
        {
        new Argument<string>("folder") { Description = "The clinic's folder." },
        new Option<int>("--port") { Description = "Where to serve it: http://localhost:PORT.", DefaultValueFactory = _ => 5000 },
    };

    /// <summary>The line <c>edit FOLDER [--port N]</c> as settings of the site; any other line as it is.</summary>
    public static string[] Expand(string[] args)
    {
        if (args is not [Name, var folder, ..] || folder.StartsWith('-') || args.Contains("--help")) return args;
        var rest = args[2..].ToList();
        var port = "5000";
        if (rest.IndexOf("--port") is >= 0 and var at && at + 1 < rest.Count)
        {
            port = rest[at + 1];
            rest.RemoveRange(at, 2);
        }

        // What an editor sends through the forms is nobody's request: it is kept apart from any site's data.
        var place = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(folder))))[..12];
        return
        [
            $"--Content:Path={folder}",
            "--Content:Editing=true",
            $"--Data:Path={Path.Combine(Path.GetTempPath(), $"ketamine-edit-{place}")}",
            $"--urls=http://localhost:{port}",
            .. rest,
        ];
    }
}
