using System.Collections.Concurrent;
using Ketamine.Content.Images;
using Ketamine.Content.Reading;

namespace Ketamine.Content;

/// <summary>Lists the files of a clinic's folder.</summary>
internal sealed class FolderListing
{
    /// <summary>The lists that a folder may have in addition to texts and pictures.</summary>
    public static readonly string[] Lists =
    [
        "clinic.yml", "people.yml", "bibliography.yml", "claims.yml", "faqs.yml", "reviews.yml", "redirects.yml",
        SearchFile.File, SafetyFacts.File, ImageNotes.File, Acknowledgement.List,
    ];

    private static readonly string[] TextFolders = ["pages", "services", "articles"];
    private static readonly string[] Folders = [.. TextFolders, PictureFolder.Folder];
    private static readonly EnumerationOptions Shallow = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    private const int Depth = 6;

    private readonly string _root;
    private readonly List<Diagnostic> _problems;
    private readonly List<FolderFile> _files = [];

    private FolderListing(string root, List<Diagnostic> problems) => (_root, _problems) = (root, problems);

    /// <summary>
    /// The folder's files, by path, and a hash of their names, sizes, and times. Files that the site never reads are reported as warnings.
    /// </summary>
    public static (List<FolderFile> Files, string Stamp) Of(string root, List<Diagnostic> problems)
    {
        var listing = new FolderListing(root, problems);
        listing.CheckFolders();
        listing.AddLists();
        foreach (var folder in TextFolders) listing.AddTexts(folder);
        listing._files.AddRange(listing.FilesBelow(PictureFolder.Folder));
        return (listing._files, listing.Stamp());
    }

    private string Stamp()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{_root}\n"));
        foreach (var file in _files) hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.Stamp.Length}\0{file.Stamp.ModifiedTicks}\n"));
        // What can't be read, such as a pipe, isn't among the files.
        foreach (var problem in _problems) hash.AppendData(Encoding.UTF8.GetBytes(problem.ToMessage() + "\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Whether the site reads this file of the folder's top level.</summary>
    public static bool IsList(string path) => path == RiskFile.File || Array.IndexOf(Lists, path) >= 0;

    /// <summary>A file's contents; null if it is too large or can't be read, which is added to <paramref name="failed"/>, or if it is gone.</summary>
    public static byte[]? ReadBytes(FolderFile file, ConcurrentBag<Diagnostic> failed)
    {
        if (file.Stamp.Length > SourceText.Limit(file.Path))
        {
            failed.Add(SourceText.TooLarge(file.Path, file.Stamp.Length));
            return null;
        }

        try
        {
            return File.ReadAllBytes(file.FullPath);
        }
        catch (FileNotFoundException)
        {
            return null; // deleted since it was listed; the watcher reads again
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            failed.Add(new Diagnostic(file.Path, 0, "file", "the file can't be read", "give the site permission to read it"));
            return null;
        }
    }

    private void AddLists()
    {
        foreach (var file in Files("", start => Directory.EnumerateFiles(start, "*", Shallow)))
        {
            if (IsList(file.Path)) _files.Add(file);
            else if (file.Path.ToLowerInvariant() is "risk.md" or "risks.md" or "risk.markdown" or "risk.txt")
                WarnUnread(file, $"rename it to {RiskFile.File}");
            else if (Path.GetExtension(file.Path) is ".yml" or ".yaml")
                WarnUnread(file, SimilarList(file.Path) is { } known ? $"rename it to {known}" : $"the lists are {string.Join(", ", Lists)}");
        }
    }

    private void AddTexts(string folder)
    {
        foreach (var file in FilesBelow(folder))
        {
            if (ContentDocument.KindOf(file.Path) is not null) _files.Add(file);
            else WarnUnread(file, PlaceFor(file.Path, folder));
        }
    }

    // What to do with a file that lies among the texts but isn't one.
    private static string PlaceFor(string path, string folder)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (PictureFolder.IsServed(path)) return $"move it to {PictureFolder.Folder}/{Path.GetFileName(path)}";
        if (Path.GetExtension(path).ToLowerInvariant() is ".md" or ".markdown" || ContentDocument.KindOf($"{folder}/{name}") is not null)
            return $"rename it to {folder}/{(name.EndsWith(".md", StringComparison.Ordinal) ? name : name + ".md")}";
        return Path.GetExtension(path).ToLowerInvariant() is ".doc" or ".docx" or ".odt" or ".rtf" or ".pages" or ".pdf" or ".html" or ".htm"
            ? $"open it, copy its words, and paste them as plain text into a new file, {folder}/{name}.md"
            : $"texts are named {folder}/{name}.md";
    }

    /// <summary>Reports misspelled folders, and folders in the place of files or the other way around.</summary>
    private void CheckFolders()
    {
        foreach (var (path, isFolder) in Entries("", AllWithin))
        {
            if (isFolder && FolderWalk.LeadsBack(Path.Combine(_root, path))) WarnLeadsBack(path);
            else if (!isFolder && Array.IndexOf(Folders, path) >= 0)
                Warn(path, "this is a file, not a folder", "rename it, and create a folder with this name");
            else if (isFolder && (IsList(path) || IsReadType(path))) WarnInPlaceOfFile(path);
            else if (isFolder && Array.IndexOf(Folders, path) < 0)
            {
                if (NearestName.To(path, Folders) is { } known) Warn(path, "the site doesn't read this folder", $"rename it to {known}");
                else if (Entries(path, AllWithin).Exists(entry => !entry.IsFolder && entry.Path.EndsWith(".md", StringComparison.OrdinalIgnoreCase)))
                    Warn(path, "the site doesn't read this folder", $"move its texts to {string.Join(", ", TextFolders)}");
            }
        }

        foreach (var (path, _) in Folders.SelectMany(folder => Entries(folder, FoldersBelow)))
            if (IsReadType(path)) WarnInPlaceOfFile(path);

        void WarnInPlaceOfFile(string path) => Warn(path, "this is a folder, not a file", "move its files elsewhere and remove it, or rename it");
        void Warn(string path, string found, string wanted) =>
            _problems.Add(new Diagnostic(path, 0, "folder", found, wanted, DiagnosticSeverity.Warning));
    }

    private static bool IsReadType(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".md" or ".markdown" or ".yml" or ".yaml" || PictureFolder.IsServed(path);

    private static IEnumerable<FileSystemInfo> AllWithin(DirectoryInfo folder) => folder.EnumerateFileSystemInfos("*", Shallow);

    private static IEnumerable<FileSystemInfo> FoldersBelow(DirectoryInfo folder) =>
        FolderWalk.Folders(folder.FullName, Depth).Select(path => new DirectoryInfo(path));

    private List<(string Path, bool IsFolder)> Entries(string folder, Func<DirectoryInfo, IEnumerable<FileSystemInfo>> list)
    {
        var start = new DirectoryInfo(Path.Combine(_root, folder));
        if (!start.Exists) return [];
        try
        {
            return [.. list(start)
                .Select(info => (Path: Path.GetRelativePath(_root, info.FullName).Replace('\\', '/'), info is DirectoryInfo))
                .Where(entry => !entry.Path.Split('/').Any(ContentFolder.IsPassing)).OrderBy(entry => entry.Path, StringComparer.Ordinal)];
        }
        catch (Exception changing) when (changing is IOException or UnauthorizedAccessException)
        {
            return []; // reported with the folder's files
        }
    }

    private void WarnUnread(FolderFile file, string wanted) =>
        _problems.Add(new Diagnostic(file.Path, 0, "file", "the site doesn't read this file", wanted, DiagnosticSeverity.Warning));

    private static string? SimilarList(string name) =>
        Array.Find(Lists, list => Path.GetFileNameWithoutExtension(list) == Path.GetFileNameWithoutExtension(name).ToLowerInvariant())
        ?? NearestName.To(name, Lists);

    private List<FolderFile> FilesBelow(string folder) => FolderWalk.LeadsBack(Path.Combine(_root, folder)) ? []
        : Files(folder, start => FolderWalk.Files(start, Depth, link => WarnLeadsBack(PathOf(link))));

    private string PathOf(string full) => full[_root.Length..].Replace('\\', '/').TrimStart('/');

    private void WarnLeadsBack(string path) => _problems.Add(new Diagnostic(
        path, 0, "folder", "this link leads back to a folder that it is in", "remove the link", DiagnosticSeverity.Warning));

    private List<FolderFile> Files(string folder, Func<string, IEnumerable<string>> list)
    {
        var found = new List<FolderFile>();
        var start = Path.Combine(_root, folder);
        if (!Directory.Exists(start)) return found;
        try
        {
            foreach (var file in list(start))
            {
                var path = PathOf(file);
                if (path.Split('/').Any(ContentFolder.IsPassing)) continue;
                if (RegularFile.StampOf(file) is { } stamp) found.Add(new FolderFile(path, file, stamp));
                else ReportIrregular(path, new FileInfo(file));
            }
        }
        catch (Exception changing) when (changing is IOException or UnauthorizedAccessException)
        {
            _problems.Add(new Diagnostic(folder, 0, "folder", "the folder can't be listed", "give the site permission to read it"));
        }

        found.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return found;
    }

    /// <summary>Reports a pipe, a broken link, or a file that can't be read, unless it was just deleted.</summary>
    private void ReportIrregular(string path, FileInfo info)
    {
        try
        {
            var target = info.LinkTarget is null ? info : info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
            if (target.Exists) Report("this is not a regular file", "remove it; the site reads only regular files and links to them");
            else if (info.LinkTarget is { } nowhere)
                Report($"this link leads to {Diagnostics.Quote(nowhere)}, where there is no file", "remove the link, or link to a file that exists");
        }
        catch (FileNotFoundException)
        {
            // deleted since it was listed; the watcher reads again
        }
        catch (IOException)
        {
            Report("this link leads back to itself", "remove the link, or link to a file that exists");
        }
        catch (UnauthorizedAccessException)
        {
            Report("the file can't be read", "give the site permission to read it");
        }

        void Report(string found, string wanted)
        {
            var isRead = IsList(path) || ContentDocument.KindOf(path) is not null || path.StartsWith(PictureFolder.Folder + "/", StringComparison.Ordinal);
            _problems.Add(new Diagnostic(path, 0, "file", found, wanted, isRead ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning));
        }
    }
}
