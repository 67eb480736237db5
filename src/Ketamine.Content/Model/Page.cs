namespace Ketamine.Content.Model;

/// <summary>A file of <c>pages/</c>.</summary>
public sealed record Page : ContentItem
{
    /// <summary>The slug whose page is the site's front.</summary>
    public const string Home = "home";

    /// <summary>The name of the home page's social card. No slug has an underscore, so that it is no article's.</summary>
    public const string HomeCard = "_home";

    public int Order { get; init; }
    public override string Path => Slug.ToString() == Home ? "/" : $"/{Slug}";
}
