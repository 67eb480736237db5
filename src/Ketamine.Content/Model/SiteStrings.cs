namespace Ketamine.Content.Model;

/// <summary>
/// The site's own words, as opposed to the clinic's: <c>IStringLocalizer&lt;SiteStrings&gt;</c> with the English text as the key, the Spanish in
/// SiteStrings.es.resx. The clinic's locale decides which one is shown, never the visitor's headers.
/// </summary>
public sealed class SiteStrings;
