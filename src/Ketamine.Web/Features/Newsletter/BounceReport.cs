using System.Text.RegularExpressions;
using Ketamine.Web.Content;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>One receiver of a delivery report (RFC 3464).</summary>
/// <param name="Action"><c>failed</c>, <c>delayed</c>, <c>delivered</c> …, lower case.</param>
/// <param name="Status">RFC 3463: <c>5.1.1</c>.</param>
public sealed partial record BounceReport(EmailAddress Receiver, string Action, string Status)
{
    /// <summary>Nothing will ever reach the mailbox: a bad address or one that is closed, as when a mail is refused at once. A full mailbox or a policy is no reason.</summary>
    public bool Final => Action == "failed" && (Status.StartsWith("5.1.", StringComparison.Ordinal) || Status is "5.2.1" or "5.0.0");

    /// <summary>The receivers that a mail's delivery-status part names; empty for a mail that is no report.</summary>
    /// <param name="mail">Headers and body as they arrived.</param>
    public static IReadOnlyList<BounceReport> Read(string mail)
    {
        var (head, body) = Split(mail.ReplaceLineEndings("\n").TrimStart('\n'));
        var type = Fields(head).GetValueOrDefault("content-type", "");
        if (!type.StartsWith("multipart/report", StringComparison.OrdinalIgnoreCase) || Boundary().Match(type) is not { Success: true } boundary) return [];
        var reports = new List<BounceReport>();
        foreach (var part in ("\n" + body).Split("\n--" + boundary.Groups[1].Value.TrimEnd()).Skip(1))
        {
            var (partHead, status) = Split(part.TrimStart('\n', ' ', '\t'));
            if (!Fields(partHead).GetValueOrDefault("content-type", "").StartsWith("message/delivery-status", StringComparison.OrdinalIgnoreCase)) continue;
            // The first block is about the mail, each other one about a receiver.
            foreach (var block in status.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(Fields))
            {
                var named = block.GetValueOrDefault("original-recipient") ?? block.GetValueOrDefault("final-recipient");
                if (named is null || !named.StartsWith("rfc822;", StringComparison.OrdinalIgnoreCase) || !EmailAddress.TryParse(named["rfc822;".Length..].Trim().Trim('<', '>'), out var receiver)) continue;
                reports.Add(new BounceReport(receiver, block.GetValueOrDefault("action", "").ToLowerInvariant(), StatusCode().Match(block.GetValueOrDefault("status", "")).Value));
            }
        }

        return reports;
    }

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
}
