using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>The email that asks the owner of an address to confirm. It names no treatment.</summary>
public sealed class ConfirmationMail(IStringLocalizer<SiteStrings> words)
{
    /// <inheritdoc cref="MailDraft.Kind"/>
    public const string Kind = "newsletter-confirm";

    /// <summary>What a subscriber agrees to; stored with the subscription.</summary>
    public string ConsentWords(Clinic clinic) =>
        words["{0} may email me its newsletter. I can unsubscribe at any time with one click.", clinic.Name];

    /// <param name="code">Six digits.</param>
    /// <param name="linkToken">The secret in the link.</param>
    /// <param name="known">Whether the address is already on the list. Only its owner may learn that.</param>
    public MailDraft For(EmailAddress to, string code, string linkToken, bool known, Clinic clinic, DateTimeOffset now)
    {
        var asked =
            words["Someone, probably you, signed up for our newsletter with this address. To confirm, type this code into the page that is still open:"];
        var body = new MailBody()
            .Paragraph(asked)
            .Heading($"{code[..3]} {code[3..]}")
            .Paragraph(words["If you closed the page, use the link instead. The code works for 24 hours, the link for 7 days."])
            .Button(words["Confirm my subscription"], new Uri(clinic.Url, $"/newsletter/confirm/{linkToken}"))
            .Paragraph(ConsentWords(clinic));
        body.Paragraph(known
            ? words["You’re already on the list. Confirm again or ignore this email. Either way, nothing changes."]
            : words["If it wasn’t you, do nothing. You won’t get the newsletter, and we’ll delete your address after 7 days."]);
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
