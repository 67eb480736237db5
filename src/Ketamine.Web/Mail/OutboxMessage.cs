using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Mail;

/// <summary>
/// An email as a database row, saved with the change that caused it and tried until it is sent or fails visibly. Its content is deleted once it is sent or
/// expires; from then on, only the recipient has it.
/// </summary>
public sealed partial class OutboxMessage : SealedRow<OutboxMessage.Content>
{
    /// <summary>How long to keep trying after the first attempt. Then the email has failed, and staff are notified.</summary>
    public static readonly TimeSpan KeepTrying = TimeSpan.FromHours(72);

    public const int MaxSubjectLength = 200;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(4);

    // A server fault has nothing to do with this email, which shouldn't wait long once the server is back.
    private static readonly TimeSpan LongestPauseForServer = TimeSpan.FromMinutes(5);

    private OutboxMessage() { }

    /// <summary>The Message-ID with its angle brackets (RFC 5322 §3.6.4). It is created with the row, so a repeat after a crash has the same one.</summary>
    public string MessageId { get; private set; } = "";

    /// <inheritdoc cref="MailDraft.Kind"/>
    public string Kind { get; private set; } = "";

    /// <summary>One mailbox, in ASCII.</summary>
    public string To => Words.To;

    public string? FromName { get; private set; }

    /// <summary>One line of 1 to <see cref="MaxSubjectLength"/> characters.</summary>
    public string Subject { get; private set; } = "";

    /// <summary>The text part with \n; empty once sent.</summary>
    public string Text => Words.Text;

    /// <summary>The HTML part; empty once sent.</summary>
    public string Html => Words.Html;

    public string? ReplyTo => Words.ReplyTo;
    public ImmutableDictionary<string, string> Headers => Words.Headers;

    /// <summary>Empty once sent.</summary>
    public ImmutableArray<MailAttachment> Attachments => Words.Attachments;

    public OutboxPriority Priority { get; private set; }

    /// <summary>The lead it is about. It isn't a foreign key, because an email may outlive its lead as an empty row.</summary>
    public Guid? LeadId { get; private set; }

    /// <inheritdoc cref="MailDraft.ToProspect"/>
    public bool ToProspect { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When to send it.</summary>
    public DateTimeOffset NotBefore { get; private set; }

    /// <inheritdoc cref="MailDraft.NotAfter"/>
    public DateTimeOffset? NotAfter { get; private set; }

    /// <summary>When a worker may claim it: at the next attempt, or when another worker's claim ends.</summary>
    public DateTimeOffset DueAt { get; private set; }

    /// <summary>How many times it was claimed. A concurrency token: if two workers claim it, only the first to save gets it.</summary>
    public int Attempts { get; private set; }

    public DateTimeOffset? FirstTriedAt { get; private set; }

    /// <summary>The last worker that claimed it, as machine and process.</summary>
    public string? ClaimedBy { get; private set; }

    public DateTimeOffset? SentAt { get; private set; }
    public OutboxState State { get; private set; }

    /// <summary>The last failure. It never contains the recipient's address or anything from the email.</summary>
    public string? LastError { get; private set; }

    /// <summary>The row for a draft.</summary>
    /// <exception cref="ArgumentException">The kind, or the name or value of a header or attachment, is invalid, or a draft may not set it.</exception>
    public static OutboxMessage From(MailDraft draft, MailOptions options, DateTimeOffset now, MailLook? look = null)
    {
        if (!KindName().IsMatch(draft.Kind)) throw new ArgumentException("An email's kind has at most 60 characters: a-z, 0-9, and hyphens.", nameof(draft));
        foreach (var (name, value) in draft.Headers) CheckHeader(name, value);
        foreach (var attachment in draft.Attachments) CheckAttachment(attachment);
        var id = draft.Id ?? Guid.CreateVersion7(now);
        var subject = TypedText.Truncate(TypedText.OneLine(draft.Subject), MaxSubjectLength);
        var fromName = draft.FromName is { } sender ? TypedText.Truncate(TypedText.OneLine(sender), 100) : null;
        return new OutboxMessage
        {
            Id = id,
            MessageId = $"<{id:N}@{options.From.Domain}>",
            Kind = draft.Kind,
            FromName = fromName,
            Subject = subject,
            Words = new Content(
                draft.To.ToString(), draft.ReplyTo?.ToString(), draft.Body.ToText(), draft.Body.ToHtml(subject, fromName, look ?? MailLook.Default),
                draft.Headers, draft.Attachments),
            Priority = draft.Urgent ? OutboxPriority.Urgent : OutboxPriority.Normal,
            LeadId = draft.LeadId,
            ToProspect = draft.ToProspect,
            CreatedAt = now,
            NotBefore = draft.NotBefore ?? now,
            NotAfter = draft.NotAfter,
            DueAt = draft.NotBefore ?? now,
            State = OutboxState.Waiting,
        };
    }

    /// <summary>
    /// Claims the email until <paramref name="now"/> + <paramref name="lease"/>. Returns false if it isn't due or has expired, and marks an expired email as
    /// such. Takes effect when saved; a concurrency failure means that another worker was first or the email was withdrawn.
    /// </summary>
    public bool TryClaim(DateTimeOffset now, string worker, TimeSpan lease)
    {
        if (State is not (OutboxState.Waiting or OutboxState.Sending) || DueAt > now) return false;
        if (now > NotAfter)
        {
            Expire();
            return false;
        }

        State = OutboxState.Sending;
        Attempts++;
        FirstTriedAt ??= now;
        ClaimedBy = worker;
        DueAt = now + lease;
        return true;
    }

    /// <summary>The server accepted it.</summary>
    public void MarkSent(DateTimeOffset now)
    {
        State = OutboxState.Sent;
        SentAt = now;
        LastError = null;
        Forget();
    }

    /// <summary>
    /// Records a failed attempt. The email waits for the next one, twice as long as before and at most four hours (five minutes after a server fault), until
    /// <see cref="KeepTrying"/> is over or it expires.
    /// </summary>
    /// <param name="jitter">From 0 to 1. Spreads out the retries of emails that failed together.</param>
    public void MarkFailed(DateTimeOffset now, MailFailure failure, string error, double jitter)
    {
        LastError = TypedText.Truncate(error, 500);
        var longest = failure is MailFailure.Server ? LongestPauseForServer : LongestPause;
        DueAt = now + Backoff.Pause(FirstPause, longest, Attempts, jitter);
        if (failure is MailFailure.Refused || DueAt > FirstTriedAt + KeepTrying) State = OutboxState.Failed;
        else if (DueAt > NotAfter) Expire();
        else State = OutboxState.Waiting;
    }

    /// <summary>Retries a failed email for another <see cref="KeepTrying"/>, after its cause was fixed. Returns false if it hasn't failed.</summary>
    public bool TryAgain(DateTimeOffset now)
    {
        if (State is not OutboxState.Failed) return false;
        (State, DueAt, FirstTriedAt) = (OutboxState.Waiting, now, null);
        return true;
    }

    private void Expire()
    {
        State = OutboxState.Expired;
        Forget();
    }

    private void Forget() => Words = Words with { Text = "", Html = "", Attachments = [], Headers = ImmutableDictionary<string, string>.Empty };

    /// <summary>An email's sealed content: its recipient and text. The sealed JSON uses these names.</summary>
    public sealed record Content(
        string To,
        string? ReplyTo,
        string Text,
        string Html,
        ImmutableDictionary<string, string> Headers,
        ImmutableArray<MailAttachment> Attachments);

    /// <summary>The value of <see cref="SealedRow{T}.Sealed"/> for erased content, without even the recipient.</summary>
    public static byte[] Nothing { get; } = [];

    protected override string Table => "Outbox";

    protected override Content Erased { get; } = new("", null, "", "", ImmutableDictionary<string, string>.Empty, []);

    /// <summary>Takes in unsealed data from an old database.</summary>
    internal void TakeIn(Content content) => Words = content;

    private static void CheckHeader(string name, string value)
    {
        if (!HeaderName().IsMatch(name) || OwnHeaders.Contains(name) || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"A draft can't set the header {TypedText.OneLine(name)}.", nameof(name));
        if (!HeaderValue().IsMatch(value))
            throw new ArgumentException($"The header {name} has a value that is empty, too long, or not printable ASCII.", nameof(value));
    }

    private static void CheckAttachment(MailAttachment attachment)
    {
        if (!FileName().IsMatch(attachment.Name))
            throw new ArgumentException("An attachment's name has at most 80 characters: A-Z, a-z, 0-9, -, _, and dots.", nameof(attachment));
        if (!HeaderValue().IsMatch(attachment.ContentType) || !System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(attachment.ContentType, out _))
            throw new ArgumentException($"The attachment {attachment.Name} doesn't have a valid content type.", nameof(attachment));
    }

    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "From", "Sender", "To", "Cc", "Bcc", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Return-Path", "Received", "Auto-Submitted",
    };

    // Used in file names; see FileTransport.
    [GeneratedRegex(@"^[a-z0-9-]{1,60}\z", RegexOptions.CultureInvariant)]
    private static partial Regex KindName();

    // RFC 5322 §2.2: ftext, limited to characters that headers use.
    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9-]{0,75}\z", RegexOptions.CultureInvariant)]
    private static partial Regex HeaderName();

    // RFC 5322 §2.1.1: a line has at most 998 octets.
    [GeneratedRegex(@"^[!-~][ -~]{0,899}\z", RegexOptions.CultureInvariant)]
    private static partial Regex HeaderValue();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    private sealed class Mapping : IEntityTypeConfiguration<OutboxMessage>
    {
        public void Configure(EntityTypeBuilder<OutboxMessage> message)
        {
            message.ToTable("Outbox");
            message.Property(m => m.Id).ValueGeneratedNever();
            message.Property(m => m.MessageId).HasMaxLength(300);
            message.HasIndex(m => m.MessageId).IsUnique();
            message.Property(m => m.Kind).HasMaxLength(60);
            message.Property(m => m.FromName).HasMaxLength(100);
            message.Property(m => m.Subject).HasMaxLength(MaxSubjectLength);
            message.Ignore(m => m.Attachments);
            message.Ignore(m => m.Headers);
            message.Property(m => m.Sealed).IsRequired(false); // emails from before sealing wait in Unsealed
            message.Property(m => m.Priority).HasConversion<int>();
            // A concurrency token like Attempts, so a worker can't claim an email that was withdrawn after it read the row.
            message.Property(m => m.State).HasConversion<string>().HasMaxLength(20).IsConcurrencyToken();
            message.Property(m => m.ClaimedBy).HasMaxLength(100);
            message.Property(m => m.LastError).HasMaxLength(500);
            message.Property(m => m.Attempts).IsConcurrencyToken();
            message.HasIndex(m => new { m.State, m.Priority, m.DueAt });
            message.HasIndex(m => m.LeadId);
            message.HasIndex(m => new { m.Kind, m.CreatedAt });
            message.Property(m => m.ToProspect).HasDefaultValue(false).ValueGeneratedNever();
        }
    }
}

/// <summary>An email's progress.</summary>
public enum OutboxState
{
    /// <summary>To be sent now or later.</summary>
    Waiting,

    /// <summary>Claimed by a worker. Due again if the worker disappears.</summary>
    Sending,

    /// <summary>The mail server accepted it.</summary>
    Sent,

    /// <summary>Refused permanently, or not accepted within <see cref="OutboxMessage.KeepTrying"/>: staff must look into it.</summary>
    Failed,

    /// <summary>No longer useful, or withdrawn.</summary>
    Expired,
}

/// <summary>The sending order. Lower values come first.</summary>
public enum OutboxPriority
{
    Urgent = 0,
    Normal = 1,
}
