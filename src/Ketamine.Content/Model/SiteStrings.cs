namespace Ketamine.Content.Model;

/// <summary>
/// The site's own words, as opposed to the clinic's: <c>IStringLocalizer&lt;SiteStrings&gt;</c> with the English text as the key, the Spanish in
/// SiteStrings.es.resx. Which of the two is shown is decided by the clinic's locale, never by the visitor's headers.
/// </summary>
public sealed class SiteStrings;
