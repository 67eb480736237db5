using System.Collections.Immutable;

namespace Ketamine.Content.Model;

/// <summary>A file of <c>articles/</c>.</summary>
public sealed record Article : ContentItem
{
    /// <summary>In the future: scheduled, and visible from that instant on.</summary>
    public required DateTimeOffset Published { get; init; }

    public DateTimeOffset? Updated { get; init; }

    /// <summary>Never empty.</summary>
    public required ImmutableArray<Person> Authors { get; init; }

    public MedicalReview? Review { get; init; }
    public ImmutableArray<Slug> Topics { get; init; } = [];

    /// <summary>As the editor chose; empty takes articles with shared topics.</summary>
    public ImmutableArray<Slug> Related { get; init; } = [];

    /// <summary>Whole minutes at 220 words a minute, at least 1.</summary>
    public int ReadingMinutes => Math.Max(1, (int)Math.Round(Body.Words / 220.0, MidpointRounding.AwayFromZero));

    public override string Path => $"/blog/{Slug}";
}
