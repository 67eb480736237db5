using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Ketamine.Web.Mail;

/// <summary>
/// One connection to the mail server, for several emails in turn. MailKit speaks SMTP; this class tracks the step, which shows whether an error is about the
/// server or about one email. Not thread-safe.
/// </summary>
internal sealed partial class SmtpSession : IAsyncDisposable
{
    // Gmail closes a connection after 100 emails.
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
            // By default, MailKit would reveal the machine's name.
            LocalDomain = options.From.Domain,
            // An unreachable revocation list must not stop a clinic's email. The certificate itself is checked.
            CheckCertificateRevocation = false,
            // The caller has one limit for the whole attempt, and ends it by canceling. A limit here for each reply would also end an attempt on a kept
            // connection, which would then be tried again on a new one with no time left, and the server would seem to be down.
            Timeout = Timeout.Infinite,
        };
    }

    /// <summary>Whether any of the content was sent. If not, the email can be sent over another connection without risking a duplicate.</summary>
    public bool ContentLeft { get; private set; }

    /// <summary>Whether another email can follow.</summary>
    public bool CanContinue => _client.IsConnected && _mails < MostMails;

    /// <summary>Connects, starts TLS, and signs in.</summary>
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

    /// <summary>Sends one email.</summary>
    /// <param name="beforeContent">
    /// Runs when the server is ready for the content. If it throws, the connection is closed, and the server drops the unfinished content (RFC 5321 §4.1.1.4).
    /// </param>
    /// <exception cref="MailFailedException">
    /// It was not accepted, or the connection broke after the content was sent, so it is unknown whether it was.
    /// </exception>
    public async Task SendAsync(MimeMessage mail, string to, Func<Task> beforeContent, CancellationToken cancellation)
    {
        _mails++;
        ContentLeft = false;
        _client.Begin();
        _progress.Step = "naming the sender";
        Exception? stopped = null;
        ((GatedMultipart)mail.Body!).BeforeWriting = async () =>
        {
            // MailKit also writes it once beforehand, to measure its size.
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
            var sender = new MailboxAddress(null, _options.From.ToString());
            await ExplainAsync(() => _client.SendAsync(MailComposer.Format, mail, sender, [new MailboxAddress(null, to)], cancellation));
        }
        catch (MailFailedException) when (stopped is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(stopped);
        }
    }

    /// <summary>Sends QUIT and waits at most a second for the reply.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            if (_client.IsConnected) await _client.DisconnectAsync(quit: true, patience.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ProtocolException or CommandException
            or InvalidOperationException)
        {
            // It doesn't matter whether the server receives it.
        }

        _client.Dispose();
    }

    private SaslMechanism PasswordMechanism(string user, string password)
    {
        var offered = _client.AuthenticationMechanisms;
        // Try only one mechanism: a wrong password tried with each would lock the account. The connection is encrypted, so prefer the most common one.
        if (offered.Contains("PLAIN")) return new SaslMechanismPlain(Encoding.UTF8, user, password);
        if (offered.Contains("LOGIN")) return new SaslMechanismLogin(Encoding.UTF8, user, password);
        if (offered.Contains("SCRAM-SHA-256")) return new SaslMechanismScramSha256(user, password);
        if (offered.Contains("SCRAM-SHA-512")) return new SaslMechanismScramSha512(user, password);
        var hint = offered.Contains("XOAUTH2") ? "it requires Mail:Auth=OAuth2" : "is it the submission port?";
        throw new MailFailedException(MailFailure.Server, $"{Server} doesn't offer sign-in with PLAIN, LOGIN, or SCRAM; {hint}");
    }

    private async Task SignInByTokenAsync(CancellationToken cancellation)
    {
        var offered = _client.AuthenticationMechanisms;
        if (!offered.Contains("XOAUTH2") && !offered.Contains("OAUTHBEARER"))
        {
            var hint = "is it the submission port of Microsoft 365 or Google Workspace?";
            throw new MailFailedException(MailFailure.Server, $"{Server} doesn't offer sign-in with XOAUTH2; {hint}");
        }

        var token = await _tokens.GetAsync(cancellation);
        try
        {
            SaslMechanism mechanism = offered.Contains("XOAUTH2")
                ? new SaslMechanismOAuth2(_options.User!, token)
                : new SaslMechanismOAuthBearer(_options.User!, token);
            await _client.AuthenticateAsync(mechanism, cancellation);
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
        // Recorded on arrival, because what follows a refusal (RSET) may hang.
        _ when _client.Refusal is { } refusal => refusal,
        SmtpCommandException command => Refused((int)command.StatusCode, command.Message),
        ServiceNotAuthenticatedException => Refused(530, error.Message),
        AuthenticationException => Refused(CodeOf(error.Message) ?? 535, AfterCode().Replace(error.Message, "")),
        SslHandshakeException => Broken($"This machine doesn't trust the TLS certificate of {Server}: {error.InnerException?.Message ?? error.Message}", error),
        NotSupportedException => Broken($"{Server} doesn't offer STARTTLS, and email is never sent unencrypted.", error),
        SocketException socket => Broken($"{Server} can't be reached ({socket.SocketErrorCode}).", error),
        OperationCanceledException or TimeoutException =>
            Broken($"{Server} didn't respond within {(int)_options.Timeout.TotalSeconds} s while {_progress.Step}.", error),
        ProtocolException when _progress.ReplyIsEndless => Broken($"{Server} sent an endless reply while {_progress.Step}.", error),
        ProtocolException when _progress.ReplyBegan => Broken($"{Server} doesn't speak SMTP: it replied without a code while {_progress.Step}.", error),
        ProtocolException or IOException or ServiceNotConnectedException => Broken($"{Server} closed the connection while {_progress.Step}.", error),
        _ => new MailFailedException(MailFailure.Later, $"{error.GetType().Name} while {_progress.Step}.", error) { MayBeDelivered = ContentLeft },
    };

    private static int? CodeOf(string reply) =>
        reply.Length > 3 && int.TryParse(reply.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null;

    // Until the sender is accepted, a broken connection is a server fault. After that, it affects only this attempt.
    private MailFailedException Broken(string words, Exception inner) =>
        new(_client.SenderAccepted || ContentLeft ? MailFailure.Later : MailFailure.Server, words, inner)
        {
            MayBeDelivered = ContentLeft,
            ConnectionBroke = true,
        };

    private MailFailedException Refused(int code, string words)
    {
        var step = _progress.Step;
        var status = EnhancedStatus().Match(words);
        // Until the sender is accepted, a refusal is about the server or the configuration, and its text helps to fix it; only a refusal because of the size
        // (RFC 1870) is about the email. Some servers repeat the refused command, including the credentials, so remove anything that looks like them.
        if (!_client.SenderAccepted && code != 552 && status.Value != "5.3.4")
        {
            var clean = new string([.. Encoded().Replace(words, "…").Select(c => c == '\n' ? ' ' : c).Where(c => c is >= ' ' and <= '~' or '…').Take(200)]);
            return new MailFailedException(MailFailure.Server, $"{Server} refused while {step}: {code} {clean}".TrimEnd());
        }

        // From here on, the server may quote the recipient or the email, so keep only the codes. RFC 5321 §4.5.3.1.10: 552 for a recipient used to mean "too
        // many" and is treated as 452.
        if (code == 552 && step == SmtpProgress.NamingReceiver) code = 452;
        var failure = code switch
        {
            // 421: the server is closing. 530, 535: it requires a sign-in. Neither is about this email.
            421 or 530 or 535 => MailFailure.Server,
            // A full system, a system that accepts nothing, or congestion (RFC 3463; Gmail's daily limit): temporary, even with a 5.
            >= 500 and < 600 when status.Value is "5.3.1" or "5.3.2" or "5.4.5" => MailFailure.Later,
            >= 500 and < 600 => MailFailure.Refused,
            _ => MailFailure.Later,
        };
        return new MailFailedException(failure, $"{Server} refused while {step}: {code}{(status.Success ? " " + status.Value : "")}.")
        {
            // RFC 3463: 5.1 is about the address, and 5.2.1 about a closed mailbox; 5.7 and others are about the sender. A bare 550 or 553 is about the mailbox
            // (RFC 5321 §4.2.3).
            MailboxRefused = failure is MailFailure.Refused && step == SmtpProgress.NamingReceiver
                && (status.Success ? status.Value.StartsWith("5.1.", StringComparison.Ordinal) || status.Value == "5.2.1" : code is 550 or 551 or 553),
        };
    }

    // RFC 3463, at the beginning of the text (RFC 2034).
    [GeneratedRegex(@"^[245]\.\d{1,3}\.\d{1,3}(?=\s|\z)", RegexOptions.CultureInvariant)]
    private static partial Regex EnhancedStatus();

    [GeneratedRegex(@"^\d{3}:? ?", RegexOptions.CultureInvariant)]
    private static partial Regex AfterCode();

    // Credentials in base64, and access tokens.
    [GeneratedRegex(@"[A-Za-z0-9+/=._~-]{16,}", RegexOptions.CultureInvariant)]
    private static partial Regex Encoded();

    /// <summary>Records each reply on arrival. With PIPELINING, several arrive together.</summary>
    private sealed class Client(SmtpSession session) : SmtpClient(session._progress)
    {
        public bool SenderAccepted { get; private set; }

        /// <summary>Whether the sender and recipient are accepted.</summary>
        public bool Accepted { get; private set; }

        public MailFailedException? Refusal { get; private set; }

        /// <summary>Starts the next email.</summary>
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
            // If the sender was refused, keep that reply: "bad sequence" is only a consequence.
            Refusal ??= session.Refused((int)response.StatusCode, response.Response);
            base.OnRecipientNotAccepted(message, mailbox, response);
        }
    }
}
