namespace Ketamine.Content.Editing;

/// <summary>One text of an entry that an editor may change in the browser.</summary>
/// <param name="Key">Its path in the entry: <c>phone</c>, <c>notice/until</c>.</param>
/// <param name="Value">As it is in the file; empty if it isn't there.</param>
/// <param name="Hint">The expected format; null if that is obvious.</param>
/// <param name="Lines">The height of the field; 0 for a single-line field.</param>
public sealed record ShortText(string Key, string Label, string Value, string? Hint = null, int Lines = 0, bool Required = false);

/// <summary>Texts that are edited together: a question with its answer, a review, a person, or the clinic's facts.</summary>
/// <param name="Id">File and path: <c>faqs.yml/0/questions/1</c>; ends with <c>/new</c> if it isn't in the file yet.</param>
/// <param name="CanBeDeleted">Whether the whole entry can be removed.</param>
public sealed record ShortTextEntry(string Id, string Title, ImmutableArray<ShortText> Texts, bool CanBeDeleted = false)
{
    /// <summary>The path in the content folder.</summary>
    public string File => Id.Split('/')[0];

    public bool IsNew => Id.EndsWith("/new", StringComparison.Ordinal);

    /// <summary>A hash of the current texts, which detects changes made in the meantime.</summary>
    public string Token => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\0', Texts.Select(text => text.Value).Prepend(Id)))))[..24];

    /// <summary>The path in the file.</summary>
    internal ImmutableArray<string> KeyPath => [.. Id.Split('/').Skip(1)];
}

/// <summary>Entries under one heading.</summary>
/// <param name="New">The id for adding an entry; null if none can be added here.</param>
public sealed record ShortTextGroup(string Title, ImmutableArray<ShortTextEntry> Entries, string? New = null);

public enum ShortTextState
{
    Saved,

    /// <summary>It could be saved; this was only a check.</summary>
    Fine,

    /// <summary>It would cause a new error in the folder; nothing was saved.</summary>
    Refused,

    /// <summary>Someone changed the same texts in the meantime; nothing was saved.</summary>
    Conflict,

    /// <summary>The file's style is one that only a person can edit; nothing was saved.</summary>
    ByHand,
}

/// <param name="Problems">The problems of the file with the change, errors first.</param>
/// <param name="Now">The entry as it is now in the folder; null if it is gone.</param>
public sealed record ShortTextResult(ShortTextState State, ImmutableArray<Diagnostic> Problems, ShortTextEntry? Now);
