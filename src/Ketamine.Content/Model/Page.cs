namespace Ketamine.Content.Model;

/// <summary>A file of <c>pages/</c>.</summary>
public sealed record Page : ContentItem
{
    /// <summary>The slug of the home page.</summary>
    public const string Home = "home";

    /// <summary>The name of the home page's social card. Slugs have no underscore, so it can't be an article's.</summary>
    public const string HomeCard = "_home";

    public int Order { get; init; }

    public PageKind Kind { get; init; }

    /// <summary>A notice's effective date; null if the page isn't a notice.</summary>
    public LocalDate? Effective { get; init; }

    public override string Path => Slug.ToString() == Home ? "/" : $"/{Slug}";
}

/// <summary>A page's legal role.</summary>
public enum PageKind
{
    /// <summary>An ordinary page.</summary>
    Plain,

    /// <summary>The clinic's Notice of Privacy Practices (45 CFR 164.520), which the footer of every page links.</summary>
    PrivacyPractices,
}
