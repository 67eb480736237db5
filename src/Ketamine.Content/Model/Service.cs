namespace Ketamine.Content.Model;

/// <summary>A file of <c>services/</c>.</summary>
public sealed record Service : ContentItem
{
    public int Order { get; init; }

    /// <summary>Its cost in a few words, for lists: the front matter's <c>price</c>, else the first of <see cref="Prices"/>.</summary>
    public string? Price { get; init; }

    /// <summary>The entries of clinic.yml that the service names, in its order.</summary>
    public ImmutableArray<Price> Prices { get; init; } = [];

    public string? Duration { get; init; }
    public MedicalReview? Review { get; init; }
    public override string Path => $"/services/{Slug}";
}
