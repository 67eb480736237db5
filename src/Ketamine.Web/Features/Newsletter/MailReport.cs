using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Ketamine.Content;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// What a mail server reports about a mail: that it was not delivered (RFC 3464), or that its reader complained (RFC 5965). Anybody can write one, so
/// that it counts only with what <see cref="Copies"/> or <see cref="UnsubscribeTokens"/> prove.
/// </summary>
/// <param name="Receivers">Whom a delivery report is about.</param>
/// <param name="Complaint">Somebody called it unwanted.</param>
/// <param name="Copies">What stands in it as <see cref="Issue.CopyId"/> does in a copy's Message-ID.</param>
/// <param name="UnsubscribeTokens">What stands in it as a link to leave, as in the List-Unsubscribe of a copy: some mail services write their own Message-ID over ours.</param>
public sealed partial record MailReport(ImmutableArray<ReportedReceiver> Receivers, bool Complaint, ImmutableArray<Guid> Copies, ImmutableArray<string> UnsubscribeTokens)
{
    /// <summary>Null for a mail that is no report.</summary>
    /// <param name="mail">Headers and body as they arrived.</param>
    public static MailReport? Read(string mail)
    {
        mail = mail.ReplaceLineEndings("\n").TrimStart('\n');
        var (head, body) = Split(mail);
        var type = Fields(head).GetValueOrDefault("content-type", "");
        if (!type.StartsWith("multipart/report", StringComparison.OrdinalIgnoreCase) || Boundary().Match(type) is not { Success: true } boundary) return null;
        var (receivers, complaint, report) = (ImmutableArray.CreateBuilder<ReportedReceiver>(), false, false);
        foreach (var part in ("\n" + body).Split("\n--" + boundary.Groups[1].Value.TrimEnd()).Skip(1))
        {
            var (partHead, content) = Split(part.TrimStart('\n', ' ', '\t'));
            var kind = Fields(partHead).GetValueOrDefault("content-type", "");
            if (kind.StartsWith("message/delivery-status", StringComparison.OrdinalIgnoreCase) || kind.StartsWith("message/global-delivery-status", StringComparison.OrdinalIgnoreCase))
            {
                report = true;
                // The first block is about the mail, each other one about a receiver.
                foreach (var block in content.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(Fields))
                    if (Receiver(block.GetValueOrDefault("original-recipient") ?? block.GetValueOrDefault("final-recipient")) is { } receiver)
                        receivers.Add(new ReportedReceiver(receiver, block.GetValueOrDefault("action", "").ToLowerInvariant(), StatusCode().Match(block.GetValueOrDefault("status", "")).Value));
            }
            else if (kind.StartsWith("message/feedback-report", StringComparison.OrdinalIgnoreCase))
            {
                report = true;
                complaint |= Fields(content).GetValueOrDefault("feedback-type", "").Equals("abuse", StringComparison.OrdinalIgnoreCase);
            }
        }

        return report
            ? new MailReport(receivers.ToImmutable(), complaint,
                [.. CopyId().Matches(mail).Select(match => Guid.ParseExact(match.Groups[1].ValueSpan, "N")).Distinct()],
                [.. UnsubscribeToken().Matches(mail).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal)])
            : null;
    }

    // RFC 3464 §2.3.2 names the kind of address first; utf-8 is RFC 6533's.
    private static EmailAddress? Receiver(string? field) =>
        field?.Split(';', 2) is [var kind, var text] && kind.Trim().ToLowerInvariant() is "rfc822" or "utf-8" && EmailAddress.TryParse(text.Trim().Trim('<', '>'), out var address) ? address : null;

    private static (string Head, string Body) Split(string text) => text.IndexOf("\n\n", StringComparison.Ordinal) is >= 0 and var end ? (text[..end], text[(end + 2)..]) : (text, "");

    // RFC 5322 §2.2.3: a line that begins with white space goes on the one before.
    private static Dictionary<string, string> Fields(string head)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Folding().Replace(head, " ").Split('\n'))
            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon) fields.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
        return fields;
    }

    [GeneratedRegex("""\bboundary\s*=\s*"?([^";]+)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Boundary();

    [GeneratedRegex(@"^[245]\.\d{1,3}\.\d{1,3}", RegexOptions.CultureInvariant)]
    private static partial Regex StatusCode();

    [GeneratedRegex(@"\n[ \t]+", RegexOptions.CultureInvariant)]
    private static partial Regex Folding();

    [GeneratedRegex("<([0-9a-f]{32})@", RegexOptions.CultureInvariant)]
    private static partial Regex CopyId();

    [GeneratedRegex("/newsletter/unsubscribe/([A-Za-z0-9_-]{64})(?![A-Za-z0-9_-])", RegexOptions.CultureInvariant)]
    private static partial Regex UnsubscribeToken();
}

/// <param name="Action"><c>failed</c>, <c>delayed</c>, <c>delivered</c> …, lower case.</param>
/// <param name="Status">RFC 3463: <c>5.1.1</c>; empty where the report names none.</param>
public sealed record ReportedReceiver(EmailAddress Address, string Action, string Status)
{
    /// <summary>Nothing will ever reach the mailbox: a bad address, one that is closed, or a domain that is gone. A full mailbox or a policy is no reason, whatever its number.</summary>
    public bool Final => Action == "failed" && (Status.StartsWith("5.1.", StringComparison.Ordinal) || Status is "5.2.1" or "5.4.4" or "5.0.0");
}
