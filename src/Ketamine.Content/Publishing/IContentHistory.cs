namespace Ketamine.Content.Publishing;

/// <summary>A published version of a content folder: when, by whom, and why.</summary>
/// <param name="Id">A git commit's hash, or the name of a dated copy.</param>
/// <param name="BackTo">The version that it restored; null for new content.</param>
public sealed record ContentVersion(string Id, DateTimeOffset At, string Who, string Why, string? BackTo = null)
{
    /// <summary>The first eight digits of a git hash, or a copy's whole name.</summary>
    public string ShortId => Id.Length == 40 ? Id[..8] : Id;
}

/// <summary>Stores a folder's versions: in git, or in dated copies on a server without git.</summary>
internal interface IContentHistory
{
    /// <summary>Why nothing can be published now, and what to do about it; null if nothing is in the way.</summary>
    Task<string?> ObstacleAsync(CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    /// <param name="file">A path in the content folder, for only the versions that changed it; null for all.</param>
    Task<IReadOnlyList<ContentVersion>> ListAsync(string? file, int most, CancellationToken cancellation);

    /// <summary>Writes a version of the folder into an empty folder.</summary>
    Task ExtractAsync(string version, string to, CancellationToken cancellation);

    /// <summary>The version that replaced these exact contents of a file; null if the file never had them.</summary>
    Task<ContentVersion?> ReplacedInAsync(string file, string path, CancellationToken cancellation);

    /// <summary>Makes a version from a copy, merged with what others have published elsewhere. It isn't visible before
    /// <see cref="FinishAsync"/>.</summary>
    /// <param name="copy">A copy of the whole folder. The others' changes are merged into it.</param>
    /// <param name="keep">Files to keep as they are in the copy, even if others changed them.</param>
    Task<PreparedVersion> PrepareAsync(string copy, ContentVersion draft, IReadOnlyCollection<string> keep, CancellationToken cancellation);

    /// <summary>Makes a prepared version the newest.</summary>
    Task<FinishedVersion> FinishAsync(PreparedVersion prepared, CancellationToken cancellation);
}

/// <param name="Id">The version's id; null if it equals the newest version.</param>
/// <param name="Merged">Whether it includes changes by others.</param>
/// <param name="Incoming">Versions that others published and that aren't live here, newest first.</param>
/// <param name="Conflicts">Files that both sides changed in the same place.</param>
/// <param name="Note">Information that doesn't prevent publishing; null for none.</param>
internal sealed record PreparedVersion(
    string? Id, bool Merged, IReadOnlyList<ContentVersion> Incoming, IReadOnlyList<ContentConflict> Conflicts, string? Note, string? Parent = null);

/// <param name="Id">Null if someone else published first, so the editor must look again.</param>
internal sealed record FinishedVersion(string? Id, string? Note);

/// <summary>A file in which a publication would undo what someone else has published.</summary>
/// <param name="By">The version with the other change.</param>
/// <param name="Yours">The text in the folder; empty if the file was deleted there.</param>
/// <param name="Theirs">The same place in the other version.</param>
/// <param name="GoesBack">Whether the folder has an older version of the file, rather than a change in the same place.</param>
public sealed record ContentConflict(string File, ContentVersion? By, string Yours, string Theirs, bool GoesBack);
