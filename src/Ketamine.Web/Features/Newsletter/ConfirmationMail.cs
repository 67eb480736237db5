using Ketamine.Content;
using Ketamine.Web.Mail;
using Microsoft.Extensions.Localization;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>The mail that asks the owner of an address whether it was them. It names no treatment.</summary>
public sealed class ConfirmationMail(IStringLocalizer<SiteStrings> words)
{
    /// <inheritdoc cref="MailDraft.Kind"/>
    public const string Kind = "newsletter-confirm";

    /// <summary>What a subscriber agrees to; kept with their name on the list.</summary>
    public string ConsentWords(Clinic clinic) =>
        words["{0} may send me its newsletter by email until I leave, which I can at any time with one click.", clinic.Name];

    /// <param name="code">Six digits.</param>
    /// <param name="linkToken">The secret of the link.</param>
    /// <param name="known">The address is on the list already, which its owner may be told, and nobody else.</param>
    public MailDraft For(EmailAddress to, string code, string linkToken, bool known, Clinic clinic, DateTimeOffset now)
    {
        var body = new MailBody()
            .Paragraph(words["Someone, probably you, gave this address for our newsletter. To say that it was you, type this code into the page that is still open:"])
            .Heading($"{code[..3]} {code[3..]}")
            .Paragraph(words["Or use the link, if the page is closed. The code works for 24 hours, the link for 7 days."])
            .Button(words["Confirm my subscription"], new Uri(clinic.Url, $"/newsletter/confirm/{linkToken}"))
            .Paragraph(ConsentWords(clinic));
        body.Paragraph(known
            ? words["This address is on the list already. Confirming again changes nothing, and neither does ignoring this mail."]
            : words["If it was not you, do nothing: no newsletter will come, and the address is deleted after 7 days."]);
        body.Paragraph(clinic.DiscreetName);
        return new MailDraft
        {
            Kind = Kind,
            To = to,
            FromName = clinic.DiscreetName,
            Subject = words["{0} is your code", $"{code[..3]} {code[3..]}"],
            Body = body,
            NotAfter = now + SignUp.LinkLasts,
        };
    }
}
