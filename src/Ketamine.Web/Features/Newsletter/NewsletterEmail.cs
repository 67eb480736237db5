using System.Collections.Immutable;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>A mail to many, as it is written once: both parts say the same.</summary>
/// <param name="Subject">One line.</param>
/// <param name="FromName">Discreet: a list of mails is read over shoulders.</param>
/// <param name="Text">With <see cref="UnsubscribeLink"/> where each reader's own link goes.</param>
/// <param name="Html">A whole document in ASCII, with <see cref="UnsubscribeLink"/> likewise.</param>
public sealed record NewsletterEmail(string Subject, string FromName, string Text, string Html)
{
    /// <summary>Stands for each reader's own link until a copy is made.</summary>
    public const string UnsubscribeLink = "https://leave.invalid/your-own-link";

    /// <summary>What mail programs make their own button of (RFC 2369, RFC 8058), and what sorts lists (RFC 2919).</summary>
    /// <param name="leave">The reader's own link; https.</param>
    public static ImmutableDictionary<string, string> Headers(Uri leave) => ImmutableDictionary<string, string>.Empty
        .Add("List-Unsubscribe", $"<{leave.ToAscii()}>")
        .Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
        .Add("List-Id", $"<newsletter.{leave.IdnHost}>")
        .Add("Precedence", "bulk");
}
