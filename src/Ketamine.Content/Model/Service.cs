namespace Ketamine.Content.Model;

/// <summary>A file of <c>services/</c>.</summary>
public sealed record Service : ContentItem
{
    public int Order { get; init; }
    public string? Price { get; init; }
    public string? Duration { get; init; }
    public MedicalReview? Review { get; init; }
    public override string Path => $"/services/{Slug}";
}
