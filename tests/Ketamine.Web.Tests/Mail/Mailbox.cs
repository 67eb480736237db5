using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Tests.Mail;

/// <summary>The mail transport of tests: keeps what it is handed, and fails the way a test asks.</summary>
public sealed class Mailbox : IMailTransport
{
    private readonly ConcurrentQueue<ReceivedMail> _received = new();

    public string Target => "the tests' mailbox";

    /// <summary>What came in, in its order.</summary>
    public IReadOnlyList<ReceivedMail> Received => [.. _received];

    /// <summary>Runs before a mail is taken; what it throws is what happens to the mail.</summary>
    public Func<OutboxMessage, CancellationToken, Task> BeforeTaking { get; set; } = (_, _) => Task.CompletedTask;

    public IEnumerable<ReceivedMail> To(string address) => _received.Where(mail => mail.To == address);

    public IEnumerable<ReceivedMail> OfKind(string kind) => _received.Where(mail => mail.Kind == kind);

    public void Clear() => _received.Clear();

    public async Task SendAsync(OutboxMessage message, CancellationToken cancellation)
    {
        // What the row says now: it forgets it once sent.
        var mail = new ReceivedMail(message.MessageId, message.Kind, message.To, message.FromName, message.ReplyTo, message.Subject, message.Text, message.Html, message.Headers, message.Attachments);
        await BeforeTaking(message, cancellation);
        _received.Enqueue(mail);
    }
}

/// <summary>A mail as its receiver has it.</summary>
public sealed record ReceivedMail(
    string MessageId,
    string Kind,
    string To,
    string? FromName,
    string? ReplyTo,
    string Subject,
    string Text,
    string Html,
    ImmutableDictionary<string, string> Headers,
    ImmutableArray<MailAttachment> Attachments)
{
    /// <summary>Every address that the text part names, in its order.</summary>
    public IReadOnlyList<Uri> Links => [.. Text.Split(['\n', ' ']).Where(word => word.StartsWith("http", StringComparison.Ordinal)).Select(word => new Uri(word))];
}
