using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Ketamine.Web.Mail;

/// <summary>
/// One connection to the mail server, for one mail after another. MailKit speaks SMTP; this knows at which step it is, and so whose fault an error is.
/// Not thread-safe.
/// </summary>
internal sealed partial class SmtpSession : IAsyncDisposable
{
    // Gmail closes a connection after 100 mails.
    private const int MostMails = 100;

    private readonly MailOptions _options;
    private readonly OAuth2Tokens _tokens;
    private readonly SmtpProgress _progress = new();
    private readonly Client _client;
    private int _mails;

    public SmtpSession(MailOptions options, OAuth2Tokens tokens)
    {
        (_options, _tokens) = (options, tokens);
        _client = new Client(this)
        {
            // MailKit's default is the machine's name, which is nobody's business.
            LocalDomain = options.From.Domain,
            // A certificate authority's list that can't be reached must not stop a clinic's mail; the certificate itself is checked.
            CheckCertificateRevocation = false,
            Timeout = (int)options.Timeout.TotalMilliseconds,
        };
    }

    /// <summary>The mail, or a part of it, is on its way or was taken; false where it can go over another connection without coming twice.</summary>
    public bool ContentLeft { get; private set; }

    /// <summary>Another mail can follow.</summary>
    public bool CanContinue => _client.IsConnected && _mails < MostMails;

    /// <summary>Connects, secures the line and signs in.</summary>
    /// <exception cref="MailFailedException">With <see cref="MailFailure.Server"/>.</exception>
    public Task OpenAsync(CancellationToken cancellation) => ExplainAsync(async () =>
    {
        var security = _options.Security switch
        {
            MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            MailSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        };
        await _client.ConnectAsync(_options.Host!, _options.Port, security, cancellation);
        if (_options.User is null) return;
        if (_options.Auth is MailAuth.OAuth2) await SignInByTokenAsync(cancellation);
        else await _client.AuthenticateAsync(PasswordMechanism(_options.User, _options.Password!), cancellation);
    });

    /// <summary>Hands over one mail.</summary>
    /// <param name="beforeContent">Runs when the server has asked for the content. If it throws, the line is closed: content without its end is dropped (RFC 5321 §4.1.1.4).</param>
    /// <exception cref="MailFailedException">It was not taken; or the line broke after it was handed over, and nobody can tell.</exception>
    public async Task SendAsync(MimeMessage mail, string to, Func<Task> beforeContent, CancellationToken cancellation)
    {
        _mails++;
        ContentLeft = false;
        _client.Begin();
        _progress.Step = "naming the sender";
        Exception? stopped = null;
        ((GatedMultipart)mail.Body!).BeforeWriting = async () =>
        {
            // It is written once more before that, to tell the server its size.
            if (!_client.Accepted) return;
            try
            {
                await beforeContent();
            }
            catch (Exception e)
            {
                stopped = e;
                throw;
            }

            (ContentLeft, _progress.Step) = (true, SmtpProgress.HandedOver);
        };
        try
        {
            await ExplainAsync(() => _client.SendAsync(MailComposer.Format, mail, new MailboxAddress(null, _options.From.ToString()), [new MailboxAddress(null, to)], cancellation));
        }
        catch (MailFailedException) when (stopped is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(stopped);
        }
    }

    /// <summary>Says goodbye, waiting for the answer for a moment at most.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            if (_client.IsConnected) await _client.DisconnectAsync(quit: true, patience.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ProtocolException or CommandException or InvalidOperationException)
        {
            // Whether the server hears it changes nothing.
        }

        _client.Dispose();
    }

    private SaslMechanism PasswordMechanism(string user, string password)
    {
        var offered = _client.AuthenticationMechanisms;
        // One try by one mechanism: a wrong password tried by each in turn locks accounts. The line is secured, so the one that works everywhere comes first.
        if (offered.Contains("PLAIN")) return new SaslMechanismPlain(Encoding.UTF8, user, password);
        if (offered.Contains("LOGIN")) return new SaslMechanismLogin(Encoding.UTF8, user, password);
        if (offered.Contains("SCRAM-SHA-256")) return new SaslMechanismScramSha256(user, password);
        if (offered.Contains("SCRAM-SHA-512")) return new SaslMechanismScramSha512(user, password);
        var hint = offered.Contains("XOAUTH2") ? "it wants Mail:Auth=OAuth2" : "is it the submission port?";
        throw new MailFailedException(MailFailure.Server, $"{Server} offers no sign-in by PLAIN, LOGIN or SCRAM; {hint}");
    }

    private async Task SignInByTokenAsync(CancellationToken cancellation)
    {
        var offered = _client.AuthenticationMechanisms;
        if (!offered.Contains("XOAUTH2") && !offered.Contains("OAUTHBEARER"))
            throw new MailFailedException(MailFailure.Server, $"{Server} offers no sign-in by XOAUTH2; is it the submission port of Microsoft 365 or Google Workspace?");
        var token = await _tokens.GetAsync(cancellation);
        try
        {
            await _client.AuthenticateAsync(offered.Contains("XOAUTH2") ? new SaslMechanismOAuth2(_options.User!, token) : new SaslMechanismOAuthBearer(_options.User!, token), cancellation);
        }
        catch (AuthenticationException)
        {
            _tokens.Forget(token);
            throw;
        }
    }

    private string Server => $"{_options.Host}:{_options.Port}";

    private async Task ExplainAsync(Func<Task> talk)
    {
        try
        {
            await talk();
        }
        catch (Exception e)
        {
            throw Explain(e);
        }
    }

    private MailFailedException Explain(Exception error) => error switch
    {
        MailFailedException known => known,
        // Kept when it was said: what follows a refusal (RSET) may hang.
        _ when _client.Refusal is { } refusal => refusal,
        SmtpCommandException command => Refused((int)command.StatusCode, command.Message),
        ServiceNotAuthenticatedException => Refused(530, error.Message),
        AuthenticationException => Refused(error.Message.Length > 3 && int.TryParse(error.Message.AsSpan(0, 3), CultureInfo.InvariantCulture, out var code) ? code : 535, AfterCode().Replace(error.Message, "")),
        SslHandshakeException => Broken($"{Server} has no TLS that this machine trusts: {error.InnerException?.Message ?? error.Message}", error),
        NotSupportedException => Broken($"{Server} offers no STARTTLS, and no mail goes over a line that can be read.", error),
        SocketException socket => Broken($"{Server} can't be reached ({socket.SocketErrorCode}).", error),
        OperationCanceledException or TimeoutException => Broken(string.Create(CultureInfo.InvariantCulture, $"{Server} did not answer within {_options.Timeout.TotalSeconds:0} s while {_progress.Step}."), error),
        ProtocolException when _progress.ReplyIsEndless => Broken($"{Server} answered without end while {_progress.Step}.", error),
        ProtocolException when _progress.ReplyBegan => Broken($"{Server} does not speak SMTP: it answered with no code while {_progress.Step}.", error),
        ProtocolException or IOException or ServiceNotConnectedException => Broken($"{Server} closed the line while {_progress.Step}.", error),
        _ => new MailFailedException(MailFailure.Later, $"{error.GetType().Name} while {_progress.Step}.", error) { MayBeTaken = ContentLeft },
    };

    // Until the receiver's turn, a line that breaks is the server's fault; after it, this try's.
    private MailFailedException Broken(string words, Exception inner) =>
        new(_client.SenderAccepted || ContentLeft ? MailFailure.Later : MailFailure.Server, words, inner) { MayBeTaken = ContentLeft, LineBroke = true };

    private MailFailedException Refused(int code, string words)
    {
        var step = _progress.Step;
        var status = EnhancedStatus().Match(words);
        // Before the receiver is named every refusal is the server's or the configuration's fault, and its words help whoever fixes it. Some servers
        // repeat the command that they refuse, and with it the sign-in: what looks like one is left out. Only the mail's size (RFC 1870) is the mail's.
        if (!_client.SenderAccepted && code != 552 && status.Value != "5.3.4")
        {
            var clean = new string([.. Encoded().Replace(words, "…").Select(c => c == '\n' ? ' ' : c).Where(c => c is >= ' ' and <= '~' or '…').Take(200)]);
            return new MailFailedException(MailFailure.Server, $"{Server} refused while {step}: {code} {clean}".TrimEnd());
        }

        // From here on the server may quote the receiver or the mail: its words are left out of the error, its codes are kept.
        // RFC 5321 §4.5.3.1.10: 552 to a receiver once meant "too many", and is to be taken as 452.
        if (code == 552 && step == SmtpProgress.NamingReceiver) code = 452;
        var failure = code switch
        {
            // 421: it is closing. 530, 535: it wants a sign-in. Neither is about this mail.
            421 or 530 or 535 => MailFailure.Server,
            // A full system, one that takes nothing, congestion (RFC 3463; Gmail's daily limit): passing, whatever the first digit says.
            >= 500 and < 600 when status.Value is "5.3.1" or "5.3.2" or "5.4.5" => MailFailure.Later,
            >= 500 and < 600 => MailFailure.Refused,
            _ => MailFailure.Later,
        };
        return new MailFailedException(failure, $"{Server} refused while {step}: {code}{(status.Success ? " " + status.Value : "")}.")
        {
            // RFC 3463: 5.1 is the address, 5.2.1 a mailbox that is closed; 5.7 and the like are about us. A bare 550 or 553 speaks of the mailbox (RFC 5321 §4.2.3).
            MailboxRefused = failure is MailFailure.Refused && step == SmtpProgress.NamingReceiver
                && (status.Success ? status.Value.StartsWith("5.1.", StringComparison.Ordinal) || status.Value == "5.2.1" : code is 550 or 551 or 553),
        };
    }

    // RFC 3463, as RFC 2034 puts it at the beginning of the text.
    [GeneratedRegex(@"^[245]\.\d{1,3}\.\d{1,3}(?=\s|\z)", RegexOptions.CultureInvariant)]
    private static partial Regex EnhancedStatus();

    [GeneratedRegex(@"^\d{3}:? ?", RegexOptions.CultureInvariant)]
    private static partial Regex AfterCode();

    // Base64 of a sign-in, and access tokens.
    [GeneratedRegex(@"[A-Za-z0-9+/=._~-]{16,}", RegexOptions.CultureInvariant)]
    private static partial Regex Encoded();

    /// <summary>Notes each answer at the moment it comes; with PIPELINING, several come at once.</summary>
    private sealed class Client(SmtpSession session) : SmtpClient(session._progress)
    {
        public bool SenderAccepted { get; private set; }

        /// <summary>Sender and receiver are accepted.</summary>
        public bool Accepted { get; private set; }

        public MailFailedException? Refusal { get; private set; }

        /// <summary>Another mail's turn.</summary>
        public void Begin() => (SenderAccepted, Accepted, Refusal) = (false, false, null);

        protected override void OnSenderAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
        {
            SenderAccepted = true;
            session._progress.SenderAccepted();
        }

        protected override void OnSenderNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
        {
            Refusal = session.Refused((int)response.StatusCode, response.Response);
            base.OnSenderNotAccepted(message, mailbox, response);
        }

        protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) => Accepted = SenderAccepted;

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
        {
            // Where the sender was refused, that is the refusal: "bad sequence" follows from it.
            Refusal ??= session.Refused((int)response.StatusCode, response.Response);
            base.OnRecipientNotAccepted(message, mailbox, response);
        }
    }
}
