namespace Ketamine.Content.Model;

/// <summary>A file of <c>articles/</c>.</summary>
public sealed record Article : ContentItem
{
    /// <summary>If in the future, the article is scheduled and becomes visible at that instant.</summary>
    public required DateTimeOffset Published { get; init; }

    public DateTimeOffset? Updated { get; init; }

    /// <summary>Never empty.</summary>
    public required ImmutableArray<Person> Authors { get; init; }

    public MedicalReview? Review { get; init; }
    public ImmutableArray<Slug> Topics { get; init; } = [];

    /// <summary>The editor's choice; if empty, articles with shared topics.</summary>
    public ImmutableArray<Slug> Related { get; init; } = [];

    /// <summary>Whole minutes at 220 words a minute, at least 1.</summary>
    public int ReadingMinutes => Math.Max(1, (int)Math.Round(Body.Words / 220.0, MidpointRounding.AwayFromZero));

    public override string Path => $"/blog/{Slug}";
}
