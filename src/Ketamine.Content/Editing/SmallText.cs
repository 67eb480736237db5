using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Ketamine.Content.Editing;

/// <summary>One text of an entry that an editor may change in the browser.</summary>
/// <param name="Key">Its way in the entry: <c>phone</c>, <c>notice/until</c>.</param>
/// <param name="Value">As it is in the file; empty where the file has none.</param>
/// <param name="Hint">How it is written; null where that is plain.</param>
/// <param name="Lines">0 for one line; else how many lines of a field it takes.</param>
public sealed record SmallText(string Key, string Label, string Value, string? Hint = null, int Lines = 0, bool Required = false);

/// <summary>What is changed together: a question with its answer, a review, a person, the clinic's own facts.</summary>
/// <param name="Id">File and way: <c>faqs.yml/0/questions/1</c>; ends with <c>/new</c> for one that isn't in the file yet.</param>
/// <param name="Title">As editors know it.</param>
/// <param name="CanGo">Whether the whole entry can be taken away.</param>
public sealed record SmallEntry(string Id, string Title, ImmutableArray<SmallText> Texts, bool CanGo = false)
{
    /// <summary>Under the content folder.</summary>
    public string File => Id.Split('/')[0];

    public bool IsNew => Id.EndsWith("/new", StringComparison.Ordinal);

    /// <summary>Names the texts as they are: another one once anybody has changed one of them.</summary>
    public string Token => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\0', Texts.Select(text => text.Value).Prepend(Id)))))[..24];

    /// <summary>The way in the file.</summary>
    internal ImmutableArray<string> Way => [.. Id.Split('/').Skip(1)];
}

/// <summary>Entries under one heading.</summary>
/// <param name="New">The id of one to add; null where the file takes none from here.</param>
public sealed record SmallGroup(string Title, ImmutableArray<SmallEntry> Entries, string? New = null);

public enum SmallTextState
{
    /// <summary>It is in the folder.</summary>
    Saved,

    /// <summary>It could be saved; only looked at.</summary>
    Fine,

    /// <summary>It would make an error of the folder that was none before; nothing was saved.</summary>
    Refused,

    /// <summary>Somebody changed the same texts since; nothing was saved.</summary>
    Conflict,

    /// <summary>The file is written in a way that only a person can change; nothing was saved.</summary>
    ByHand,
}

/// <param name="Problems">What the check says of the file with the change, errors first.</param>
/// <param name="Now">The entry as it is in the folder; null where it is gone.</param>
public sealed record SmallTextResult(SmallTextState State, ImmutableArray<Diagnostic> Problems, SmallEntry? Now);
