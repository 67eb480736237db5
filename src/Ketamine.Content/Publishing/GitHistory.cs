namespace Ketamine.Content.Publishing;

/// <summary>
/// A folder's versions as git commits, in the folder's own repository or in one that contains the folder. Commits are made from a copy with a separate
/// index, so what an editor has staged or writes in the meantime is neither published nor lost.
/// </summary>
internal sealed class GitHistory : IContentHistory
{
    private const string Fields = "%H%x1f%an%x1f%aI%x1f%s%x1f%(trailers:key=Back-to,valueonly,separator=%x2C)%x1e";

    private readonly Git _git;
    private readonly string _gitDir;
    private readonly string _prefix; // the folder's path in the repository, without a trailing slash; empty at the top

    private GitHistory(Git git, string gitDir, string prefix) => (_git, _gitDir, _prefix) = (git, gitDir, prefix);

    /// <summary>The repository that the folder belongs to; null if there is none, or if it ignores the folder.</summary>
    /// <exception cref="IOException">There is one, but git can't read it.</exception>
    public static async Task<GitHistory?> FindAsync(string folder, CancellationToken cancellation)
    {
        var git = new Git(folder);
        var found = await git.TryAsync(["rev-parse", "--absolute-git-dir", "--is-inside-work-tree", "--show-prefix"], cancellation);
        if (found.Code != 0)
            return found.Errors.Contains("not a git repository", StringComparison.OrdinalIgnoreCase) ? null : throw new IOException(found.Errors);
        var lines = found.Output.Split('\n');
        if (lines[1] != "true") return null;
        var prefix = lines[2].TrimEnd('/');
        if (prefix.Length > 0 && (await git.TryAsync(["check-ignore", "-q", "."], cancellation)).Code == 0) return null;
        return new GitHistory(git, lines[0], prefix);
    }

    /// <summary>Creates a repository in the folder.</summary>
    public static async Task<GitHistory> InitializeAsync(string folder, CancellationToken cancellation)
    {
        await new Git(folder).RunAsync(["init", "-q", "-b", "main", "."], cancellation);
        return (await FindAsync(folder, cancellation))!;
    }

    /// <summary>The editor's name from git's settings; null if it isn't set.</summary>
    public static async Task<string?> UserAsync(string folder, CancellationToken cancellation) =>
        await Git.IsHereAsync(cancellation) && await new Git(folder).TryAsync(["config", "user.name"], cancellation) is { Code: 0 } name ? name.Output.Trim()
            : null;

    public async Task<string?> ObstacleAsync(CancellationToken cancellation)
    {
        foreach (var unfinished in new[] { "MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD" }.Select(name => Path.Combine(_gitDir, name)))
            if (File.Exists(unfinished) || Directory.Exists(unfinished))
                return "git is in the middle of a merge. Finish it, or cancel it with git merge --abort. git status shows the details.";
        return (await _git.TryAsync(["symbolic-ref", "-q", "HEAD"], cancellation)).Code == 0 ? null
            : "git isn't on a branch, so a publication would be lost. Switch to one first: git switch main";
    }

    public async Task<IReadOnlyList<ContentVersion>> ListAsync(string? file, int most, CancellationToken cancellation) =>
        await FindAsync("HEAD") is null ? [] : await LogAsync(["-n", most.ToString(CultureInfo.InvariantCulture), "HEAD"], file ?? ".", cancellation);

    public async Task ExtractAsync(string version, string to, CancellationToken cancellation)
    {
        if (await FindAsync(At(version)) is { } tree) await ExtractTreeAsync(tree, to, cancellation);
    }

    public async Task<ContentVersion?> ReplacedInAsync(string file, string path, CancellationToken cancellation)
    {
        var blob = await _git.TryAsync(["hash-object", $"--path={file}", path], cancellation);
        // git returns an error for contents that it has never stored.
        if (blob.Code != 0 || (await _git.TryAsync(["cat-file", "-e", blob.Output.Trim()], cancellation)).Code != 0) return null;
        return await LogAsync(["-n", "1", $"--find-object={blob.Output.Trim()}", "HEAD"], file, cancellation) is [var replaced, ..] ? replaced : null;
    }

    public async Task<PreparedVersion> PrepareAsync(string copy, ContentVersion draft, IReadOnlyCollection<string> keep, CancellationToken cancellation)
    {
        var head = await FindAsync("HEAD");
        var known = head is null ? null : await FindAsync(At("HEAD"));
        var tree = await TreeOfAsync(copy, known, cancellation);
        var own = head is not null && tree == known ? head : await CommitAsync(await PutAsync(tree, head, copy, cancellation), draft.Why, draft, cancellation,
            head);
        var (upstream, note) = await FetchAsync(cancellation);
        if (head is null || upstream is null || await IsIn(upstream, own)) return new PreparedVersion(own == head ? null : own, false, [], [], note, head);

        var incoming = await LogAsync([$"HEAD..{upstream}"], ".", cancellation);
        if (await IsIn(own, upstream))
        {
            await ReplaceAsync(copy, await FindAsync(At(upstream)), cancellation);
            return new PreparedVersion(upstream, true, incoming, [], note, head);
        }

        return await MergeAsync(copy, own, upstream, draft, keep, new PreparedVersion(null, true, incoming, [], note, head), cancellation);
    }

    public async Task<FinishedVersion> FinishAsync(PreparedVersion prepared, CancellationToken cancellation)
    {
        if (prepared.Id is not { } id) return new FinishedVersion(await FindAsync("HEAD"), null);
        string? note = null;
        if (await UpstreamAsync(cancellation) is var (remote, branch))
        {
            var push = await _git.TryAsync(["push", "-q", remote, $"{id}:{branch}"], cancellation);
            if (push.Code != 0 && (push.Errors.Contains("rejected", StringComparison.Ordinal) || push.Errors.Contains("fetch first", StringComparison.Ordinal)))
                return new FinishedVersion(null, null);
            if (push.Code != 0) note = $"It is live here, but it couldn't be pushed to {remote} ({LastLine(push.Errors)}). The next publication will push it.";
        }

        // Fails if someone else has moved the branch in the meantime.
        var moved = await _git.TryAsync(["update-ref", "-m", "content publish", "HEAD", id, prepared.Parent ?? new string('0', 40)], cancellation);
        if (moved.Code != 0) return new FinishedVersion(null, null);
        await _git.TryAsync(["reset", "-q", "--", "."], cancellation);
        return new FinishedVersion(id, note);
    }

    private async Task<PreparedVersion> MergeAsync(
        string copy, string own, string upstream, ContentVersion draft, IReadOnlyCollection<string> keep, PreparedVersion so, CancellationToken cancellation)
    {
        var merge = await _git.TryAsync(["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", own, upstream], cancellation);
        if (merge.Code is not (0 or 1)) throw new IOException($"git merge-tree, which needs git 2.38 or later: {merge.Errors}");
        var answer = merge.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        var (whole, clashes) = (answer[0], answer[1..]);
        var under = _prefix.Length == 0 ? "" : _prefix + "/";
        var conflicts = new List<ContentConflict>();
        foreach (var clash in clashes.Distinct(StringComparer.Ordinal))
        {
            var file = clash.StartsWith(under, StringComparison.Ordinal) ? clash[under.Length..] : clash;
            if (file != clash || under.Length == 0 ? keep.Contains(file) : false) continue;
            var by = await LogAsync(["-n", "1", $"{own}..{upstream}"], ":/" + clash, cancellation) is [var theirs, ..] ? theirs : null;
            var text = (await _git.TryAsync(["cat-file", "-p", $"{whole}:{clash}"], cancellation)).Output;
            var (here, there) = MarkedConflict.Read(text);
            conflicts.Add(new ContentConflict(file, by, here, there, GoesBack: false));
        }

        if (conflicts.Count > 0) return so with { Conflicts = conflicts };
        var mine = keep.Where(file => clashes.Contains(under + file)).ToDictionary(file => file, file =>
            Find(Path.Combine(copy, file)), StringComparer.Ordinal);
        await ReplaceAsync(copy, await FindAsync(Inside(whole)), cancellation);
        foreach (var (file, bytes) in mine)
        {
            if (bytes is null) File.Delete(Path.Combine(copy, file));
            else await File.WriteAllBytesAsync(Path.Combine(copy, file), bytes, cancellation);
        }

        var tree = await TreeOfAsync(copy, await FindAsync(Inside(whole)), cancellation);
        var why = $"Merge {IncomingWords(so.Incoming)}";
        var root = await PutAsync(tree, whole, copy, cancellation);
        return so with { Id = await CommitAsync(root, why, draft with { BackTo = null }, cancellation, own, upstream) };

        static byte[]? Find(string path) => RegularFile.Exists(path) ? File.ReadAllBytes(path) : null;

        static string IncomingWords(IReadOnlyList<ContentVersion> incoming) =>
            incoming.Count == 0 ? "what is in the repository" : $"what {string.Join(" and ", incoming.Select(version => version.Who).Distinct())} published";
    }

    // The tree of the copy's files, in place of the folder's tree in the repository.
    private async Task<string> TreeOfAsync(string copy, string? known, CancellationToken cancellation)
    {
        using var index = new TemporaryIndex(_gitDir, copy);
        if (known is not null) await _git.RunAsync(["read-tree", known], cancellation, environment: index.Environment, at: copy);
        await _git.RunAsync(["add", "--ignore-removal", "."], cancellation, environment: index.Environment, at: copy);
        var tracked = (await _git.RunAsync(["ls-files", "-z"], cancellation, environment: index.Environment, at: copy))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries);
        var gone = tracked.Where(file => !File.Exists(Path.Combine(copy, file)) && !FolderCopy.IsScrap(Path.GetFileName(file))).ToList();
        if (gone.Count > 0)
            await _git.RunAsync(["update-index", "--force-remove", "-z", "--stdin"], cancellation, string.Concat(gone.Select(file => file + "\0")),
                index.Environment, copy);
        return await _git.RunAsync(["write-tree"], cancellation, environment: index.Environment, at: copy);
    }

    // The repository's tree with the folder's tree replaced.
    private async Task<string> PutAsync(string tree, string? rest, string copy, CancellationToken cancellation)
    {
        if (_prefix.Length == 0) return tree;
        using var index = new TemporaryIndex(_gitDir, copy);
        if (rest is not null)
        {
            await _git.RunAsync(["read-tree", rest], cancellation, environment: index.Environment, at: copy);
            await _git.RunAsync(["rm", "-r", "-q", "-f", "--cached", "--ignore-unmatch", "--", _prefix], cancellation, environment: index.Environment,
                at: copy);
        }

        await _git.RunAsync(["read-tree", $"--prefix={_prefix}/", tree], cancellation, environment: index.Environment, at: copy);
        return await _git.RunAsync(["write-tree"], cancellation, environment: index.Environment, at: copy);
    }

    private async Task<string> CommitAsync(string tree, string why, ContentVersion draft, CancellationToken cancellation, params string?[] parents)
    {
        var email = await _git.TryAsync(["config", "user.email"], cancellation) is { Code: 0 } known && known.Output.Trim() is { Length: > 0 } set ? set
            : "desk@localhost";
        var date = draft.At.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
        var environment = new Dictionary<string, string>();
        foreach (var role in new[] { "AUTHOR", "COMMITTER" })
            (environment[$"GIT_{role}_NAME"], environment[$"GIT_{role}_EMAIL"], environment[$"GIT_{role}_DATE"]) = (draft.Who, email, date);
        var message = why + "\n" + (draft.BackTo is { } back ? $"\nBack-to: {back}\n" : "");
        return await _git.RunAsync(["commit-tree", tree, .. parents.OfType<string>().SelectMany(parent => new[] { "-p", parent })], cancellation, message,
            environment);
    }

    private async Task<(string? Upstream, string? Note)> FetchAsync(CancellationToken cancellation)
    {
        if (await UpstreamAsync(cancellation) is not var (remote, _)) return (null, null);
        var fetch = await _git.TryAsync(["fetch", "-q", remote], cancellation);
        var note = fetch.Code == 0 ? null : $"{remote} couldn't be reached ({LastLine(fetch.Errors)}), so newer changes by others aren't included.";
        return (await FindAsync("@{upstream}"), note);
    }

    private async Task<(string Remote, string Branch)?> UpstreamAsync(CancellationToken cancellation)
    {
        var branch = await _git.TryAsync(["symbolic-ref", "-q", "--short", "HEAD"], cancellation);
        if (branch.Code != 0) return null;
        var remote = await _git.TryAsync(["config", $"branch.{branch.Output.Trim()}.remote"], cancellation);
        var merge = await _git.TryAsync(["config", $"branch.{branch.Output.Trim()}.merge"], cancellation);
        return remote.Code == 0 && merge.Code == 0 && remote.Output.Trim() is { Length: > 0 } name and not "." ? (name, merge.Output.Trim()) : null;
    }

    private async Task ReplaceAsync(string copy, string? tree, CancellationToken cancellation)
    {
        Directory.Delete(copy, recursive: true);
        Directory.CreateDirectory(copy);
        if (tree is not null) await ExtractTreeAsync(tree, copy, cancellation);
    }

    private async Task ExtractTreeAsync(string tree, string to, CancellationToken cancellation)
    {
        using var index = new TemporaryIndex(_gitDir, to);
        await _git.RunAsync(["read-tree", tree], cancellation, environment: index.Environment, at: to);
        await _git.RunAsync(["checkout-index", "-a", "-q"], cancellation, environment: index.Environment, at: to);
    }

    private async Task<IReadOnlyList<ContentVersion>> LogAsync(IReadOnlyList<string> options, string path, CancellationToken cancellation)
    {
        var log = await _git.RunAsync(["log", "--topo-order", $"--format={Fields}", .. options, "--", path], cancellation);
        return [.. log.Split('\x1e', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(entry => entry.Split('\x1f'))
            .Where(entry => entry.Length == 5)
            .Select(entry => new ContentVersion(entry[0], DateTimeOffset.Parse(entry[2], CultureInfo.InvariantCulture), entry[1], entry[3], entry[4]
                .Trim() is { Length: > 0 } back ? back : null))];
    }

    private string At(string commit) => _prefix.Length == 0 ? $"{commit}^{{tree}}" : $"{commit}:{_prefix}";

    private string Inside(string tree) => _prefix.Length == 0 ? tree : $"{tree}:{_prefix}";

    private async Task<string?> FindAsync(string name) =>
        await _git.TryAsync(["rev-parse", "-q", "--verify", name], CancellationToken.None) is { Code: 0 } found ? found.Output.Trim() : null;

    private async Task<bool> IsIn(string commit, string later) => (await _git.TryAsync(["merge-base", "--is-ancestor", commit, later],
        CancellationToken.None)).Code == 0;

    private static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault()
        ?? "no reason given";

    /// <summary>A temporary index for a copy of the work tree.</summary>
    private sealed class TemporaryIndex(string gitDir, string copy) : IDisposable
    {
        private readonly string _file = Path.Combine(Path.GetTempPath(), $"ketamine-index-{Guid.NewGuid():N}");

        public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["GIT_DIR"] = gitDir, ["GIT_WORK_TREE"] = copy,
            ["GIT_INDEX_FILE"] = _file };

        public void Dispose()
        {
            File.Delete(_file);
            File.Delete(_file + ".lock");
        }
    }
}

/// <summary>The two sides of a file with git's conflict markers.</summary>
internal static class MarkedConflict
{
    /// <summary>The lines between the markers of all conflicts; both sides are empty if there are none.</summary>
    public static (string Yours, string Theirs) Read(string text)
    {
        var (yours, theirs, side) = (new List<string>(), new List<string>(), 0);
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("<<<<<<< ", StringComparison.Ordinal)) side = 1;
            else if (line == "=======" && side == 1) side = 2;
            else if (line.StartsWith(">>>>>>> ", StringComparison.Ordinal)) side = 0;
            else if (side == 1) yours.Add(line);
            else if (side == 2) theirs.Add(line);
        }

        return (string.Join('\n', yours), string.Join('\n', theirs));
    }
}
