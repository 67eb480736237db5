using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Shared;

/// <summary>The contact form on any page: rendered by <c>_ContactForm</c>, submitted to /contact.</summary>
/// <param name="Clinic">Named in the hints.</param>
/// <param name="Form">As typed.</param>
/// <param name="Errors">Empty before the form is submitted.</param>
public sealed record ContactFormOnPage(Clinic Clinic, ContactForm Form, FormErrors Errors)
{
    public string? Message { get; init; }
    public bool Consented { get; init; }

    /// <summary>The answer to the question about danger; null for none.</summary>
    public string? Danger { get; init; }

    /// <summary>The field that says what the question is about (article or service) and its slug; null for neither.</summary>
    public (string Field, Slug Slug)? About { get; init; }

    /// <summary>An empty form under a text.</summary>
    public static ContactFormOnPage Under(ContentItem text, Clinic clinic) =>
        new(clinic, new ContactForm(), new FormErrors()) { About = (text is Service ? "service" : "article", text.Slug) };
}
