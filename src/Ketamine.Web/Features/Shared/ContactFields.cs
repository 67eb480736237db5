using Ketamine.Content;
using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Shared;

/// <summary>Who to reach, how, and what may be said. Drawn by <c>_ContactFields</c>.</summary>
/// <param name="Form">As typed.</param>
/// <param name="Errors">The whole form's.</param>
/// <param name="Clinic">Named in the hints.</param>
public sealed record ContactFields(ContactForm Form, FormErrors Errors, Clinic Clinic);
