using MimeKit;
using MimeKit.Cryptography;
using MimeKit.Text;

namespace Ketamine.Web.Mail;

/// <summary>Turns an outbox row into a MIME message: 7-bit, with ASCII left readable, and signed if Mail:Dkim is set.</summary>
internal sealed class MailComposer(IOptions<MailOptions> mail, TimeProvider clock)
{
    private const int LongestLine = 998;

    // Gmail and Yahoo honor one-click unsubscribe only if the signature covers both of its headers (RFC 8058 §4).
    private static readonly string[] Signed =
    [
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Auto-Submitted",
        "List-Unsubscribe", "List-Unsubscribe-Post", "List-Id",
    ];

    private readonly Lazy<DkimSigner?> _signer = new(() => mail.Value.Dkim is { } dkim ? new Signer(dkim, clock) : null);

    /// <summary>The format of every message: CRLF line endings, and headers folded at 78 columns.</summary>
    public static FormatOptions Format { get; } = CreateFormat();

    /// <summary>The message, ready to be written by <see cref="Format"/>.</summary>
    public MimeMessage Compose(OutboxMessage message)
    {
        var mime = new MimeMessage { Date = clock.GetUtcNow(), MessageId = message.MessageId.Trim('<', '>'), Body = Body(message) };
        mime.From.Add(new MailboxAddress(message.FromName, mail.Value.From.ToString()));
        if (message.FromName is { } name && LooksEncoded(name)) mime.Headers.Replace(Raw("From", $"{EncodedWords(name)} <{mail.Value.From}>"));
        mime.To.Add(new MailboxAddress(null, message.To));
        if (message.ReplyTo is { } replyTo) mime.ReplyTo.Add(new MailboxAddress(null, replyTo));
        mime.Subject = message.Subject;
        if (LooksEncoded(message.Subject)) mime.Headers.Replace(Raw("Subject", EncodedWords(message.Subject)));
        // RFC 3834: stops automatic replies.
        mime.Headers.Add("Auto-Submitted", "auto-generated");
        foreach (var (header, value) in message.Headers.OrderBy(header => header.Key, StringComparer.Ordinal)) mime.Headers.Add(Raw(header, value));
        mime.Prepare(EncodingConstraint.SevenBit, LongestLine);
        if (_signer.Value is { } signer)
            signer.Sign(Format, mime, [.. Signed.Where(header => mime.Headers.Contains(header) || header.StartsWith("Content-", StringComparison.Ordinal))]);
        return mime;
    }

    private static GatedMultipart Body(OutboxMessage message)
    {
        var alternative = new GatedMultipart("alternative") { TextPart(TextFormat.Plain, message.Text), TextPart(TextFormat.Html, message.Html) };
        // Calendars read the invitation from the alternative parts, but people save it from the attachments, so include both.
        foreach (var invitation in message.Attachments.Where(IsInvitation)) alternative.Add(Part(invitation));
        if (message.Attachments.IsEmpty) return alternative;
        var mixed = new GatedMultipart("mixed") { alternative };
        foreach (var attachment in message.Attachments)
        {
            var part = Part(attachment);
            part.ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = attachment.Name };
            mixed.Add(part);
        }

        return mixed;
    }

    private static bool IsInvitation(MailAttachment attachment) =>
        attachment.ContentType.StartsWith("text/calendar", StringComparison.OrdinalIgnoreCase)
        && attachment.ContentType.Contains("method=", StringComparison.OrdinalIgnoreCase);

    private static TextPart TextPart(TextFormat format, string text)
    {
        var readable = Ascii.IsValid(text) && text.Split('\n').All(line => line.Length <= LongestLine);
        var part = new TextPart(format) { ContentTransferEncoding = readable ? ContentEncoding.SevenBit : ContentEncoding.QuotedPrintable };
        part.SetText(Encoding.UTF8, text);
        return part;
    }

    private static MimePart Part(MailAttachment attachment) => new(ContentType.Parse(attachment.ContentType))
    {
        Content = new MimeContent(new MemoryStream(Encoding.UTF8.GetBytes(attachment.Text))),
        ContentTransferEncoding = ContentEncoding.Base64,
    };

    // RFC 2047: MimeKit doesn't encode ASCII, but a reader would decode text that only looks encoded, so encode such text as a whole.
    private static bool LooksEncoded(string text) => text.Contains("=?", StringComparison.Ordinal);

    // §2: an encoded word has at most 75 characters and contains only whole characters.
    private static string EncodedWords(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(word.ToString()) + rune.Utf8SequenceLength > 42) Flush();
            word.Append(rune);
        }

        Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(word.ToString()))}?=");
            word.Clear();
        }
    }

    // Unfolded: mail services expect the link in List-Unsubscribe on one line, but MimeKit would fold it.
    private static Header Raw(string name, string value)
    {
        var header = new Header(name, "");
        header.SetRawValue(Encoding.ASCII.GetBytes($" {value}\r\n"));
        return header;
    }

    private static FormatOptions CreateFormat()
    {
        var format = FormatOptions.Default.Clone();
        (format.NewLineFormat, format.EnsureNewLine, format.International) = (NewLineFormat.Dos, true, false);
        return format;
    }

    private sealed class Signer : DkimSigner
    {
        private readonly TimeProvider _clock;

        public Signer(DkimOptions options, TimeProvider clock)
            : base(new MemoryStream(Encoding.ASCII.GetBytes(options.PrivateKey)), options.Domain, options.Selector)
        {
            _clock = clock;
            (HeaderCanonicalizationAlgorithm, BodyCanonicalizationAlgorithm) = (DkimCanonicalizationAlgorithm.Relaxed, DkimCanonicalizationAlgorithm.Relaxed);
        }

        protected override long GetTimestamp() => _clock.GetUtcNow().ToUnixTimeSeconds();
    }
}

/// <summary>A body that runs a callback before its first byte is written.</summary>
internal sealed class GatedMultipart(string subtype) : Multipart(subtype)
{
    /// <summary>If it throws, nothing is written.</summary>
    public Func<Task>? BeforeWriting { get; set; }

    public override async Task WriteToAsync(FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default)
    {
        if (BeforeWriting is { } act) await act();
        await base.WriteToAsync(options, stream, contentOnly, cancellationToken);
    }
}
