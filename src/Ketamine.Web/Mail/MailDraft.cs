using System.Collections.Immutable;
using Ketamine.Content;

namespace Ketamine.Web.Mail;

/// <summary>A mail as its author composes it, before it becomes a row of the outbox. Text and HTML are made from one <see cref="MailBody"/>.</summary>
public sealed record MailDraft
{
    /// <summary>What the mail is, for the list that staff see and for tests: <c>lead-staff</c>, <c>lead-confirmation</c>, <c>consultation-reminder-hour</c>. Of a-z, 0-9 and hyphens, 60 at most.</summary>
    public required string Kind { get; init; }

    /// <summary>The row's id, and with it the Message-ID, where the author keeps its own ledger and may send the same mail again; null makes a new one.</summary>
    public Guid? Id { get; init; }

    public required EmailAddress To { get; init; }

    /// <summary>The sender's name beside Mail:From; null shows the address alone. Discreet when it goes to a prospect.</summary>
    public string? FromName { get; init; }

    /// <summary>One line without control characters; discreet when it goes to a prospect.</summary>
    public required string Subject { get; init; }

    public required IMailContent Body { get; init; }
    public EmailAddress? ReplyTo { get; init; }

    public ImmutableArray<MailAttachment> Attachments { get; init; } = [];

    /// <summary>Further headers, e.g. List-Unsubscribe; names and values are checked against header injection.</summary>
    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Goes to the head of the queue.</summary>
    public bool Urgent { get; init; }

    /// <summary>Not sent before this instant; null sends at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Worthless after this instant (a reminder of a call that is over): then it ends unsent, as expired. Null never expires.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>The lead that it is about, so that its body goes when the lead goes.</summary>
    public Guid? LeadId { get; init; }
}

/// <param name="ContentType">With parameters, e.g. <c>text/calendar; method=REQUEST; charset=utf-8</c>.</param>
public sealed record MailAttachment(string Name, string ContentType, string Text);
