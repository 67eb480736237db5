using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Shared;

/// <summary>The checkbox that lets the clinic keep what was typed. The wording shown and the wording stored with the lead are the same value.</summary>
/// <param name="Words">The sentence next to the checkbox.</param>
/// <param name="IsChecked">Whether it was checked.</param>
/// <param name="Error">Null if there is no error.</param>
public sealed record ConsentBox(string Words, bool IsChecked, string? Error)
{
    /// <summary>Increase this whenever the sentence's meaning changes.</summary>
    public const string Version = "2026-11-28";

    /// <summary>The sentence, with the configured retention time.</summary>
    public static Consent For(Clinic clinic, LeadsOptions leads, IStringLocalizer<SiteStrings> words)
    {
        var kept = leads.RetentionDays % 365 == 0 && leads.RetentionDays >= 730
            ? words["{0} years", (leads.RetentionDays / 365).ToString(CultureInfo.CurrentCulture)]
            : words["{0} days", leads.RetentionDays.ToString(CultureInfo.CurrentCulture)];
        return new Consent(words["{0} may keep what I write here to answer me. It is deleted after {1}, or sooner if I ask.", clinic.Name, kept], Version);
    }
}
