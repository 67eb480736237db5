using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Ketamine.Content.Claims;
using Ketamine.Content.Editing;
using Ketamine.Content.Images;
using Ketamine.Content.Reading;

namespace Ketamine.Content;

/// <summary>
/// Reads a clinic's folder into <see cref="SiteContent"/>. An instance remembers what it has parsed, so that after a change it
/// parses only the changed files. Thread-safe; reads run one at a time.
/// </summary>
public sealed class ContentFolder
{
    private static readonly string[] Lists =
    [
        "clinic.yml", "people.yml", "bibliography.yml", "claims.yml", "faqs.yml", "reviews.yml", "redirects.yml",
        SearchFile.File, SafetyFacts.File, ImageNotes.File, Acknowledgement.List,
    ];
    private static readonly string[] Folders = ["pages", "services", "articles"];

    /// <summary>The lists that a folder may have in addition to texts and pictures.</summary>
    public static IReadOnlyList<string> Known => Lists;

    private readonly Lock _turn = new();
    private readonly PictureFolder _pictures = new();
    private readonly ConcurrentDictionary<string, (string Hash, ContentDocument Text)> _texts = new(StringComparer.Ordinal);
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

    /// <summary>A cache folder for sentences that make no claim, so that the next process examines only new ones; null for no cache.</summary>
    public string? Cache { get; init; }

    /// <summary>The folder's <see cref="Stamp"/> just before the last read; empty before the first.</summary>
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
            var stamp = Directory.Exists(Path) ? Stamp() : "";
            var reading = ReadAll(null, cancellation);
            ReadAt = stamp;
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
    public string Stamp()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var folder = Path;
        hash.AppendData(Encoding.UTF8.GetBytes($"{folder}\n"));
        foreach (var file in List(folder, [])) hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.Stamp.Length}\0{file.Stamp.ModifiedTicks}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Temporary files of editors and systems, which are never content.</summary>
    public static bool IsPassing(string name) =>
        name.StartsWith('.') || name.StartsWith('#') || name.StartsWith("~$", StringComparison.Ordinal) || name.EndsWith('~') || name == "4913"
        || name is "Thumbs.db" or "desktop.ini"
        || System.IO.Path.GetExtension(name) is ".swp" or ".swx" or ".tmp" or ".temp" or ".bak" or ".orig" or ".part" or ".crdownload";

    // A file of the folder itself that the site reads.
    private static bool IsRead(string path) => path == RiskFile.File || Array.IndexOf(Lists, path) >= 0;

    private ContentReading ReadAll((string File, byte[] Bytes)? extra, CancellationToken cancellation)
    {
        var problems = new List<Diagnostic>();
        var folder = Path; // the same for the whole read
        if (!Directory.Exists(folder))
            return new ContentReading(
                null,
                [new Diagnostic(".", 0, "folder", $"there is no folder at {folder}", "Ketamine.Web new FOLDER makes one; Content:Path names the one to serve")]
            );

        var files = List(folder, problems);
        var sources = new ConcurrentDictionary<string, (byte[] Bytes, string Hash)>(StringComparer.Ordinal);
        var failed = new ConcurrentBag<Diagnostic>();
        ReadClaims(files, failed);
        ReadSafety(files, failed);
        problems.AddRange(_claims.Problems.Concat(_safety.Problems));
        var clinic = Source(files, "clinic.yml");
        var parties = ReviewParties.Read(clinic, Source(files, "people.yml"));
        var facts = ClinicFacts.Read(clinic);
        var pictures = Described(files, problems);
        var scope = new ReadContext(pictures, _safety.Facts, facts)
        {
            Broken = [.. problems.Where(problem => problem.File.StartsWith("images/", StringComparison.Ordinal)).Select(problem => "/" + problem.File)],
        };
        var parallel = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(files.Where(file => IsRead(file.Path) || ContentDocument.KindOf(file.Path) is not null), parallel, file =>
        {
            if (ReadBytes(file, failed) is not { } bytes) return;
            var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
            var kind = ContentDocument.KindOf(file.Path);
            // A text also depends on the wording rules, the source of its safety lines, the people and clinic that reviews are bound to, and the values that it
            // inserts from clinic.yml.
            var key = hash + _claims.Hash + _safety.Hash + parties.Hash + facts.Hash;
            if (kind is not null && !(_texts.TryGetValue(file.Path, out var known) && known.Hash == key))
                _texts[file.Path] = (key, ContentDocument.Read(kind.Value, file.Path, bytes, _claims.Check, _safety.Facts, parties, facts));
            sources[file.Path] = (kind is null ? bytes : [], hash);
        });
        _claims.Check?.Forget();
        foreach (var gone in _texts.Keys.Where(path => !sources.ContainsKey(path)).ToList()) _texts.TryRemove(gone, out _);
        problems.AddRange(failed);

        if (!sources.ContainsKey("clinic.yml") && failed.IsEmpty)
            problems.Add(
                new Diagnostic(
                    "clinic.yml",
                    0,
                    "file",
                    "this file is missing",
                    files.Count == 0
                        ? "create a working folder with Ketamine.Web new FOLDER"
                        : "name: Cedar & Sage (and lines for url: and timeZone:)"
                )
            );

        var texts = _texts.Values.Select(entry => entry.Text).OrderBy(text => text.File, StringComparer.Ordinal).ToImmutableArray();
        if (extra is { } more) texts = texts.Add(ContentDocument.Read(ContentKind.Page, more.File, more.Bytes, _claims.Check, _safety.Facts, parties, facts));
        problems.AddRange(texts.SelectMany(text => text.Problems));
        var claims = texts.Where(text => text.Kind == ContentKind.Page).SelectMany(text => text.Claims).ToList();
        var fixes = texts.SelectMany(text => text.Fixes).ToList();
        var content = Join(sources, texts, scope, problems, claims, fixes, out var acknowledged);
        var asking = claims.Where(claim => claim.Finding.Verdict == ClaimVerdict.Review).ToImmutableArray();
        if (_claims.Check is not null) problems.AddRange(Acknowledgement.Warnings(acknowledged, asking, content.People));
        var sorted = problems.Distinct().OrderBy(problem => problem.File, StringComparer.Ordinal).ThenBy(problem => problem.Line).ToImmutableArray();
        return new ContentReading(sorted.Any(problem => problem.Severity == DiagnosticSeverity.Error) ? null : content, sorted)
        {
            Texts = texts,
            Partial = content,
            Fixes = [.. fixes.Concat(sorted.Select(problem => problem.Fix).OfType<ContentFix>()).Distinct()],
            People = content.People,
            Zone = content.Clinic.TimeZone,
            Locale = content.Clinic.Locale,
            Asking = asking,
            Acknowledged = acknowledged,
            Parties = parties,
            OtherLinks =
            [
                .. content.Clinic.Navigation.Select(link => link.Href),
                .. scope.Pieces.Where(piece => piece.File != RiskFile.File).SelectMany(piece => piece.Analysis.Links).Select(link => link.Url),
            ],
        };
    }

    // Before anything that shows a picture.
    private FrozenDictionary<string, ContentFile> Described(List<FolderFile> files, List<Diagnostic> problems)
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
        if (files.Find(file => file.Path == "claims.yml") is not { } file || ReadBytes(file, failed) is not { } bytes)
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
        files.Find(file => file.Path == path) is { } file && ReadBytes(file, []) is { } bytes ? SourceText.Decode(bytes, new Diagnostics(path)) : null;

    private void ReadSafety(List<FolderFile> files, ConcurrentBag<Diagnostic> failed)
    {
        if (files.Find(file => file.Path == SafetyFacts.File) is not { } file || ReadBytes(file, failed) is not { } bytes)
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

    private SiteContent Join(
        ConcurrentDictionary<string, (byte[] Bytes, string Hash)> sources,
        ImmutableArray<ContentDocument> all,
        ReadContext scope,
        List<Diagnostic> problems,
        List<ClaimDiagnostic> marked,
        List<ContentFix> fixes,
        out ImmutableArray<Acknowledgement> acknowledged
    )
    {
        var texts = all.RemoveAll(text => text.Body is null);
        var unread = all.Where(text => text.Body is null).Select(text => text.File).ToHashSet(StringComparer.Ordinal);
        scope.Setting = scope.Setting with { Texts = NamesOf(texts) };
        ImmutableArray<NamedReference> navigation = [];
        var cited = new List<CitedSentence>();
        var bibliography = List("bibliography.yml", ListFiles.Bibliography);
        scope.Setting = scope.Setting with
        {
            Bibliography = bibliography.DistinctBy(entry => entry.Key).ToFrozenDictionary(entry => entry.Key, StringComparer.Ordinal),
        };
        var clinic = List("clinic.yml", (root, notes) => ClinicFile.Read(MapReader.Root(root, notes), notes, scope, out navigation));
        var people = List("people.yml", (root, notes) => ListFiles.People(root, notes, scope));
        if (scope.MedicalDirector is { } director)
        {
            if (people.TryGetValue(director.Name, out var person)) clinic = clinic with { Practice = clinic.Practice with { MedicalDirector = person } };
            else if (!unread.Contains("people.yml"))
                problems.Add(
                    new Diagnostic(
                        "clinic.yml",
                        director.Line,
                        "medicalDirector",
                        $"people.yml has no person {Diagnostics.Quote(director.Name)}",
                        $"medicalDirector: {NearestName.To(director.Name, people.Keys) ?? "ann-lee, with an entry under that key in people.yml"}"
                    )
                );
        }

        var faqs = List("faqs.yml", (root, notes) => ListFiles.Faqs(root, notes, scope));
        var reviews = List("reviews.yml", ListFiles.Reviews);
        var redirects = List("redirects.yml", ListFiles.Redirects);
        var searchWords = List(SearchFile.File, SearchFile.Read);
        acknowledged = List(Acknowledgement.List, Acknowledgement.Read);
        // Read before the texts; here the wording of lists and drawings is checked.
        List(SafetyFacts.File, (_, _) => 0);
        List(ImageNotes.File, (_, _) => 0);
        if (_claims.Check is { } wording) problems.AddRange(scope.Files.Values.SelectMany(wording.Examine).Select(claim => claim.Told(asWarning: false)));
        problems.AddRange(SafetyCheck.Problems(texts, scope.Safety));
        var fit = new CitationFit(bibliography);
        var drafts = texts.Where(text => text.Draft).Select(text => text.File).ToHashSet(StringComparer.Ordinal);
        problems.AddRange(
            texts.SelectMany(text => text.Cited).Concat(cited).Select(sentence => sentence.Check(fit, drafts.Contains(sentence.File))).OfType<Diagnostic>()
        );

        var risk = Risk();
        var linker = new Linker(
            texts,
            scope,
            clinic,
            faqs,
            people.Values,
            hasReviews: !reviews.IsEmpty,
            hasBibliography: !bibliography.IsEmpty,
            _clock.GetUtcNow(),
            problems
        )
        {
            Unread = unread,
            UnreadPaths = [.. unread.Where(file => ContentDocument.KindOf(file) is not null).Select(ContentDocument.PathOf)],
        };
        var moved = linker.Redirects(redirects, clinic.Url);
        linker.CheckLinks();
        linker.CheckNavigation(navigation);
        fixes.AddRange(linker.Fixes);
        return new SiteContent
        {
            Clinic = clinic.Navigation.IsEmpty ? clinic with { Navigation = linker.DefaultNavigation(scope.Setting.Words) } : clinic,
            People = people,
            Pages = [.. Of(ContentKind.Page).Select(linker.Page).OrderBy(page => page.Order).ThenBy(page => page.Title, StringComparer.InvariantCulture)],
            Services =
            [
                .. Of(ContentKind.Service)
                    .Select(text => linker.Service(text, people))
                    .OrderBy(service => service.Order)
                    .ThenBy(service => service.Title, StringComparer.InvariantCulture),
            ],
            Articles =
            [
                .. Of(ContentKind.Article)
                    .Select(text => linker.Article(text, people))
                    .OrderByDescending(article => article.Published)
                    .ThenBy(article => article.Slug),
            ],
            Faqs = faqs,
            Reviews = reviews,
            Bibliography = bibliography,
            Redirects = moved,
            SearchWords = searchWords,
            RiskSteps = risk,
            DatedFacts = DatedFacts(),
            Files = scope.Files,
            Version = Version(),
        };

        // Visitors never see a draft, so it can't go out of date.
        ImmutableArray<DatedFact> DatedFacts() =>
        [
            .. texts.Where(text => !text.Draft).SelectMany(text => text.DatedFacts)
                .Concat(scope.Pieces.SelectMany(piece => piece.DatedSentences)).Concat(scope.DatedFacts).Concat(scope.Safety?.DatedFacts ?? [])
                .Concat(_claims.Check?.Rules.Added.Where(rule => rule.ValidUntil is not null)
                    .Select(rule => new DatedFact("claims.yml", rule.Line, $"the rule {rule.Id}", rule.ValidUntil!.Value)) ?? [])
                .Distinct().OrderBy(fact => fact.File, StringComparer.Ordinal).ThenBy(fact => fact.Line),
        ];

        Prose? Risk()
        {
            if (!sources.TryGetValue(RiskFile.File, out var found)) return null;
            var notes = new Diagnostics(RiskFile.File);
            var steps = RiskFile.Read(found.Bytes, notes, scope);
            problems.AddRange(notes.Problems);
            return steps;
        }

        static FrozenDictionary<string, string> NamesOf(ImmutableArray<ContentDocument> texts) =>
            texts
                .SelectMany(text => new[] { text.File, System.IO.Path.GetFileName(text.File), $"{text.Slug}.md" }.Distinct(), (text, name) => (name, text.Path))
                .GroupBy(entry => entry.name, StringComparer.Ordinal)
                .Where(group => group.Select(entry => entry.Path).Distinct().Count() == 1)
                .ToFrozenDictionary(group => group.Key, group => group.First().Path, StringComparer.Ordinal);

        IEnumerable<ContentDocument> Of(ContentKind kind) => texts.Where(text => text.Kind == kind);

        // An absent or unreadable file counts as empty. Only clinic.yml has required keys, and those aren't reported a second time.
        T List<T>(string path, Func<YamlValue?, Diagnostics, T> read)
        {
            var notes = new Diagnostics(path);
            var source = sources.TryGetValue(path, out var found) ? SourceText.Decode(found.Bytes, notes) : null;
            var root = source is null ? null : Yaml.Read(source, notes);
            if (source is null || (root is null && notes.Failed))
            {
                if (sources.ContainsKey(path)) unread.Add(path);
                problems.AddRange(notes.Problems);
                return read(null, new Diagnostics(path));
            }

            // After a YAML syntax error, the file's contents are only guesswork.
            if (notes.Failed) unread.Add(path);
            var result = read(root, notes);
            problems.AddRange(notes.Problems);
            fixes.AddRange(notes.Fixes);
            if (root is not YamlMap and not YamlList and not null) unread.Add(path);
            if (Acknowledgement.Lists.Contains(path)) cited.AddRange(ClaimsCheck.Cited(path, root));
            if (Acknowledgement.Lists.Contains(path) && _claims.Check is { } claims)
            {
                var inList = claims.Examine(path, root).ToList();
                problems.AddRange(inList.Where(claim => claim.Finding.Verdict != ClaimVerdict.Review).Select(claim => claim.Told(asWarning: false)));
                marked.AddRange(inList);
            }

            return result;
        }

        string Version()
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var (path, source) in sources.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{source.Hash}\n"));
            foreach (var file in scope.Files.Values.OrderBy(file => file.Path, StringComparer.Ordinal))
                hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.Hash}\n"));
            return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
        }
    }

    private static byte[]? ReadBytes(FolderFile file, ConcurrentBag<Diagnostic> failed)
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

    /// <summary>The folder's files, by path. Files that the site never reads are reported as warnings.</summary>
    private static List<FolderFile> List(string root, List<Diagnostic> problems)
    {
        var files = new List<FolderFile>();
        var shallow = new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };
        var deep = new EnumerationOptions
        {
            AttributesToSkip = FileAttributes.None,
            IgnoreInaccessible = true,
            RecurseSubdirectories = true,
            MaxRecursionDepth = 6,
        };
        foreach (var file in Enumerate("", shallow))
        {
            if (IsRead(file.Path)) files.Add(file);
            else if (file.Path.ToLowerInvariant() is "risk.md" or "risks.md" or "risk.markdown" or "risk.txt") Unread(file, $"rename it to {RiskFile.File}");
            else if (System.IO.Path.GetExtension(file.Path) is ".yml" or ".yaml")
                Unread(file, Renamed(file.Path) is { } known ? $"rename it to {known}" : $"the lists are {string.Join(", ", Lists)}");
        }

        foreach (var folder in Folders)
        {
            foreach (var file in Enumerate(folder, deep))
            {
                if (ContentDocument.KindOf(file.Path) is not null) files.Add(file);
                else
                {
                    var (name, extension) = (System.IO.Path.GetFileNameWithoutExtension(file.Path), System.IO.Path.GetExtension(file.Path));
                    var isMarkdown = extension.ToLowerInvariant() is ".md" or ".markdown";
                    Unread(file, $"{(isMarkdown ? "rename it to" : "texts are named")} {folder}/{name}.md");
                }
            }
        }

        files.AddRange(Enumerate(PictureFolder.Folder, deep));
        return files;

        void Unread(FolderFile file, string wanted) =>
            problems.Add(new Diagnostic(file.Path, 0, "file", "the site doesn't read this file", wanted, DiagnosticSeverity.Warning));

        static string? Renamed(string name) =>
            Array.Find(Lists, list => System.IO.Path.GetFileNameWithoutExtension(list) == System.IO.Path.GetFileNameWithoutExtension(name).ToLowerInvariant())
            ?? NearestName.To(name, Lists);


        IEnumerable<FolderFile> Enumerate(string folder, EnumerationOptions options)
        {
            var start = new DirectoryInfo(System.IO.Path.Combine(root, folder));
            if (!start.Exists) return [];
            var found = new List<FolderFile>();
            try
            {
                foreach (var info in start.EnumerateFiles("*", options))
                {
                    var path = System.IO.Path.GetRelativePath(root, info.FullName).Replace('\\', '/');
                    if (path.Split('/').Any(IsPassing)) continue;
                    // A link's length and time say nothing about its target.
                    var target = info.LinkTarget is null ? info : info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
                    if (target.Exists) found.Add(new FolderFile(path, info.FullName, new FileStamp(target.Length, target.LastWriteTimeUtc.Ticks)));
                }
            }
            catch (Exception changing) when (changing is IOException or UnauthorizedAccessException)
            {
                problems.Add(new Diagnostic(folder, 0, "folder", "the folder can't be listed", "give the site permission to read it"));
            }

            found.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
            return found;
        }
    }
}
