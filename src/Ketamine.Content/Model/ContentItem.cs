using System.Collections.Immutable;

namespace Ketamine.Content.Model;

/// <summary>What every text of the folder has.</summary>
public abstract record ContentItem
{
    public required Slug Slug { get; init; }

    /// <summary>The file under the content folder, with forward slashes; for messages to the editor.</summary>
    public required string File { get; init; }

    public required string Title { get; init; }

    /// <summary>At most 200 characters of plain text; lists, feeds, meta description. Empty where a page gives none.</summary>
    public string Summary { get; init; } = "";

    public Picture? Image { get; init; }
    public bool Draft { get; init; }

    /// <summary>Old paths that answer 301 to this one; each begins with a slash.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    public required Prose Body { get; init; }

    /// <summary>The address on this site: begins with a slash, ends without one but for the home page.</summary>
    public abstract string Path { get; }
}
