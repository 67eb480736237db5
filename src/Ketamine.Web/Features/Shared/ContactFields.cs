using Ketamine.Content;
using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Shared;

/// <summary>The fields that both forms share: who to reach, how, and what may be said. Drawn by <c>_ContactFields</c>.</summary>
/// <param name="Form">As typed.</param>
/// <param name="Errors">The whole form's.</param>
/// <param name="Clinic">Named in the hints.</param>
public sealed record ContactFields(ContactForm Form, FormErrors Errors, Clinic Clinic)
{
    /// <summary>Draws the three ways of being reached; a form that asks for one of them in its own way leaves it out.</summary>
    public bool AskReach { get; init; } = true;
}
