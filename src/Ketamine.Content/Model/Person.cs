namespace Ketamine.Content.Model;

/// <summary>A person or team in <c>people.yml</c>.</summary>
public sealed record Person
{
    public required string Key { get; init; }
    public required string Name { get; init; }
    public string? Role { get; init; }
    public string? Credentials { get; init; }
    public Prose? Bio { get; init; }
    public Picture? Image { get; init; }
    public Uri? Href { get; init; }

    /// <summary>What they do here, for their own page.</summary>
    public Prose? Does { get; init; }

    /// <summary>Their license to practice, if any.</summary>
    public License? License { get; init; }

    /// <summary>The languages in which they speak with patients, as the clinic names them.</summary>
    public ImmutableArray<string> Languages { get; init; } = [];

    /// <summary>Their page on this site.</summary>
    public string Path => $"/team/{Key}";

    /// <summary>One or two initials, shown if there is no picture.</summary>
    public string Monogram => string.Concat(Name.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Where(word => char.IsLetter(word[0])).Take(2).Select(word => char.ToUpperInvariant(word[0])));
}
