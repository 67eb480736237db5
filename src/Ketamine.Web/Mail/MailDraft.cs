namespace Ketamine.Web.Mail;

/// <summary>An email before it becomes a row in the outbox. The text and HTML parts come from one <see cref="MailBody"/>.</summary>
public sealed record MailDraft
{
    /// <summary>
    /// A label for staff's list and for tests: <c>lead-staff</c>, <c>consultation-reminder-hour</c>. At most 60 characters: a-z, 0-9, and hyphens.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>The row's ID and therefore its Message-ID, for a sender that may send the same email again; null creates a new one.</summary>
    public Guid? Id { get; init; }

    public required EmailAddress To { get; init; }

    /// <summary>The sender's name next to Mail:From; null shows only the address. Discreet in email to prospects.</summary>
    public string? FromName { get; init; }

    /// <summary>One line without control characters; discreet in email to prospects.</summary>
    public required string Subject { get; init; }

    public required IMailContent Body { get; init; }
    public EmailAddress? ReplyTo { get; init; }

    public ImmutableArray<MailAttachment> Attachments { get; init; } = [];

    /// <summary>Additional headers, e.g. List-Unsubscribe. Names and values are checked for header injection.</summary>
    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Sent before anything that isn't urgent.</summary>
    public bool Urgent { get; init; }

    /// <summary>Not sent before this time; null sends immediately.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>When it becomes useless (a reminder of a past call) and expires unsent. Null never expires.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>The lead it is about. Both are deleted together.</summary>
    public Guid? LeadId { get; init; }

    /// <summary>Whether it goes to the person of <see cref="LeadId"/>, who can opt out of email; false for email to staff.</summary>
    public bool ToProspect { get; init; }
}

/// <param name="ContentType">With parameters, e.g. <c>text/calendar; method=REQUEST; charset=utf-8</c>.</param>
public sealed record MailAttachment(string Name, string ContentType, string Text);
