using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Shared;

/// <summary>
/// What someone agrees to with each way of being contacted. A form shows these sentences folded under its choices, and stores those for the chosen ways
/// with the lead.
/// </summary>
public static class ChannelConsent
{
    public static string Call(IStringLocalizer<SiteStrings> words, Clinic clinic) => words["{0} may call the number I give about my request.", clinic.Name];

    public static string Text(IStringLocalizer<SiteStrings> words, Clinic clinic) =>
        words[
            "{0} may text the number I give about my request. "
                + "Others may see texts, and message and data rates may apply. I can reply STOP at any time. I don’t have to agree to texts to get care.",
            clinic.Name
        ];

    public static string Voicemail(IStringLocalizer<SiteStrings> words, Clinic clinic) => words["{0} may leave a voicemail. Others may hear it.", clinic.Name];

    public static string Email(IStringLocalizer<SiteStrings> words, Clinic clinic) =>
        words["{0} may email the address I give about my request. Email is less private than a call. Each email has a link to stop more.", clinic.Name];

    /// <summary>The wording of a consent, plus the wording of each way that was chosen.</summary>
    public static Consent With(this Consent consent, ContactDetails contact, Clinic clinic, IStringLocalizer<SiteStrings> words)
    {
        var parts = new List<string> { consent.Words };
        if (contact.By.HasFlag(ReachBy.Call)) parts.Add(Call(words, clinic));
        if (contact.By.HasFlag(ReachBy.Text)) parts.Add(Text(words, clinic));
        if (contact.VoicemailAllowed) parts.Add(Voicemail(words, clinic));
        if (contact.Email is not null) parts.Add(Email(words, clinic));
        return consent with { Words = string.Join(' ', parts) };
    }
}
