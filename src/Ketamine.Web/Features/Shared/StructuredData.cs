using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Ketamine.Web.Features.Shared;

/// <summary>
/// A page's schema.org data for search engines: JSON-LD that says what the page shows and nothing else. Without the clinic's own ratings, and without
/// FAQPage, which search engines accept only from authorities.
/// </summary>
public static class StructuredData
{
    // The default encoder escapes < > & ' and " everywhere, so no text can end the surrounding script element.
    private static readonly JsonSerializerOptions ForScript = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    // people.yml doesn't distinguish persons from teams; their names do.
    private static readonly FrozenSet<string> TeamWords = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "team",
        "staff",
        "group",
        "department",
        "board",
        "committee",
        "editors",
        "nurses",
        "clinic",
        "equipo",
        "redacción",
        "personal",
        "grupo",
        "comité",
        "clínica");

    /// <summary>The contents of the script element; null for a page without a canonical address.</summary>
    public static string? Of(SitePage page)
    {
        if (page.CanonicalPath is not { } path) return null;
        var address = page.Absolute(path);
        var article = page.Subject as Article;
        var review = article?.Review ?? (page.Subject as Service)?.Review;
        var reviewed = review?.IsValidOn(page.Site.Today) == true;
        var trail = page.Trail.ToList();

        var graph = new List<object>();
        if (path is "/" or "/contact") graph.Add(Whole(page.Clinic, page.Site.Today));
        graph.Add(
            Node(
                review is not null || article is not null
                    ? "MedicalWebPage"
                    : path switch
                    {
                        "/about" => "AboutPage",
                        "/contact" => "ContactPage",
                        _ => "WebPage",
                    },
                ("@id", address),
                ("url", address),
                ("name", page.Title.Length > 0 ? page.Title : page.HeadTitle),
                ("description", page.Description),
                ("inLanguage", page.Clinic.Locale),
                ("lastReviewed", reviewed ? review!.Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture) : null),
                ("reviewedBy", reviewed && page.Clinic.Articles.ShowReviewer ? Author(review!.Reviewer) : null),
                ("breadcrumb", trail.Count > 0 ? Reference(address + "#breadcrumb") : null),
                ("publisher", Short(page.Clinic))));
        if (article is not null) graph.Add(Post(article, page, address));
        if (page.Offers.ToList() is { Count: > 0 } offers)
        {
            graph.Add(Node("OfferCatalog",
                ("@id", address + "#prices"),
                ("name", page.Title),
                ("itemListElement", offers.Select(price => Offer(price, page.Clinic)).ToList())));
        }

        if (trail.Count > 0)
        {
            graph.Add(Node("BreadcrumbList",
                ("@id", address + "#breadcrumb"),
                ("itemListElement", trail.Append(new NavigationLink(page.Title, path)).Select((link, index) =>
                    Node("ListItem", ("position", index + 1), ("name", link.Title), ("item", page.Absolute(link.Href)))).ToList())));
        }

        return JsonSerializer.Serialize(new Dictionary<string, object> { ["@context"] = "https://schema.org", ["@graph"] = graph }, ForScript);
    }

    private static Dictionary<string, object> Offer(Price price, Clinic clinic) => Node("Offer",
        ("name", price.Name),
        ("description", price.Includes),
        ("price", price.Amount.ToString(CultureInfo.InvariantCulture)),
        ("priceCurrency", "USD"),
        ("offeredBy", Reference(clinic.Absolute("/#clinic"))));

    private static Dictionary<string, object> Post(Article article, SitePage page, string address) =>
        Node(
            "BlogPosting",
            ("@id", address + "#article"),
            ("mainEntityOfPage", Reference(address)),
            ("headline", article.Title),
            ("description", article.Summary),
            ("datePublished", Date(page.Clinic.Local(article.Published))),
            ("dateModified", Date(page.Clinic.Local(article.Updated ?? article.Published))),
            ("author", article.Authors.Select(Author).ToList()),
            ("publisher", Short(page.Clinic)),
            ("image", page.SocialCard is { } card ? page.Absolute(card.Path) : null),
            ("inLanguage", page.Clinic.Locale),
            ("articleSection", article.Topics.Take(1).Select(topic => TopicNames.Of(topic.ToString(), page.T)).FirstOrDefault()),
            (
                "citation",
                article
                    .Body.Citations.Select(key => page.Site.Content.Bibliography.FirstOrDefault(entry => entry.Key == key))
                    .OfType<Reference>()
                    .Select(Cited)
                    .ToList()));

    private static Dictionary<string, object> Cited(Reference entry) => Node(entry.Journal is null ? "CreativeWork" : "ScholarlyArticle",
        ("name", entry.Title),
        ("url", entry switch
        {
            { Doi: { } doi } => $"https://doi.org/{doi}",
            { Pmid: { } pmid } => $"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",
            { Pmcid: { } pmcid } => $"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/",
            _ => entry.Url?.AbsoluteUri,
        }));

    private static Dictionary<string, object> Author(Person person) =>
        Node(person.Name.Split(' ').Any(TeamWords.Contains) ? "Organization" : "Person", ("name", person.Name), ("url", person.Href?.AbsoluteUri));

    private static Dictionary<string, object> Short(Clinic clinic) =>
        Node("MedicalClinic", ("@id", clinic.Absolute("/#clinic")), ("name", clinic.Name), ("url", clinic.Absolute("/")));

    private static Dictionary<string, object> Whole(Clinic clinic, LocalDate today) => Node("MedicalClinic",
        ("@id", clinic.Absolute("/#clinic")),
        ("name", clinic.Name),
        ("legalName", clinic.LegalName),
        ("url", clinic.Absolute("/")),
        ("description", clinic.Description),
        ("logo", clinic.Logo is { } logo ? clinic.Absolute(logo.Path) : null),
        ("telephone", clinic.Phone?.ToString()),
        ("email", clinic.Email?.ToString()),
        ("address", Address(clinic.Address)),
        ("geo", Geo(clinic.Geo)),
        ("openingHoursSpecification", Hours(clinic.Hours)),
        ("specialOpeningHoursSpecification", Holidays(clinic.Calendar, today)),
        ("areaServed", clinic.AreasServed.ToList()),
        ("sameAs", clinic.Social.Select(link => link.Href.AbsoluteUri).ToList()),
        ("department", clinic.Locations.Select(location => Node("MedicalClinic",
            ("name", location.Name),
            ("telephone", location.Phone?.ToString()),
            ("address", Address(location.Address)),
            ("geo", Geo(location.Geo)),
            ("openingHoursSpecification", Hours(location.Hours)),
            ("specialOpeningHoursSpecification", Holidays(clinic.CalendarOf(location), today)))).ToList()));

    private static Dictionary<string, object>? Address(PostalAddress? address) => address is null ? null : Node("PostalAddress",
        ("streetAddress", address.Street), ("addressLocality", address.City), ("addressRegion", address.Region),
        ("postalCode", address.PostalCode), ("addressCountry", address.Country));

    private static Dictionary<string, object>? Geo(GeoPoint? point) =>
        point is null ? null : Node("GeoCoordinates", ("latitude", point.Latitude), ("longitude", point.Longitude));

    private static List<Dictionary<string, object>> Hours(IEnumerable<OpeningHours> hours) => [.. hours.Select(entry => Node("OpeningHoursSpecification",
        ("dayOfWeek", entry.Days.Select(day => day.ToString()).ToList()),
        ("opens", entry.Opens.ToString("HH:mm", CultureInfo.InvariantCulture)),
        ("closes", entry.Closes.ToString("HH:mm", CultureInfo.InvariantCulture))))];

    // Schema.org's form for special hours; a closed day opens and closes at midnight.
    private static List<Dictionary<string, object>> Holidays(OpeningCalendar calendar, LocalDate today) =>
        [.. (calendar.Weekly.IsEmpty ? [] : calendar.Holidays).Where(holiday => holiday.Days.End >= today).Select(holiday => Node("OpeningHoursSpecification",
            ("validFrom", holiday.Days.Start.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture)),
            ("validThrough", holiday.Days.End.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture)),
            ("opens", (holiday.Hours?.Opens ?? LocalTime.Midnight).ToString("HH:mm", CultureInfo.InvariantCulture)),
            ("closes", (holiday.Hours?.Closes ?? LocalTime.Midnight).ToString("HH:mm", CultureInfo.InvariantCulture))))];

    private static Dictionary<string, object> Reference(string id) => new() { ["@id"] = id };

    private static string Date(DateTimeOffset instant) => instant.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture);

    /// <summary>Leaves out missing values and empty lists and texts.</summary>
    private static Dictionary<string, object> Node(string type, params ReadOnlySpan<(string Name, object? Value)> properties)
    {
        var node = new Dictionary<string, object> { ["@type"] = type };
        foreach (var (name, value) in properties)
            if (value is not (null or "" or ICollection { Count: 0 })) node[name] = value;
        return node;
    }
}
