namespace Ketamine.Content.Publishing;

/// <summary>How a content folder was at some time, who made it so, and why.</summary>
/// <param name="Id">A git commit's hash, or the name of a dated copy.</param>
/// <param name="BackTo">The version that it brought back; null for new content.</param>
public sealed record ContentVersion(string Id, DateTimeOffset At, string Who, string Why, string? BackTo = null)
{
    /// <summary>As people read it out: git's first eight digits, or a copy's whole name.</summary>
    public string ShortId => Id.Length == 40 ? Id[..8] : Id;
}

/// <summary>Where a folder's versions are kept: git, or dated copies on a server without git.</summary>
internal interface IVersions
{
    /// <summary>Why nothing can be published now, and what to do about it; null when all is well.</summary>
    Task<string?> ObstacleAsync(CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    /// <param name="file">Under the content folder: only versions that changed it; null for all.</param>
    Task<IReadOnlyList<ContentVersion>> ListAsync(string? file, int most, CancellationToken cancellation);

    /// <summary>Writes the folder as it was in a version into an empty folder.</summary>
    Task ExtractAsync(string version, string to, CancellationToken cancellation);

    /// <summary>The version in which exactly these bytes of a file were replaced by others; null where the file never held them.</summary>
    Task<ContentVersion?> ReplacedInAsync(string file, string path, CancellationToken cancellation);

    /// <summary>Makes a version of a copy, together with what others have published elsewhere meanwhile. Nobody sees it before <see
    /// cref="FinishAsync"/>.</summary>
    /// <param name="copy">Holds all of the folder; afterwards holds the others' changes too.</param>
    /// <param name="keep">Files that stay as they are in the copy, whatever others made of them.</param>
    Task<PreparedVersion> PrepareAsync(string copy, ContentVersion draft, IReadOnlyCollection<string> keep, CancellationToken cancellation);

    /// <summary>Makes a prepared version the newest.</summary>
    Task<FinishedVersion> FinishAsync(PreparedVersion prepared, CancellationToken cancellation);
}

/// <param name="Id">What the version will be called; null where it is what the newest holds already.</param>
/// <param name="Merged">Others' changes came along.</param>
/// <param name="Incoming">What others published that is not live here, newest first.</param>
/// <param name="Conflicts">Files that both changed in the same place.</param>
/// <param name="Note">Something to know that stops nothing; null for none.</param>
internal sealed record PreparedVersion(
    string? Id, bool Merged, IReadOnlyList<ContentVersion> Incoming, IReadOnlyList<ContentConflict> Conflicts, string? Note, string? Parent = null);

/// <param name="Id">Null when somebody else was quicker: look again.</param>
internal sealed record FinishedVersion(string? Id, string? Note);

/// <summary>A file in which a publication would undo what somebody else has published.</summary>
/// <param name="By">Whose change, when and why.</param>
/// <param name="Yours">The words in question as they are in the folder; empty for a file that is gone there.</param>
/// <param name="Theirs">The same place as the other has it.</param>
public sealed record ContentConflict(string File, ContentVersion? By, string Yours, string Theirs, bool GoesBack);
