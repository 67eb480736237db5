namespace Ketamine.Content.Model;

/// <summary>The properties of every text in the folder.</summary>
public abstract record ContentItem
{
    public required Slug Slug { get; init; }

    /// <summary>The file under the content folder, with forward slashes; for messages to the editor.</summary>
    public required string File { get; init; }

    public required string Title { get; init; }

    /// <summary>Plain text of at most 200 characters for lists, feeds, and the meta description. May be empty for a page.</summary>
    public string Summary { get; init; } = "";

    public Picture? Image { get; init; }
    public bool Draft { get; init; }

    /// <summary>Old paths that redirect here (301); each begins with a slash.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    public required Prose Body { get; init; }

    /// <summary>The address on this site: begins with a slash and, except for the home page, doesn't end with one.</summary>
    public abstract string Path { get; }
}
