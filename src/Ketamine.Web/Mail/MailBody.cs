namespace Ketamine.Web.Mail;

/// <summary>A mail's content as a short document, from which the text part and the HTML part are both made, so that they say the same.</summary>
public sealed class MailBody
{
}
