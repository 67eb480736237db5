using MimeKit;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// A mail server's report about an email: that it wasn't delivered (RFC 3464), or that its reader complained (RFC 5965). Anyone can write one, so it
/// counts only if <see cref="Copies"/> or <see cref="UnsubscribeTokens"/> prove that we sent the email.
/// </summary>
/// <param name="Receivers">The recipients that a delivery report is about.</param>
/// <param name="Complaint">Whether someone reported it as spam.</param>
/// <param name="Copies">The <see cref="Issue.CopyId"/> values that it quotes from Message-IDs.</param>
/// <param name="UnsubscribeTokens">
/// From the links to unsubscribe that it quotes, as in a copy's List-Unsubscribe: some mail services replace our Message-ID with their own.
/// </param>
public sealed partial record MailReport(
    ImmutableArray<ReportedReceiver> Receivers, bool Complaint, ImmutableArray<Guid> Copies, ImmutableArray<string> UnsubscribeTokens)
{
    /// <summary>Null if the email isn't a report.</summary>
    /// <param name="mail">Headers and body as they arrived.</param>
    public static MailReport? Read(string mail)
    {
        if (Parse(mail.TrimStart('\r', '\n')) is not { Body: MultipartReport report }) return null;
        var statuses = report.OfType<MessageDeliveryStatus>().ToList();
        var feedback = report.OfType<MessageFeedbackReport>().ToList();
        if (statuses.Count + feedback.Count == 0) return null;
        // The first group is about the email, each other one about a recipient; some reports omit the first.
        var receivers = statuses.SelectMany(status => status.StatusGroups).Select(Read).OfType<ReportedReceiver>();
        return new MailReport([.. receivers], feedback.Any(one => "abuse".Equals(one.Fields["Feedback-Type"]?.Trim(), StringComparison.OrdinalIgnoreCase)),
            [.. CopyId().Matches(mail).Select(match => Guid.ParseExact(match.Groups[1].ValueSpan, "N")).Distinct()],
            [.. UnsubscribeToken().Matches(mail).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal)]);
    }

    private static MimeMessage? Parse(string mail)
    {
        try
        {
            return MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(mail)));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static ReportedReceiver? Read(HeaderList group) =>
        Receiver(group["Original-Recipient"] ?? group["Final-Recipient"]) is { } receiver
            ? new ReportedReceiver(receiver, (group["Action"] ?? "").Trim().ToLowerInvariant(), StatusCode().Match((group["Status"] ?? "").Trim()).Value)
            : null;

    // RFC 3464 §2.3.2 names the kind of address first; utf-8 is RFC 6533's.
    private static EmailAddress? Receiver(string? field) =>
        field?.Split(';', 2) is [var kind, var text] && kind.Trim().ToLowerInvariant() is "rfc822" or "utf-8"
            && EmailAddress.TryParse(text.Trim().Trim('<', '>'), out var address)
                ? address
                : null;

    [GeneratedRegex(@"^[245]\.\d{1,3}\.\d{1,3}", RegexOptions.CultureInvariant)]
    private static partial Regex StatusCode();

    [GeneratedRegex("<([0-9a-f]{32})@", RegexOptions.CultureInvariant)]
    private static partial Regex CopyId();

    [GeneratedRegex("/newsletter/unsubscribe/([A-Za-z0-9_-]{64})(?![A-Za-z0-9_-])", RegexOptions.CultureInvariant)]
    private static partial Regex UnsubscribeToken();
}

/// <param name="Action"><c>failed</c>, <c>delayed</c>, <c>delivered</c> …, lower case.</param>
/// <param name="Status">RFC 3463: <c>5.1.1</c>; empty if the report has none.</param>
public sealed record ReportedReceiver(EmailAddress Address, string Action, string Status)
{
    /// <summary>
    /// Nothing will ever reach the mailbox: the address is wrong or closed, or its domain is gone. A full mailbox or a policy never counts,
    /// regardless of the code.
    /// </summary>
    public bool Final => Action == "failed" && (Status.StartsWith("5.1.", StringComparison.Ordinal) || Status is "5.2.1" or "5.4.4" or "5.0.0");
}
