using Ketamine.Content;

namespace Ketamine.Web.Features.Discovery;

/// <summary>The two small files of plain text that every site has.</summary>
public static class TextFiles
{
    /// <summary>What crawlers may read (RFC 9309): everything but a clinic that is made up, and what is about one visitor.</summary>
    public static string Robots(Edition site) =>
        !site.Clinic.Indexed
            ? $"# {(site.Clinic.Sample ? "A sample clinic, made up: nothing of it is to be found by searching" : "Not published yet")}.\n"
                + "User-agent: *\nDisallow: /\n"
            : $"User-agent: *\nDisallow: /staff/\nDisallow: /search?\n\nSitemap: {site.Clinic.Absolute("/sitemap.xml")}\n";

    /// <summary>
    /// Whom to tell of a security hole (RFC 9116). It names the clinic's address, or its form where it has none, and is good for half a year
    /// from today, so that it never runs out while the site stands.
    /// </summary>
    public static string Security(Edition site)
    {
        var contact = site.Clinic.Email is { } email ? $"mailto:{email}" : site.Clinic.Absolute("/contact");
        return $"Contact: {contact}\nExpires: {site.Today.PlusDays(180):uuuu-MM-dd}T00:00:00Z\nPreferred-Languages: {site.Clinic.Locale.Split('-')[0]}\n"
            + $"Canonical: {site.Clinic.Absolute("/.well-known/security.txt")}\n";
    }
}
