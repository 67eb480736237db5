namespace Ketamine.Web.Features.Discovery;

/// <summary>The two small plain text files that every site has.</summary>
public static class TextFiles
{
    /// <summary>What crawlers may read (RFC 9309): everything except sample clinics and pages about one visitor.</summary>
    public static string Robots(Edition site) =>
        !site.Clinic.Indexed
            ? $"# {(site.Clinic.Sample ? "A made-up sample clinic: it should not appear in searches" : "Not published yet")}.\n"
                + "User-agent: *\nDisallow: /\n"
            : $"User-agent: *\nDisallow: /staff/\nDisallow: /search?\n\nSitemap: {site.Clinic.Absolute("/sitemap.xml")}\n";

    /// <summary>
    /// Where to report a security hole (RFC 9116): the clinic's email address, or its form if it has none. Valid for half a year from today, so it never
    /// expires while the site is running.
    /// </summary>
    public static string Security(Edition site)
    {
        var contact = site.Clinic.Email is { } email ? $"mailto:{email}" : site.Clinic.Absolute("/contact");
        return $"Contact: {contact}\nExpires: {site.Today.PlusDays(180):uuuu-MM-dd}T00:00:00Z\nPreferred-Languages: {site.Clinic.Locale.Split('-')[0]}\n"
            + $"Canonical: {site.Clinic.Absolute("/.well-known/security.txt")}\n";
    }
}
