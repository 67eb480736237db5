using System.Resources;

namespace Ketamine.Content.Model;

/// <summary>
/// The site's own words inside rendered texts, in the clinic's language. Read from the same resources as <c>IStringLocalizer&lt;SiteStrings&gt;</c>,
/// but by an explicit language: a text is rendered once, on whichever request comes first, and must not depend on that thread's culture.
/// </summary>
public sealed class MarkdownStrings(string locale)
{
    private static readonly ResourceManager Resources = new(typeof(SiteStrings).FullName!, typeof(SiteStrings).Assembly);
    private readonly ResourceSet? _words = Find(locale);

    /// <summary>The translation of an English text; the text itself if there is none.</summary>
    public string this[string english] => _words?.GetString(english) ?? english;

    /// <summary>Like the indexer, with {0} filled in.</summary>
    public string Format(string english, object value) => string.Format(CultureInfo.InvariantCulture, this[english], value);

    private static ResourceSet? Find(string locale)
    {
        try
        {
            var culture = CultureInfo.GetCultureInfo(locale);
            while (!culture.IsNeutralCulture && culture.Parent != CultureInfo.InvariantCulture) culture = culture.Parent;
            return Resources.GetResourceSet(culture, createIfNotExists: true, tryParents: false);
        }
        catch (Exception none) when (none is MissingManifestResourceException or MissingSatelliteAssemblyException or CultureNotFoundException)
        {
            return null;
        }
    }
}
