namespace Ketamine.Content;

/// <summary>The configuration section <c>Content</c>.</summary>
public sealed record ContentOptions
{
    /// <summary>The clinic's folder, absolute or relative to the working directory.</summary>
    public string Path { get; init; } = "content";

    /// <summary>The cache folder for sentences that make no claim, which speeds up the next start; null for a folder in the data folder.</summary>
    public string? Cache { get; init; }

    /// <summary>Whether the site serves one editor on this machine (<c>edit FOLDER</c>): it shows drafts, and errors don't stop it.</summary>
    public bool Editing { get; init; }

    /// <summary>Whether to keep publications in git, if the machine has it; false keeps dated copies.</summary>
    public bool Git { get; init; } = true;
}
