using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Shared;

/// <summary>Whom to reach, how, and what staff may say. Rendered by <c>_ContactFields</c>.</summary>
/// <param name="Form">As typed.</param>
/// <param name="Errors">The errors of the whole form.</param>
/// <param name="Clinic">Named in the hints.</param>
public sealed record ContactFields(ContactForm Form, FormErrors Errors, Clinic Clinic);
