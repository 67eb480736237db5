namespace Ketamine.Content.Publishing;

/// <summary>A folder's versions as dated copies, for a server without git. Every publication is an ordinary folder.</summary>
internal sealed class CopyHistory(LiveCopies copies) : IContentHistory
{
    /// <summary>How many copies are kept.</summary>
    public const int Kept = 100;

    public Task<string?> ObstacleAsync(CancellationToken cancellation) =>
        Task.FromResult(copies.Current?.Version is null ? null
            : "This folder's history is in git, which is no longer installed on this machine. Install git.");

    public Task<IReadOnlyList<ContentVersion>> ListAsync(string? file, int most, CancellationToken cancellation)
    {
        var all = copies.All;
        var changed = file is null ? all : all.Where((publication, index) =>
            FolderCopy.Find(At(publication, file)) != (index + 1 < all.Count ? FolderCopy.Find(At(all[index + 1], file)) : null));
        return Task.FromResult<IReadOnlyList<ContentVersion>>([.. changed.Take(most).Select(ToVersion)]);
    }

    public Task ExtractAsync(string version, string to, CancellationToken cancellation)
    {
        FolderCopy.Copy(copies.PathOf(Path.GetFileName(version)), to);
        return Task.CompletedTask;
    }

    public Task<ContentVersion?> ReplacedInAsync(string file, string path, CancellationToken cancellation)
    {
        var (hash, all) = (FolderCopy.Find(path), copies.All);
        for (var index = 1; index < all.Count; index++)
            if (FolderCopy.Find(At(all[index], file)) == hash) return Task.FromResult<ContentVersion?>(ToVersion(all[index - 1]));
        return Task.FromResult<ContentVersion?>(null);
    }

    public Task<PreparedVersion> PrepareAsync(string copy, ContentVersion draft, IReadOnlyCollection<string> keep, CancellationToken cancellation)
    {
        var same = copies.Current is { } live && FolderCopy.Hash(copies.PathOf(live.Name)).SequenceEqual(FolderCopy.Hash(copy));
        return Task.FromResult(new PreparedVersion(same ? null : copies.NewName(draft.At), false, [], [], null));
    }

    public Task<FinishedVersion> FinishAsync(PreparedVersion prepared, CancellationToken cancellation) =>
        Task.FromResult(new FinishedVersion(prepared.Id, null));

    private string At(Publication publication, string file) => Path.Combine(copies.PathOf(publication.Name), file);

    private static ContentVersion ToVersion(Publication publication) => new(publication.Name, publication.At, publication.Who, publication.Why,
        publication.BackTo);
}
