namespace Ketamine.Content;

/// <summary>The configuration section <c>Content</c>.</summary>
public sealed record ContentOptions
{
    /// <summary>The clinic's folder, absolute or relative to the folder that the site was started in.</summary>
    public string Path { get; init; } = "content";

    /// <summary>Where the site remembers which sentences make no claim, so that the next start is quicker; null for a folder in the data folder.</summary>
    public string? Cache { get; init; }

    /// <summary>The site is served to one editor on this machine (<c>edit FOLDER</c>): drafts are shown, and errors stop nothing.</summary>
    public bool Editing { get; init; }

    /// <summary>Whether publications are kept in git where the machine has it; false keeps dated copies.</summary>
    public bool Git { get; init; } = true;
}
