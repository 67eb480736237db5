using System.IO.Enumeration;

namespace Ketamine.Content;

/// <summary>Walks through a folder and the folders below it, also through links, but never through one that leads back to where it is.</summary>
internal static class FolderWalk
{
    /// <summary>The full paths of all files, including pipes and links that lead nowhere, in no particular order.</summary>
    /// <param name="depth">How many levels of folders to enter.</param>
    /// <param name="leadsBack">Called with the full path of each link to a folder that contains it, which isn't entered.</param>
    public static IEnumerable<string> Files(string root, int depth, Action<string>? leadsBack = null) =>
        Walk(root, depth, (ref FileSystemEntry entry) => !entry.IsDirectory, leadsBack);

    /// <summary>The full paths of all folders below this one.</summary>
    /// <inheritdoc cref="Files"/>
    public static IEnumerable<string> Folders(string root, int depth) => Walk(root, depth, (ref FileSystemEntry entry) => entry.IsDirectory, null);

    /// <summary>Whether this is a link to a folder that contains it, so that following it would never end.</summary>
    public static bool LeadsBack(string path)
    {
        try
        {
            if (Directory.ResolveLinkTarget(path, returnFinalTarget: true) is not { } target) return false;
            var to = Path.TrimEndingDirectorySeparator(target.FullName);
            for (var above = Path.GetDirectoryName(path); above is not null; above = Path.GetDirectoryName(above))
                if (above == to || Directory.ResolveLinkTarget(above, returnFinalTarget: true)?.FullName == to) return true;
            return false;
        }
        catch (IOException)
        {
            return true; // a chain of links without end
        }
    }

    private static FileSystemEnumerable<string> Walk(
        string root, int depth, FileSystemEnumerable<string>.FindPredicate include, Action<string>? leadsBack)
    {
        var options = new EnumerationOptions
        {
            AttributesToSkip = FileAttributes.None,
            IgnoreInaccessible = true,
            RecurseSubdirectories = true,
            MaxRecursionDepth = depth,
        };
        return new FileSystemEnumerable<string>(root, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), options)
        {
            ShouldIncludePredicate = include,
            ShouldRecursePredicate = (ref FileSystemEntry entry) =>
            {
                if (!entry.Attributes.HasFlag(FileAttributes.ReparsePoint) || !LeadsBack(entry.ToFullPath())) return true;
                leadsBack?.Invoke(entry.ToSpecifiedFullPath());
                return false;
            },
        };
    }
}
