namespace Ketamine.Content.Model;

/// <summary>A file of <c>pages/</c>.</summary>
public sealed record Page : ContentItem
{
    /// <summary>The slug whose page is the site's front.</summary>
    public const string Home = "home";

    /// <summary>The name of the home page's social card. No slug has an underscore, so that it is no article's.</summary>
    public const string HomeCard = "_home";

    public int Order { get; init; }

    public PageKind Kind { get; init; }

    /// <summary>Since when a notice holds; null for a page that is none.</summary>
    public NodaTime.LocalDate? Effective { get; init; }

    public override string Path => Slug.ToString() == Home ? "/" : $"/{Slug}";
}

/// <summary>What a page is to the law.</summary>
public enum PageKind
{
    /// <summary>Like any other.</summary>
    Plain,

    /// <summary>The clinic's Notice of Privacy Practices (45 CFR 164.520), which the footer of every page links.</summary>
    PrivacyPractices,
}
