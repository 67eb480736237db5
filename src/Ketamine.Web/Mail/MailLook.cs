using Ketamine.Content;

namespace Ketamine.Web.Mail;

/// <summary>What a mail's HTML part takes from the clinic: its language and colors.</summary>
/// <param name="Language">BCP 47.</param>
public sealed record MailLook(string Language, Theme Theme)
{
    /// <summary>English, in the site's own colors.</summary>
    public static MailLook Default { get; } = new("en-US", Theme.None);

    /// <summary>As <paramref name="clinic"/> looks.</summary>
    public static MailLook Of(Clinic clinic) => new(clinic.Locale, clinic.Theme);
}
