using Ketamine.Content.Editing;
using Ketamine.Content.Reading;

namespace Ketamine.Content.Publishing;

/// <summary>
/// Publishes a content folder: shows what would change for readers, records who published it and why, and makes all of it live at once. The history is
/// kept in git, or in dated copies if there is no git. An editor's unpublished changes are never overwritten.
/// </summary>
/// <param name="copies">The published copies of the folder.</param>
/// <param name="git">Whether to use git if it is installed.</param>
public sealed class Publisher(LiveCopies copies, TimeProvider clock, bool git = true)
{
    /// <summary>How many copies to keep if git has the history: pages that are still open may request their files.</summary>
    private const int KeptBesideGit = 5;

    private const int MostVersions = 200;

    /// <summary>The name of this machine's user: from git, or else from the operating system.</summary>
    public static async Task<string> UserAsync(string folder, CancellationToken cancellation) =>
        Directory.Exists(folder) && await GitHistory.UserAsync(folder, cancellation) is { Length: > 0 } name ? name : Environment.UserName;

    /// <summary>What publishing now would change. Changes nothing.</summary>
    /// <param name="who">The editor. Their own earlier changes aren't conflicts.</param>
    /// <param name="keep">See <see cref="PublishOrder.Keep"/>.</param>
    /// <exception cref="IOException">git failed, or the folder can't be read. The message is written for the editor.</exception>
    public async Task<PendingChanges> FindChangesAsync(string who, CancellationToken cancellation, IReadOnlyCollection<string>? keep = null)
    {
        using var work = await PrepareAsync(new PublishOrder(who, "", Keep: keep ?? []), from: null, cancellation);
        return work.Changes;
    }

    /// <summary>Publishes the folder.</summary>
    /// <exception cref="IOException">As in <see cref="FindChangesAsync"/>; nothing was published.</exception>
    public Task<PublishResult> PublishAsync(PublishOrder order, CancellationToken cancellation) => RunAsync(order, from: null, cancellation);

    /// <summary>Publishes an earlier version again.</summary>
    /// <param name="version">The beginning of its id; null for the one before the live version.</param>
    /// <exception cref="IOException">As in <see cref="FindChangesAsync"/>; nothing was published.</exception>
    public async Task<PublishResult> RollBackAsync(PublishOrder order, string? version, CancellationToken cancellation)
    {
        var all = await HistoryAsync(null, cancellation);
        var target = version is null ? await BeforeAsync(all, cancellation) : all.Where(entry => entry.Id.StartsWith(version, StringComparison.Ordinal))
            .ToList() is [var only] ? only : null;
        if (target is null)
        {
            var why = version is null ? "There is no version before the live one."
                : $"No single version begins with {Diagnostics.Quote(version)}; content history lists them.";
            return Blocked(why);
        }

        var words = order.Why.Length > 0 ? order.Why : $"Back to: {target.Why}";
        return await RunAsync(order with { Why = words }, new Source(target, File: null), cancellation);
    }

    /// <summary>Restores one page from an earlier version and leaves the rest of the live site unchanged.</summary>
    /// <param name="file">The page's file, as a path in the folder.</param>
    /// <param name="version">The beginning of its id; null for the page's second newest version.</param>
    /// <exception cref="IOException">As in <see cref="FindChangesAsync"/>; nothing was published.</exception>
    public async Task<PublishResult> RestoreAsync(PublishOrder order, string file, string? version, CancellationToken cancellation)
    {
        var all = await HistoryAsync(version is null ? file : null, cancellation);
        var target = version is null ? all.Skip(1).FirstOrDefault()
            : all.Where(entry => entry.Id.StartsWith(version, StringComparison.Ordinal)).ToList() is [var only] ? only : null;
        if (target is null)
            return Blocked(version is null ? $"There is no earlier version of {file}."
                : $"No single version begins with {Diagnostics.Quote(version)}; content history lists them.");
        var why = order.Why.Length > 0 ? order.Why : $"Restore {file} from: {target.Why}";
        return await RunAsync(order with { Why = why }, new Source(target, file), cancellation);
    }

    /// <summary>The versions of the folder or of one page, newest first.</summary>
    /// <param name="file">A path in the folder; null for all versions.</param>
    public async Task<IReadOnlyList<ContentVersion>> HistoryAsync(string? file, CancellationToken cancellation) =>
        await VersionsAsync(cancellation) is { } versions ? await versions.ListAsync(file, MostVersions, cancellation) : [];

    /// <summary>What a version changed, page by page; only in one file if given.</summary>
    public async Task<PendingChanges> ChangesOfAsync(string version, string? file, CancellationToken cancellation)
    {
        var all = await HistoryAsync(null, cancellation);
        var index = all.Index().FirstOrDefault(entry => entry.Item.Id == version, (-1, null!)).Index;
        if (index < 0 || await VersionsAsync(cancellation) is not { } versions) return PendingChanges.None(copies.Current);
        var (now, before) = (copies.NewScratch(), copies.NewScratch());
        try
        {
            await versions.ExtractAsync(version, now, cancellation);
            if (index + 1 < all.Count) await versions.ExtractAsync(all[index + 1].Id, before, cancellation);
            var changes = Compare(before, FolderCopy.Hash(before), now, FolderCopy.Hash(now), cancellation);
            return file is null ? changes : changes with { Pages = changes.Pages.RemoveAll(page => page.File != file),
                Lists = changes.Lists.RemoveAll(list => list.File != file) };
        }
        finally
        {
            Delete(now);
            Delete(before);
        }
    }

    /// <summary>The file of a page, given its address, slug, or file; null if there is none.</summary>
    public string? FileOf(string page, CancellationToken cancellation)
    {
        var reading = ContentFolder.Read(copies.Folder, cancellation);
        var lists = new Dictionary<string, string> { ["/faqs"] = "faqs.yml", ["/team"] = "people.yml", ["/reviews"] = "reviews.yml",
            ["/research"] = "bibliography.yml" };
        return reading.Texts.FirstOrDefault(text => text.File == page || text.Path == page || text.Path == "/" + page || text.Slug.ToString() == page)?.File
            ?? lists.GetValueOrDefault(page) ?? (RegularFile.Exists(Path.Combine(copies.Folder, page)) ? page : null);
    }

    private PublishResult Blocked(string why) => new(PublishState.Blocked, PendingChanges.None(copies.Current) with { Obstacle = why });

    private async Task<PublishResult> RunAsync(PublishOrder order, Source? from, CancellationToken cancellation)
    {
        using var turn = await copies.LockAsync(cancellation);
        if (turn is null) return Blocked("Someone else is publishing right now. Try again in a minute.");
        using var work = await PrepareAsync(order, from, cancellation);
        var (changes, prepared) = (work.Changes, work.Prepared);
        if (changes.Obstacle is not null) return new PublishResult(PublishState.Blocked, changes);
        if (order.Token is { } token && token != changes.Token) return new PublishResult(PublishState.Stale, changes);
        if (changes.Conflicts.Length > 0) return new PublishResult(PublishState.Conflict, changes);
        if (changes.Errors > 0) return new PublishResult(PublishState.Refused, changes);
        var live = copies.Current;
        if (prepared.Id is null && live is not null && changes.Files.IsEmpty) return new PublishResult(PublishState.Nothing, changes);

        var liveHashes = from is null ? null : FolderCopy.Hash(copies.Served);
        var finished = await work.Versions.FinishAsync(prepared, cancellation);
        if (finished.Id is null && prepared.Id is not null) return new PublishResult(PublishState.Stale, changes);
        var name = work.Versions is CopyHistory && finished.Id is { } dated ? dated : copies.NewName(clock.GetUtcNow());
        var commit = work.Versions is GitHistory ? finished.Id : null;
        var publication = copies.MakeLive(work.Take(), new Publication(name, clock.GetUtcNow(), order.Who, order.Why, commit, from?.BackTo));
        // Update the folder with what others published or what was restored, except for files with unpublished changes.
        var left = liveHashes is not null || prepared.Merged
            ? FolderCopy.Follow(copies.Folder, liveHashes ?? work.Folder, copies.PathOf(name), FolderCopy.Hash(copies.PathOf(name)))
            : [];
        copies.Prune(work.Versions is CopyHistory ? CopyHistory.Kept : KeptBesideGit, clock.GetUtcNow());
        return new PublishResult(PublishState.Published, changes, publication, finished.Note ?? prepared.Note) { Left = [.. left] };
    }

    private async Task<Work> PrepareAsync(PublishOrder order, Source? from, CancellationToken cancellation)
    {
        var scratch = copies.NewScratch();
        var before = "";
        try
        {
            if (!Directory.Exists(copies.Folder)) throw new IOException($"There is no folder at {copies.Folder}.");
            var versions = await VersionsAsync(cancellation);
            // Just looking doesn't create a repository. Without one, there are no versions yet, just as with empty copies.
            if (versions is null && order.Why.Length > 0) versions = await GitHistory.InitializeAsync(copies.Folder, cancellation);
            versions ??= new CopyHistory(copies);
            if ((await versions.ObstacleAsync(cancellation) ?? await FillAsync(scratch, versions, from, cancellation)) is { } obstacle)
                return new Work(
                    scratch, versions, new PreparedVersion(null, false, [], [], null), [], PendingChanges.None(copies.Current) with { Obstacle = obstacle });
            var folder = FolderCopy.Hash(scratch);
            var draft = new ContentVersion("", clock.GetUtcNow(), order.Who, order.Why, from?.BackTo);
            var prepared = await versions.PrepareAsync(scratch, draft, order.Keep, cancellation);

            var live = copies.Current;
            before = live is null ? copies.NewScratch() : "";
            if (live is null && await versions.ListAsync(null, 1, cancellation) is [var newest]) await versions.ExtractAsync(newest.Id, before, cancellation);
            var (old, now) = (live is null ? before : copies.PathOf(live.Name), FolderCopy.Hash(scratch));
            var changes = Compare(old, FolderCopy.Hash(old), scratch, now, cancellation);
            var undone = from is null ? await UndoneAsync(versions, changes, scratch, old, order, cancellation) : [];
            changes = changes with
            {
                Token = FolderCopy.Token(now, live?.Name + string.Concat(prepared.Conflicts.Select(conflict => conflict.By?.Id))),
                Live = live,
                Incoming = [.. prepared.Incoming],
                Conflicts = [.. prepared.Conflicts, .. undone],
                Note = prepared.Note,
            };
            return new Work(scratch, versions, prepared, folder, changes);
        }
        catch
        {
            Delete(scratch);
            throw;
        }
        finally
        {
            if (before.Length > 0) Delete(before);
        }
    }

    // Fills the empty scratch folder with what is to be published. If that isn't possible, returns a sentence for the editor.
    private async Task<string?> FillAsync(string scratch, IContentHistory versions, Source? from, CancellationToken cancellation)
    {
        if (from is null) FolderCopy.Copy(copies.Folder, scratch);
        else await versions.ExtractAsync(from.Version.Id, scratch, cancellation);
        if (from?.File is not { } file) return null;
        if (!RegularFile.Exists(Path.Combine(scratch, file))) return $"{file} didn't exist in that version.";
        var bytes = await File.ReadAllBytesAsync(Path.Combine(scratch, file), cancellation);
        if (copies.Current is not { } live) return "Nothing has been published yet, so there is no live site to restore the page to.";
        var newest = (await versions.ListAsync(null, 1, cancellation))[0];
        // Compare git's own files, because the live copy may also contain files that git ignores.
        if (live.Version is { } commit && !(await HashAsync(commit)).SequenceEqual(await HashAsync(newest.Id)))
            return $"“{newest.Why}” by {newest.Who} is in the history but isn't live. Publish it, or go back to the live version, and then restore the page.";
        Empty();
        FolderCopy.Copy(copies.PathOf(live.Name), scratch);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(scratch, file))!);
        await File.WriteAllBytesAsync(Path.Combine(scratch, file), bytes, cancellation);
        return null;

        async Task<IReadOnlyDictionary<string, string>> HashAsync(string version)
        {
            Empty();
            await versions.ExtractAsync(version, scratch, cancellation);
            return FolderCopy.Hash(scratch);
        }

        void Empty()
        {
            Delete(scratch);
            Directory.CreateDirectory(scratch);
        }
    }

    // A folder copied from elsewhere may contain older files, which would undo what a colleague has published in the meantime.
    private static async Task<IReadOnlyList<ContentConflict>> UndoneAsync(
        IContentHistory versions, PendingChanges changes, string now, string old, PublishOrder order, CancellationToken cancellation)
    {
        var undone = new List<ContentConflict>();
        foreach (var (file, _) in changes.Files.Where(change => change.Kind == PageChangeKind.Changed && !order.Keep.Contains(change.File)))
        {
            if (await versions.ReplacedInAsync(file, Path.Combine(now, file), cancellation) is not { } by || by.Who == order.Who) continue;
            var text = Path.GetExtension(file) is ".md" or ".yml";
            var lines = text ? PageDifferences.Lines(file, await File.ReadAllTextAsync(Path.Combine(old, file), cancellation),
                await File.ReadAllTextAsync(Path.Combine(now, file), cancellation)).Lines : [];
            undone.Add(new ContentConflict(file, by, Of(PieceChangeKind.Added), Of(PieceChangeKind.Removed), GoesBack: true));

            string Of(PieceChangeKind kind) => string.Join('\n', lines.Where(line => line.Kind == kind).Select(line => line.Text));
        }

        return undone;
    }

    private PendingChanges Compare(string oldFolder, IReadOnlyDictionary<string, string> old, string nowFolder, IReadOnlyDictionary<string, string> now,
        CancellationToken cancellation)
    {
        var files = old.Keys.Union(now.Keys, StringComparer.Ordinal).Where(file => old.GetValueOrDefault(file) != now.GetValueOrDefault(file))
            .Order(StringComparer.Ordinal)
            .Select(file => new FileChange(file, !old.ContainsKey(file) ? PageChangeKind.Added : !now.ContainsKey(file) ? PageChangeKind.Removed
                : PageChangeKind.Changed)).ToImmutableArray();
        var reading = new ContentFolder(nowFolder, clock).Read(cancellation);
        var report = CheckReport.Of(nowFolder, reading, clock, cards: null);
        var changed = files.Select(file => file.File).ToHashSet(StringComparer.Ordinal);
        var before = old.ContainsKey("clinic.yml") ? new ContentFolder(oldFolder, clock).Read(cancellation).Partial : null;
        var lists = files.Where(file => (Path.GetExtension(file.File) == ".yml" && !file.File.StartsWith('.')) || file.File == RiskFile.File)
            .Select(file => PageDifferences.Lines(file.File, Text(oldFolder, file.File), Text(nowFolder, file.File)));
        return PendingChanges.None(copies.Current) with
        {
            Files = files,
            Pages = reading.Partial is { } content ? PageDifferences.Between(before, content) : [],
            Lists = [.. lists],
            Problems = [.. report.Problems.Where(problem => problem.Severity == DiagnosticSeverity.Error || changed.Contains(problem.File))],
        };

        static string Text(string folder, string file) => Path.Combine(folder, file) is var path && RegularFile.Exists(path) ? File.ReadAllText(path) : "";
    }

    // Null if git should be used but the folder isn't in a repository yet.
    private async Task<IContentHistory?> VersionsAsync(CancellationToken cancellation)
    {
        // Once a folder has dated copies, keep using them: a history split between two places is useless.
        var dated = copies.Current is { Version: null };
        if (!git || dated || !await Git.IsHereAsync(cancellation)) return new CopyHistory(copies);
        return await GitHistory.FindAsync(copies.Folder, cancellation);
    }

    private async Task<ContentVersion?> BeforeAsync(IReadOnlyList<ContentVersion> all, CancellationToken cancellation)
    {
        if (copies.Current is not { } live || all.Count == 0) return all.Count > 1 ? all[1] : null;
        var id = live.BackTo ?? live.Version ?? (await VersionsAsync(cancellation) is CopyHistory ? live.Name : all[0].Id);
        return all.SkipWhile(version => version.Id != id).Skip(1).FirstOrDefault();
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <summary>An earlier version to publish again.</summary>
    /// <param name="File">The only file to restore; null for the whole folder.</param>
    private sealed record Source(ContentVersion Version, string? File)
    {
        /// <summary>Null if only one page is restored, because the result is a new version.</summary>
        public string? BackTo => File is null ? Version.Id : null;
    }

    /// <summary>A publication in preparation.</summary>
    private sealed class Work(
        string scratch, IContentHistory versions, PreparedVersion prepared, SortedDictionary<string, string> folder, PendingChanges changes) : IDisposable
    {
        private bool _taken;

        public IContentHistory Versions => versions;
        public PreparedVersion Prepared => prepared;
        public PendingChanges Changes => changes;

        /// <summary>The hashes of the folder's files when they were copied.</summary>
        public SortedDictionary<string, string> Folder => folder;

        public string Take()
        {
            _taken = true;
            return scratch;
        }

        public void Dispose()
        {
            if (!_taken) Delete(scratch);
        }
    }
}

/// <summary>A request to publish.</summary>
/// <param name="Who">The editor's name.</param>
/// <param name="Why">The reason, in one line.</param>
/// <param name="Token">The token of the changes that the editor reviewed; nothing else is published. Null to publish the folder as it is.</param>
/// <param name="Keep">Files to publish as they are in the folder, although someone else published other versions: resolved conflicts.</param>
public sealed record PublishOrder(string Who, string Why, string? Token = null, IReadOnlyCollection<string>? Keep = null)
{
    public IReadOnlyCollection<string> Keep { get; init; } = Keep ?? [];
}

public enum PublishState
{
    Published,

    /// <summary>The live site matches the folder.</summary>
    Nothing,

    /// <summary>The content has errors.</summary>
    Refused,

    /// <summary>Something changed after the editor reviewed the changes.</summary>
    Stale,

    /// <summary>It would undo what someone else published.</summary>
    Conflict,

    /// <summary>It can't be done now; <see cref="PendingChanges.Obstacle"/> says why.</summary>
    Blocked,
}

/// <param name="Changes">What was published, or would be.</param>
/// <param name="Publication">Null unless it was published.</param>
/// <param name="Note">Additional information, such as a repository that couldn't be reached; otherwise null.</param>
public sealed record PublishResult(PublishState State, PendingChanges Changes, Publication? Publication = null, string? Note = null)
{
    /// <summary>Files of the folder that were left alone because they have unpublished changes.</summary>
    public ImmutableArray<string> Left { get; init; } = [];
}

/// <param name="File">A path in the content folder.</param>
public sealed record FileChange(string File, PageChangeKind Kind);

/// <summary>What publishing would change, and what might prevent it.</summary>
/// <param name="Token">Identifies this exact state, for <see cref="PublishOrder.Token"/>.</param>
/// <param name="Live">The live version; null if nothing has been published yet.</param>
public sealed record PendingChanges(string Token, Publication? Live)
{
    public static PendingChanges None(Publication? live) => new("", live);

    public ImmutableArray<FileChange> Files { get; init; } = [];

    /// <summary>Rendered, page by page.</summary>
    public ImmutableArray<PageChange> Pages { get; init; } = [];

    /// <summary>Lists, line by line.</summary>
    public ImmutableArray<ListChange> Lists { get; init; } = [];

    /// <summary>All errors, and the warnings of changed files.</summary>
    public ImmutableArray<Diagnostic> Problems { get; init; } = [];

    public int Errors => Problems.Count(problem => problem.Severity == DiagnosticSeverity.Error);

    public ImmutableArray<ContentConflict> Conflicts { get; init; } = [];

    /// <summary>What others have published elsewhere and this publication includes.</summary>
    public ImmutableArray<ContentVersion> Incoming { get; init; } = [];

    /// <summary>Why nothing can be published now; null if nothing is in the way.</summary>
    public string? Obstacle { get; init; }

    public string? Note { get; init; }
}
