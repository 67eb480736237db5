namespace Ketamine.Web.Mail;

/// <summary>The clinic's language and colors for an email's HTML part.</summary>
/// <param name="Language">BCP 47.</param>
public sealed record MailLook(string Language, Theme Theme)
{
    /// <summary>English, in the site's own colors.</summary>
    public static MailLook Default { get; } = new("en-US", Theme.None);

    /// <summary>From clinic.yml.</summary>
    public static MailLook Of(Clinic clinic) => new(clinic.Locale, clinic.Theme);
}
