using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ketamine.Content;
using Ketamine.Web.Mail;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Ketamine.Web.Tests.Mail;

/// <summary>The mail transport in tests: keeps the emails it gets, and fails the way a test requires.</summary>
public sealed class Mailbox : IMailTransport
{
    private readonly ConcurrentQueue<ReceivedMail> _received = new();
    private readonly MailComposer _composer = new(Options.Create(new MailOptions { From = EmailAddress.Parse("clinic@juniper.example") }), TimeProvider.System);

    public string Target => "the tests' mailbox";

    /// <summary>The emails received, in order.</summary>
    public IReadOnlyList<ReceivedMail> Received => [.. _received];

    /// <summary>Runs before an email is accepted. An exception from it becomes the outcome of the attempt.</summary>
    public Func<OutboxMessage, CancellationToken, Task> BeforeTaking { get; set; } = (_, _) => Task.CompletedTask;

    public IEnumerable<ReceivedMail> To(string address) => _received.Where(mail => mail.To == address);

    public IEnumerable<ReceivedMail> OfKind(string kind) => _received.Where(mail => mail.Kind == kind);

    public void Clear() => _received.Clear();

    public async Task SendAsync(OutboxMessage message, CancellationToken cancellation)
    {
        // Read the content now: the row's content is deleted once it is sent.
        using var sent = new MemoryStream();
        await _composer.Compose(message).WriteToAsync(MailComposer.Format, sent, cancellation);
        var kind = message.Kind;
        await BeforeTaking(message, cancellation);
        sent.Position = 0;
        _received.Enqueue(ReceivedMail.Read(kind, await MimeMessage.LoadAsync(sent, cancellation)));
    }
}

/// <summary>An email as its recipient has it, read by MimeKit from the bytes sent.</summary>
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
    /// <summary>Every web address in the text part, in order.</summary>
    public IReadOnlyList<Uri> Links =>
        [.. Text.Split(['\n', ' ']).Where(word => word.StartsWith("http", StringComparison.Ordinal)).Select(word => new Uri(word))];

    private static readonly HashSet<string> Envelope = new(StringComparer.OrdinalIgnoreCase) { "From", "To", "Reply-To", "Subject" };

    internal static ReceivedMail Read(string kind, MimeMessage mail) =>
        new(
            $"<{mail.MessageId}>",
            kind,
            mail.To.Mailboxes.Single().Address,
            mail.From.Mailboxes.Single().Name is { Length: > 0 } name ? name : null,
            mail.ReplyTo.Mailboxes.SingleOrDefault()?.Address,
            mail.Subject ?? "",
            mail.TextBody!.ReplaceLineEndings("\n"),
            mail.HtmlBody!.ReplaceLineEndings("\n"),
            mail.Headers.Where(header => !Envelope.Contains(header.Field))
                .ToImmutableDictionary(header => header.Field, header => header.Value, StringComparer.OrdinalIgnoreCase),
            [
                .. mail
                    .Attachments.OfType<MimePart>()
                    .Select(part => new MailAttachment(
                        part.FileName!,
                        part.ContentType.ToString()["Content-Type: ".Length..].Replace("\"", "", StringComparison.Ordinal),
                        Content(part)
                    )),
            ]
        );

    private static string Content(MimePart part)
    {
        using var content = new MemoryStream();
        part.Content!.DecodeTo(content);
        return System.Text.Encoding.UTF8.GetString(content.ToArray());
    }
}
