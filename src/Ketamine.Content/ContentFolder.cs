using System.Collections.Concurrent;
using Ketamine.Content.Claims;
using Ketamine.Content.Images;
using Ketamine.Content.Reading;

namespace Ketamine.Content;

/// <summary>
/// Reads a clinic's folder into <see cref="SiteContent"/>. An instance remembers what it has parsed, so after a change it
/// parses only the changed files. Thread-safe; reads run one at a time.
/// </summary>
public sealed class ContentFolder
{
    /// <summary>The lists that a folder may have in addition to texts and pictures.</summary>
    public static IReadOnlyList<string> Known => FolderListing.Lists;

    // Longer than the steps of any file system's clock (FAT: 2 s).
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    private readonly Lock _turn = new();
    private readonly PictureFolder _pictures = new();
    private readonly ConcurrentDictionary<string, KnownText> _texts = new(StringComparer.Ordinal);
    private readonly CitationChecks _citations = new();
    private (string Hash, ClaimsCheck? Check, List<Diagnostic> Problems) _claims = ("", null, []);
    private (string Hash, SafetyFacts? Facts, List<Diagnostic> Problems) _safety = ("", null, []);

    private readonly TimeProvider _clock;
    private readonly Func<string> _path;

    /// <param name="path">Absolute, or relative to the current folder.</param>
    /// <param name="clock">Distinguishes links to scheduled texts from links to published ones; the machine's clock if null.</param>
    public ContentFolder(string path, TimeProvider? clock = null)
        : this(() => path, clock)
    {
    }

    /// <summary>Reads the published version of a folder, or the folder itself if nothing has been published.</summary>
    public ContentFolder(LiveCopies copies, TimeProvider clock)
        : this(() => copies.Served, clock)
    {
    }

    private ContentFolder(Func<string> path, TimeProvider? clock) =>
        (_path, _clock) = (() => System.IO.Path.GetFullPath(path()), clock ?? TimeProvider.System);

    /// <summary>A cache folder for sentences that make no claim, so the next process examines only new ones; null for no cache.</summary>
    public string? Cache { get; init; }

    /// <summary>The <see cref="ContentReading.Stamp"/> of the last read; empty before the first.</summary>
    public string ReadAt { get; private set; } = "";

    /// <summary>The absolute path; changes with each publication.</summary>
    public string Path => _path();

    /// <summary>Reads a folder once.</summary>
    public static ContentReading Read(string path, CancellationToken cancellation = default) => new ContentFolder(path).Read(cancellation);

    /// <summary>Reads the folder in its current state. Problems are part of the result and never thrown.</summary>
    /// <exception cref="OperationCanceledException">The read was canceled.</exception>
    public ContentReading Read(CancellationToken cancellation = default)
    {
        lock (_turn)
        {
            var reading = ReadAll(null, cancellation);
            ReadAt = reading.Stamp;
            return reading;
        }
    }

    /// <summary>
    /// Reads the folder as if it had one more page, which is elsewhere and isn't served. Its links, pictures, sources, and wording are checked like any.
    /// </summary>
    /// <param name="file">Its name in messages; without .md, it must be a slug that no page has.</param>
    public ContentReading ReadWith(string file, byte[] bytes, CancellationToken cancellation = default)
    {
        lock (_turn) return ReadAll((file, bytes), cancellation);
    }

    /// <summary>A hash of the names, sizes, and times of the folder's files: cheap, and different after any change.</summary>
    public string Stamp() => FolderListing.Of(Path, []).Stamp;

    /// <summary>Temporary files of editors and systems, which are never content.</summary>
    public static bool IsPassing(string name) =>
        name.StartsWith('.') || name.StartsWith('#') || name.StartsWith("~$", StringComparison.Ordinal) || name.EndsWith('~') || name == "4913"
        || name is "Thumbs.db" or "desktop.ini"
        || System.IO.Path.GetExtension(name) is ".swp" or ".swx" or ".tmp" or ".temp" or ".bak" or ".orig" or ".part" or ".crdownload";

    private ContentReading ReadAll((string File, byte[] Bytes)? extra, CancellationToken cancellation)
    {
        var folder = Path; // the same for the whole read
        var problems = new List<Diagnostic>();
        var (files, stamp) = FolderListing.Of(folder, problems);
        if (!Directory.Exists(folder))
            return new ContentReading(
                null,
                [
                    File.Exists(folder)
                        ? new Diagnostic(".", 0, "folder", $"{folder} is a file, not a clinic's folder", "the folder that the file is in")
                        : new Diagnostic(
                            ".", 0, "folder", $"there is no folder at {folder}", "Ketamine.Web new FOLDER makes one; Content:Path names the one to serve"),
                ]
            ) { Stamp = stamp };

        var failed = new ConcurrentBag<Diagnostic>();
        ReadClaims(files, failed);
        ReadSafety(files, failed);
        problems.AddRange(_claims.Problems.Concat(_safety.Problems));
        var clinic = Source(files, "clinic.yml");
        var context = new DocumentContext(
            _claims.Check, _safety.Facts, ReviewParties.Read(clinic, Source(files, "people.yml")), ClinicFacts.Read(clinic));
        var pictures = ReadPictures(files, problems);
        var scope = new ReadContext(pictures, _safety.Facts, context.Clinic)
        {
            Broken = [.. problems.Where(problem => problem.File.StartsWith("images/", StringComparison.Ordinal)).Select(problem => "/" + problem.File)],
        };
        var sources = ReadSources(files, context, failed, cancellation);
        problems.AddRange(failed);
        var isReported = problems.Exists(problem => problem is { File: "clinic.yml" or "", Severity: DiagnosticSeverity.Error });
        if (!sources.ContainsKey("clinic.yml") && !isReported) problems.Add(MissingClinic(emptyFolder: files.Count == 0));

        var texts = _texts.Values.Select(entry => entry.Text).OrderBy(text => text.File, StringComparer.Ordinal).ToImmutableArray();
        if (extra is { } more) texts = texts.Add(ContentDocument.Read(ContentKind.Page, more.File, more.Bytes, context));
        return Join(sources, texts, scope, context, problems) with { Stamp = stamp };
    }

    private static Diagnostic MissingClinic(bool emptyFolder) =>
        new(
            "clinic.yml",
            0,
            "file",
            "this file is missing",
            emptyFolder ? "create a working folder with Ketamine.Web new FOLDER" : "name: Cedar & Sage (and lines for url: and timeZone:)");

    /// <summary>Reads the lists, and parses the texts that have changed since the last read.</summary>
    private ConcurrentDictionary<string, SourceFile> ReadSources(
        List<FolderFile> files, DocumentContext context, ConcurrentBag<Diagnostic> failed, CancellationToken cancellation)
    {
        var sources = new ConcurrentDictionary<string, SourceFile>(StringComparer.Ordinal);
        var contextHash = _claims.Hash + _safety.Hash + context.Parties.Hash + context.Clinic.Hash;
        var parallel = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        var changed = new List<FolderFile>();
        foreach (var file in files)
        {
            if (ContentDocument.KindOf(file.Path) is null && !FolderListing.IsList(file.Path)) continue;
            if (_texts.TryGetValue(file.Path, out var known) && known.Stamp == file.Stamp && known.Context == contextHash) sources[file.Path] = known.Source;
            else changed.Add(file);
        }

        var recent = (TimeProvider.System.GetUtcNow() - Settled).UtcTicks; // files have the machine's time
        Parallel.ForEach(changed, parallel, file =>
        {
            if (FolderListing.ReadBytes(file, failed) is not { } bytes) return;
            var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
            if (ContentDocument.KindOf(file.Path) is not { } kind)
            {
                sources[file.Path] = new SourceFile(bytes, hash);
                return;
            }

            var isSame = _texts.TryGetValue(file.Path, out var known) && known.Source.Hash == hash && known.Context == contextHash;
            var text = isSame ? known!.Text : ContentDocument.Read(kind, file.Path, bytes, context);
            // A file that has just changed may change again within the same moment of its file system's clock.
            _texts[file.Path] = new KnownText(file.Stamp.ChangedTicks < recent ? file.Stamp : null, contextHash, new SourceFile([], hash), text);
            sources[file.Path] = _texts[file.Path].Source;
        });
        _claims.Check?.Forget();
        foreach (var gone in _texts.Keys.Where(path => !sources.ContainsKey(path)).ToList()) _texts.TryRemove(gone, out _);
        return sources;
    }

    /// <param name="Stamp">The file's, if it is safe to tell from it that the file hasn't changed; otherwise null.</param>
    /// <param name="Context">What else the text was checked against.</param>
    private sealed record KnownText(FileStamp? Stamp, string Context, SourceFile Source, ContentDocument Text);

    private ContentReading Join(
        ConcurrentDictionary<string, SourceFile> sources,
        ImmutableArray<ContentDocument> texts,
        ReadContext scope,
        DocumentContext context,
        List<Diagnostic> problems)
    {
        problems.AddRange(texts.SelectMany(text => text.Problems));
        var site = new SiteAssembly(sources, texts, scope, context.Claims, _citations, _clock.GetUtcNow(), problems);
        var content = site.Build();
        var forReviewer = texts
            .Where(text => text.Kind == ContentKind.Page)
            .SelectMany(text => text.Claims)
            .Concat(site.ClaimsInLists)
            .Where(claim => claim.Finding.Verdict == ClaimVerdict.Review)
            .ToImmutableArray();
        if (context.Claims is not null) problems.AddRange(Acknowledgement.Warnings(site.Acknowledged, forReviewer, content.People));
        for (var i = 0; i < problems.Count; i++)
            if (scope.ShownBroken.Contains(problems[i].File)) problems[i] = problems[i] with { Severity = DiagnosticSeverity.Error };
        var sorted = problems.Distinct().OrderBy(problem => problem.File, StringComparer.Ordinal).ThenBy(problem => problem.Line).ToImmutableArray();
        var fixes = texts.SelectMany(text => text.Fixes).Concat(site.Fixes).Concat(sorted.Select(problem => problem.Fix).OfType<ContentFix>());
        return new ContentReading(sorted.Any(problem => problem.Severity == DiagnosticSeverity.Error) ? null : content, sorted)
        {
            Texts = texts,
            Partial = content,
            Fixes = [.. fixes.Distinct()],
            People = content.People,
            Zone = content.Clinic.TimeZone,
            Locale = content.Clinic.Locale,
            ForReviewer = forReviewer,
            Acknowledged = site.Acknowledged,
            Parties = context.Parties,
            OtherLinks =
            [
                .. content.Clinic.Navigation.Select(link => link.Href),
                .. scope.Pieces.Where(piece => piece.File != RiskFile.File).SelectMany(piece => piece.Analysis.Links).Select(link => link.Url),
            ],
        };
    }

    // Must come before anything that shows a picture.
    private FrozenDictionary<string, ContentFile> ReadPictures(List<FolderFile> files, List<Diagnostic> problems)
    {
        var pictures = _pictures.Read(files, problems);
        if (Source(files, ImageNotes.File) is not { } source) return pictures;
        var notes = new Diagnostics(ImageNotes.File);
        var described = ImageNotes.Read(Yaml.Read(source, notes), notes, pictures);
        problems.AddRange(notes.Problems);
        return described;
    }

    private void ReadClaims(List<FolderFile> files, ConcurrentBag<Diagnostic> failed)
    {
        if (files.Find(file => file.Path == "claims.yml") is not { } file || FolderListing.ReadBytes(file, failed) is not { } bytes)
        {
            if (_claims.Hash.Length > 0 || _claims.Check is null) _claims = ("", ClaimsCheck.OfTheSite(Clean("")), []);
            return;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (_claims.Hash == hash) return;
        var notes = new Diagnostics(file.Path);
        var check = SourceText.Decode(bytes, notes) is { } source ? ClaimsCheck.Read(source, notes, Clean(hash)) : null;
        _claims = (hash, check, notes.Problems);
    }

    private CleanSentences? Clean(string rules) => Cache is null ? null : new CleanSentences(Cache, rules);

    // An unreadable file is reported by the full read.
    private static string? Source(List<FolderFile> files, string path) =>
        files.Find(file => file.Path == path) is { } file && FolderListing.ReadBytes(file, []) is { } bytes
            ? SourceText.Decode(bytes, new Diagnostics(path))
            : null;

    private void ReadSafety(List<FolderFile> files, ConcurrentBag<Diagnostic> failed)
    {
        if (files.Find(file => file.Path == SafetyFacts.File) is not { } file || FolderListing.ReadBytes(file, failed) is not { } bytes)
        {
            _safety = ("", null, []);
            return;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (_safety.Hash == hash) return;
        var notes = new Diagnostics(file.Path);
        var root = SourceText.Decode(bytes, notes) is { } source ? Yaml.Read(source, notes) : null;
        _safety = (hash, notes.Failed ? null : SafetyFacts.Read(root, notes), notes.Problems);
    }
}
