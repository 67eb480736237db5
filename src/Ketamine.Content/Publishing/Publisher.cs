using System.Collections.Immutable;
using Ketamine.Content.Editing;
using Ketamine.Content.Reading;

namespace Ketamine.Content.Publishing;

/// <summary>
/// Publishes a content folder: shows what would change for readers, records it with who and why, and makes it live whole and at once. The history is
/// git's, or dated copies where there is no git. Nothing here ever overwrites what an editor has written and not published.
/// </summary>
/// <param name="copies">Of the folder to publish.</param>
/// <param name="git">False keeps dated copies even where there is git.</param>
public sealed class Publisher(LiveCopies copies, TimeProvider clock, bool git = true)
{
    /// <summary>Copies that stay where git is the history: what an open page may still ask for.</summary>
    private const int KeptBesideGit = 5;

    private const int MostVersions = 200;

    public string Folder => copies.Folder;

    /// <summary>Who publishes from this machine: git's name for them, else the machine's.</summary>
    public static async Task<string> UserAsync(string folder, CancellationToken cancellation) =>
        Directory.Exists(folder) && await GitVersions.UserAsync(folder, cancellation) is { Length: > 0 } name ? name : Environment.UserName;

    /// <summary>What publishing now would change. Nothing is changed by looking.</summary>
    /// <param name="who">Who looks: their own changes are no conflict to them.</param>
    /// <param name="keep">As of <see cref="PublishOrder.Keep"/>.</param>
    /// <exception cref="IOException">git failed, or the folder can't be read; with a sentence for the editor.</exception>
    public async Task<PendingChanges> LookAsync(string who, CancellationToken cancellation, IReadOnlyCollection<string>? keep = null)
    {
        using var work = await PrepareAsync(new PublishOrder(who, "", Keep: keep ?? []), from: null, cancellation);
        return work.Changes;
    }

    /// <summary>Publishes the folder.</summary>
    /// <exception cref="IOException">As of <see cref="LookAsync"/>; nothing was published.</exception>
    public Task<PublishResult> PublishAsync(PublishOrder order, CancellationToken cancellation) => RunAsync(order, from: null, cancellation);

    /// <summary>Publishes an earlier version again: the one before what is live, or the one that is named.</summary>
    /// <param name="version">The beginning of its id; null for the one before what is live.</param>
    /// <exception cref="IOException">As of <see cref="LookAsync"/>; nothing was published.</exception>
    public async Task<PublishResult> BackAsync(PublishOrder order, string? version, CancellationToken cancellation)
    {
        var all = await HistoryAsync(null, cancellation);
        var target = version is null ? await BeforeAsync(all, cancellation) : all.Where(entry => entry.Id.StartsWith(version, StringComparison.Ordinal))
            .ToList() is [var only] ? only : null;
        if (target is null)
        {
            var why = version is null ? "There is nothing before what is live."
                : $"No single version begins with {Diagnostics.Quote(version)}; content history lists them.";
            return Blocked(why);
        }

        var words = order.Why.Length > 0 ? order.Why : $"Back to: {target.Why}";
        return await RunAsync(order with { Why = words }, new Source(target, File: null), cancellation);
    }

    /// <summary>Publishes what is live with one page as it was in an earlier version. Every other page stays as it is.</summary>
    /// <param name="file">Of the page, under the folder.</param>
    /// <param name="version">The beginning of its id; null for the page's one before the newest.</param>
    /// <exception cref="IOException">As of <see cref="LookAsync"/>; nothing was published.</exception>
    public async Task<PublishResult> RestoreAsync(PublishOrder order, string file, string? version, CancellationToken cancellation)
    {
        var all = await HistoryAsync(version is null ? file : null, cancellation);
        var target = version is null ? all.Skip(1).FirstOrDefault()
            : all.Where(entry => entry.Id.StartsWith(version, StringComparison.Ordinal)).ToList() is [var only] ? only : null;
        if (target is null)
            return Blocked(version is null ? $"There is no earlier version of {file}."
                : $"No single version begins with {Diagnostics.Quote(version)}; content history lists them.");
        var why = order.Why.Length > 0 ? order.Why : $"{file} again as of: {target.Why}";
        return await RunAsync(order with { Why = why }, new Source(target, file), cancellation);
    }

    /// <summary>The versions of the folder or of one page, newest first.</summary>
    /// <param name="file">Under the folder; null for all.</param>
    public async Task<IReadOnlyList<ContentVersion>> HistoryAsync(string? file, CancellationToken cancellation) =>
        await VersionsAsync(cancellation) is { } versions ? await versions.ListAsync(file, MostVersions, cancellation) : [];

    /// <summary>What a version changed, page by page; of one file where that is given.</summary>
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

    /// <summary>The file of a page that is named by its address, slug or file; null where there is none.</summary>
    public string? FileOf(string page, CancellationToken cancellation)
    {
        var reading = ContentFolder.Read(copies.Folder, cancellation);
        var lists = new Dictionary<string, string> { ["/faqs"] = "faqs.yml", ["/team"] = "people.yml", ["/reviews"] = "reviews.yml",
            ["/research"] = "bibliography.yml" };
        return reading.Texts.FirstOrDefault(text => text.File == page || text.Path == page || text.Path == "/" + page || text.Slug.ToString() == page)?.File
            ?? lists.GetValueOrDefault(page) ?? (File.Exists(Path.Combine(copies.Folder, page)) ? page : null);
    }

    private PublishResult Blocked(string why) => new(PublishState.Blocked, PendingChanges.None(copies.Current) with { Obstacle = why });

    private async Task<PublishResult> RunAsync(PublishOrder order, Source? from, CancellationToken cancellation)
    {
        using var turn = await copies.LockAsync(cancellation);
        if (turn is null) return Blocked("Somebody else is publishing right now. Try again in a minute.");
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
        var name = work.Versions is CopyVersions && finished.Id is { } dated ? dated : copies.NewName(clock.GetUtcNow());
        var publication = copies.MakeLive(work.Take(), new Publication(name, clock.GetUtcNow(), order.Who, order.Why, work.Versions is GitVersions
            ? finished.Id : null, from?.BackTo));
        // The folder follows what others published, or what was brought back, but where it holds something that nobody has published.
        var left = liveHashes is not null || prepared.Merged ? FolderCopy.Follow(copies.Folder, liveHashes
            ?? work.Folder, copies.PathOf(name), FolderCopy.Hash(copies.PathOf(name))) : [];
        copies.Prune(work.Versions is CopyVersions ? CopyVersions.Kept : KeptBesideGit, clock.GetUtcNow());
        return new PublishResult(PublishState.Published, changes, publication, finished.Note ?? prepared.Note) { Left = [.. left] };
    }

    private async Task<Work> PrepareAsync(PublishOrder order, Source? from, CancellationToken cancellation)
    {
        var scratch = copies.NewScratch();
        var before = "";
        try
        {
            if (!Directory.Exists(copies.Folder)) throw new IOException($"There is no folder at {copies.Folder}.");
            // A look makes no repository; without one there are no versions yet, as without copies.
            var versions = await VersionsAsync(cancellation) ?? (order.Why.Length > 0 ? await GitVersions.InitializeAsync(copies.Folder, cancellation)
                : (IVersions)new CopyVersions(copies));
            if ((await versions.ObstacleAsync(cancellation) ?? await FillAsync(scratch, versions, from, cancellation)) is { } obstacle)
                return new Work(copies, scratch, versions, new PreparedVersion(null, false, [], [], null), [],
                    PendingChanges.None(copies.Current) with { Obstacle = obstacle });
            var folder = FolderCopy.Hash(scratch);
            var prepared = await versions.PrepareAsync(scratch, new ContentVersion("", clock.GetUtcNow(), order.Who, order.Why, from?.BackTo), order.Keep,
                cancellation);

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
            return new Work(copies, scratch, versions, prepared, folder, changes);
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

    // Brings what is to be published into the empty scratch; a sentence where that can't be.
    private async Task<string?> FillAsync(string scratch, IVersions versions, Source? from, CancellationToken cancellation)
    {
        if (from is null) FolderCopy.Copy(copies.Folder, scratch);
        else await versions.ExtractAsync(from.Version.Id, scratch, cancellation);
        if (from?.File is not { } file) return null;
        if (!File.Exists(Path.Combine(scratch, file))) return $"{file} was not there in that version.";
        var bytes = await File.ReadAllBytesAsync(Path.Combine(scratch, file), cancellation);
        if (copies.Current is not { } live) return "Nothing is published yet, so there is nothing to put the page back into.";
        var newest = (await versions.ListAsync(null, 1, cancellation))[0];
        // By git's own files: the copy that is live may also hold what git ignores.
        if (live.Version is { } commit && !(await HashAsync(commit)).SequenceEqual(await HashAsync(newest.Id)))
            return $"“{newest.Why}” by {newest.Who} is in the history and not live. Publish it, or go back to what is live, and then restore the page.";
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

    // Whoever brings a folder from elsewhere may bring older files along, and with them undo what a colleague published meanwhile.
    private static async Task<IReadOnlyList<ContentConflict>> UndoneAsync(
        IVersions versions, PendingChanges changes, string now, string old, PublishOrder order, CancellationToken cancellation)
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

        static string Text(string folder, string file) => Path.Combine(folder, file) is var path && File.Exists(path) ? File.ReadAllText(path) : "";
    }

    // Null where git is to be used and the folder is in no repository yet.
    private async Task<IVersions?> VersionsAsync(CancellationToken cancellation)
    {
        // Where dated copies have begun, they go on: a history in two places is none.
        var dated = copies.Current is { Version: null };
        if (!git || dated || !await Git.IsHereAsync(cancellation)) return new CopyVersions(copies);
        return await GitVersions.FindAsync(copies.Folder, cancellation);
    }

    private async Task<ContentVersion?> BeforeAsync(IReadOnlyList<ContentVersion> all, CancellationToken cancellation)
    {
        if (copies.Current is not { } live || all.Count == 0) return all.Count > 1 ? all[1] : null;
        var id = live.BackTo ?? live.Version ?? (await VersionsAsync(cancellation) is CopyVersions ? live.Name : all[0].Id);
        return all.SkipWhile(version => version.Id != id).Skip(1).FirstOrDefault();
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <summary>An earlier version that is to be live again.</summary>
    /// <param name="File">Of the only page that is; null for the whole folder.</param>
    private sealed record Source(ContentVersion Version, string? File)
    {
        /// <summary>With one page brought back, the whole is a new state and not an earlier one.</summary>
        public string? BackTo => File is null ? Version.Id : null;
    }

    /// <summary>A publication before it is one.</summary>
    private sealed class Work(
        LiveCopies copies, string scratch, IVersions versions, PreparedVersion prepared, SortedDictionary<string, string> folder, PendingChanges changes)
            : IDisposable
    {
        private bool _taken;

        public IVersions Versions => versions;
        public PreparedVersion Prepared => prepared;
        public PendingChanges Changes => changes;

        /// <summary>The folder's files as they were copied.</summary>
        public SortedDictionary<string, string> Folder => folder;

        public string Take()
        {
            _taken = true;
            return scratch;
        }

        public void Dispose()
        {
            if (!_taken) Delete(scratch);
            _ = copies;
        }
    }
}

/// <summary>What somebody wants published.</summary>
/// <param name="Who">As people call them.</param>
/// <param name="Why">A line.</param>
/// <param name="Token">Of the changes that they looked at: anything else is not published. Null publishes the folder as it is.</param>
/// <param name="Keep">Files that are right as they are in the folder, although somebody else published others: a conflict that a person has settled.</param>
public sealed record PublishOrder(string Who, string Why, string? Token = null, IReadOnlyCollection<string>? Keep = null)
{
    public IReadOnlyCollection<string> Keep { get; init; } = Keep ?? [];
}

public enum PublishState
{
    Published,

    /// <summary>What is live is what is in the folder.</summary>
    Nothing,

    /// <summary>The content has errors.</summary>
    Refused,

    /// <summary>Something changed since the editor looked.</summary>
    Stale,

    /// <summary>Somebody else's publication would be undone.</summary>
    Conflict,

    /// <summary>It can't be done now; <see cref="PendingChanges.Obstacle"/> says why.</summary>
    Blocked,
}

/// <param name="Changes">What was published, or would be.</param>
/// <param name="Publication">Null unless it was published.</param>
/// <param name="Note">Something to know, such as a repository that could not be reached; null for nothing.</param>
public sealed record PublishResult(PublishState State, PendingChanges Changes, Publication? Publication = null, string? Note = null)
{
    /// <summary>Files of the folder that stayed as they are, because they hold something that was never published.</summary>
    public ImmutableArray<string> Left { get; init; } = [];
}

/// <param name="File">Under the content folder.</param>
public sealed record FileChange(string File, PageChangeKind Kind);

/// <summary>What publishing would change, and all that speaks for or against it.</summary>
/// <param name="Token">Names this very state, for <see cref="PublishOrder.Token"/>.</param>
/// <param name="Live">What is live now; null while nothing has been published.</param>
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

    /// <summary>What others have published elsewhere, and what comes along.</summary>
    public ImmutableArray<ContentVersion> Incoming { get; init; } = [];

    /// <summary>Why nothing can be published now; null when all is well.</summary>
    public string? Obstacle { get; init; }

    public string? Note { get; init; }
}
