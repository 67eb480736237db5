using MailKit;
using MailKit.Net.Smtp;

namespace Ketamine.Web.Mail;

/// <summary>
/// Tracks the current command of an SMTP connection, so errors can name the step, and the length of replies. It looks only at the first word of each command
/// and stores none of it, so neither credentials nor an email can reach a log from here.
/// </summary>
internal sealed class SmtpProgress : IProtocolLogger
{
    public const string NamingReceiver = "naming the recipient";
    public const string HandedOver = "waiting for the server to accept the email, which it may have done";

    /// <summary>Far longer than any real reply.</summary>
    private const int LongestReply = 64 * 1024;

    private int _received;

    /// <summary>The current step, worded to follow "while".</summary>
    public string Step { get; set; } = "connecting";

    /// <summary>Whether anything was received since the last command.</summary>
    public bool ReplyBegan => _received > 0;

    public bool ReplyIsEndless => _received > LongestReply;

    /// <summary>Call this once the server accepts the sender. Its next replies are about this email.</summary>
    public void SenderAccepted() => (_received, Step) = (0, NamingReceiver);

    public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

    public void LogConnect(Uri uri) => Step = "waiting for the server's greeting";

    public void LogClient(byte[] buffer, int offset, int count)
    {
        _received = 0;
        // An email may contain lines that look like commands.
        if (Step == HandedOver) return;
        ReadOnlySpan<byte> sent = buffer.AsSpan(offset, count);
        if (sent.StartsWith("EHLO"u8) || sent.StartsWith("HELO"u8)) Step = "saying hello";
        else if (sent.StartsWith("STARTTLS"u8)) Step = "starting TLS";
        else if (sent.StartsWith("AUTH"u8)) Step = "signing in";
        else if (sent.StartsWith("MAIL"u8)) Step = "naming the sender";
        else if (sent.StartsWith("RCPT"u8)) Step = NamingReceiver;
        else if (sent.StartsWith("DATA"u8)) Step = "sending the email";
    }

    public void LogServer(byte[] buffer, int offset, int count)
    {
        _received += count;
        if (ReplyIsEndless) throw new SmtpProtocolException("The reply is too long.");
    }

    public void Dispose() { }
}
