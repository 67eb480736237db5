using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>An issue's email before copies are made: both parts have the same content.</summary>
/// <param name="Subject">One line.</param>
/// <param name="FromName">Discreet, because others may see an inbox.</param>
/// <param name="Text">With <see cref="UnsubscribeLink"/> instead of each reader's own link.</param>
/// <param name="Html">A complete document in ASCII, also with <see cref="UnsubscribeLink"/>.</param>
public sealed record NewsletterEmail(string Subject, string FromName, string Text, string Html)
{
    /// <summary>A placeholder for each reader's own link. It is stored with every issue, so it never changes.</summary>
    public const string UnsubscribeLink = "https://leave.invalid/your-own-link";

    /// <summary>The headers for email programs' own unsubscribe button (RFC 2369, RFC 8058), and for sorting (RFC 2919).</summary>
    /// <param name="unsubscribe">The reader's own link; https.</param>
    public static ImmutableDictionary<string, string> Headers(Uri unsubscribe) => ImmutableDictionary<string, string>.Empty
        .Add("List-Unsubscribe", $"<{unsubscribe.ToAscii()}>")
        .Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
        .Add("List-Id", $"<newsletter.{unsubscribe.IdnHost}>")
        .Add("Precedence", "bulk");
}
