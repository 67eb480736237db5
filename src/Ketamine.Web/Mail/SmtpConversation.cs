using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.RegularExpressions;

namespace Ketamine.Web.Mail;

/// <summary>
/// One connection to a mail server as a submission client speaks it: RFC 5321 and 6409, STARTTLS (RFC 3207), AUTH PLAIN or LOGIN (RFC 4954). Knows at
/// which step it is, so that what went wrong can be told apart, which System.Net.Mail can't (see docs/developers/decisions/outbox.md).
/// </summary>
internal sealed partial class SmtpConversation(MailOptions options) : IAsyncDisposable
{
    private const int LongestReplyLine = 2048;
    private const int LongestReply = 64;
    private const string NamingReceiver = "naming the receiver";

    private readonly byte[] _received = new byte[4096];
    private int _next, _end;
    private TcpClient? _connection;
    private Stream? _stream;
    private bool _greeted;

    /// <summary>Where the conversation is, in words that end "… while".</summary>
    private string _step = "connecting";

    /// <summary>Whose fault it is when it breaks here: before the mail's own commands, the server's; from then on, this mail's try.</summary>
    private MailFailure _broken = MailFailure.Server;

    /// <summary>The mail is on its way, and no answer has come.</summary>
    private bool _unanswered;

    /// <summary>Connects, secures the line and signs in.</summary>
    /// <exception cref="MailFailedException">With <see cref="MailFailure.Server"/>.</exception>
    public Task OpenAsync(CancellationToken cancellation) => TellAsync(async () =>
    {
        _connection = new TcpClient { NoDelay = true };
        await _connection.ConnectAsync(options.Host!, options.Port, cancellation);
        _stream = _connection.GetStream();
        _step = "waiting for the server's greeting";
        Expect(await ReadReplyAsync(cancellation), 220);
        _greeted = true;
        var offers = await HelloAsync(cancellation);
        if (options.Security is MailSecurity.StartTls)
        {
            await SecureAsync(offers, cancellation);
            offers = await HelloAsync(cancellation);
        }

        if (options.User is not null) await SignInAsync(offers, cancellation);
    });

    /// <summary>Hands over one mail.</summary>
    /// <param name="content">Lines ended by CRLF, seven bits.</param>
    /// <param name="beforeContent">Runs when the server has asked for the content. If it throws, the line is closed: content without its end is dropped (RFC 5321 §4.1.1.4).</param>
    /// <exception cref="MailFailedException">It was not taken; or the line broke after it was handed over, and nobody can tell.</exception>
    public Task SendAsync(string from, string to, byte[] content, Func<Task> beforeContent, CancellationToken cancellation) => TellAsync(async () =>
    {
        _step = "naming the sender";
        Expect(await AskAsync($"MAIL FROM:<{from}>", cancellation), 250);

        // From here on the server may quote the receiver or the mail: its words are left out of the error, its codes are kept.
        _broken = MailFailure.Later;
        _step = NamingReceiver;
        var receiver = await AskAsync($"RCPT TO:<{to}>", cancellation);
        // RFC 5321 §4.5.3.1.10: 552 to a receiver once meant "too many", and is to be taken as 452.
        ExpectForMail(receiver.Code == 552 ? receiver with { Code = 452 } : receiver, 250, 251);
        _step = "handing over the mail";
        ExpectForMail(await AskAsync("DATA", cancellation), 354);
        await beforeContent();
        _unanswered = true;
        await _stream!.WriteAsync(Stuff(content), cancellation);
        await _stream.FlushAsync(cancellation);
        _step = "waiting for the server to take the mail, which it may have done";
        ExpectForMail(await ReadReplyAsync(cancellation), 250);
    });

    /// <summary>Says goodbye and hangs up without waiting for an answer: until the mail is marked as sent, each moment is one in which a crash repeats it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
        {
            try
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
                if (_greeted) await _stream.WriteAsync("QUIT\r\n"u8.ToArray(), patience.Token);
                await _stream.DisposeAsync();
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException or AuthenticationException)
            {
                // Whether the server hears it changes nothing.
            }
        }

        _connection?.Dispose();
    }

    private async Task TellAsync(Func<Task> talk)
    {
        var server = $"{options.Host}:{options.Port}";
        try
        {
            await talk();
        }
        catch (SocketException e)
        {
            throw Broken($"{server} can't be reached ({e.SocketErrorCode}).", e);
        }
        catch (AuthenticationException e)
        {
            throw Broken($"{server} has no TLS that this machine trusts: {e.InnerException?.Message ?? e.Message}", e);
        }
        catch (IOException e)
        {
            throw Broken($"{server} closed the line while {_step}.", e);
        }
        catch (OperationCanceledException e)
        {
            throw Broken(string.Create(CultureInfo.InvariantCulture, $"{server} did not answer within {options.Timeout.TotalSeconds:0} s while {_step}."), e);
        }
    }

    private async Task<ILookup<string, string>> HelloAsync(CancellationToken cancellation)
    {
        _step = "saying hello";
        // RFC 5321 §4.1.3: a client without a name of its own gives its address.
        var own = ((IPEndPoint)_connection!.Client.LocalEndPoint!).Address;
        if (own.IsIPv4MappedToIPv6) own = own.MapToIPv4();
        var reply = await AskAsync($"EHLO [{(own.AddressFamily is AddressFamily.InterNetworkV6 ? "IPv6:" : "")}{own.ToString().Split('%')[0]}]", cancellation);
        Expect(reply, 250);
        return reply.Lines.Skip(1).Select(line => line.Split(' ', 2)).ToLookup(parts => parts[0].ToUpperInvariant(), parts => parts.ElementAtOrDefault(1) ?? "");
    }

    private async Task SecureAsync(ILookup<string, string> offers, CancellationToken cancellation)
    {
        _step = "securing the line";
        if (!offers.Contains("STARTTLS"))
            throw new MailFailedException(MailFailure.Server, $"{options.Host}:{options.Port} offers no STARTTLS, and no mail goes over a line that can be read.");
        Expect(await AskAsync("STARTTLS", cancellation), 220);
        // What came in before the handshake was written by whoever could read the line; taking it for the server's word is CVE-2011-0411's mistake.
        if (_next != _end) throw new MailFailedException(MailFailure.Server, $"{options.Host}:{options.Port} spoke before the line was secured.");
        var secure = new SslStream(_stream!);
        _stream = secure;
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = options.Host }, cancellation);
    }

    private async Task SignInAsync(ILookup<string, string> offers, CancellationToken cancellation)
    {
        _step = "signing in";
        var ways = offers["AUTH"].SelectMany(list => list.Split(' ')).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (ways.Contains("PLAIN"))
        {
            Expect(await AskAsync($"AUTH PLAIN {Base64($"\0{options.User}\0{options.Password}")}", cancellation), 235);
        }
        else if (ways.Contains("LOGIN"))
        {
            Expect(await AskAsync("AUTH LOGIN", cancellation), 334);
            Expect(await AskAsync(Base64(options.User!), cancellation), 334);
            Expect(await AskAsync(Base64(options.Password!), cancellation), 235);
        }
        else
        {
            throw new MailFailedException(MailFailure.Server, $"{options.Host}:{options.Port} offers no sign-in by PLAIN or LOGIN; is it the submission port?");
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private async Task<Reply> AskAsync(string command, CancellationToken cancellation)
    {
        await _stream!.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancellation);
        await _stream.FlushAsync(cancellation);
        return await ReadReplyAsync(cancellation);
    }

    private async Task<Reply> ReadReplyAsync(CancellationToken cancellation)
    {
        var lines = new List<string>();
        while (lines.Count < LongestReply)
        {
            var line = await ReadLineAsync(cancellation);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
                throw Broken($"{options.Host}:{options.Port} does not speak SMTP: it answered with no code while {_step}.");
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-') return new Reply(code, lines);
        }

        throw Broken($"{options.Host}:{options.Port} answered without end while {_step}.");
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        while (line.Length <= LongestReplyLine)
        {
            if (_next == _end)
            {
                _next = 0;
                _end = await _stream!.ReadAsync(_received, cancellation);
                if (_end == 0) throw new EndOfStreamException();
            }

            var c = (char)_received[_next++];
            if (c == '\n') return line.ToString().TrimEnd('\r');
            line.Append(c);
        }

        throw Broken($"{options.Host}:{options.Port} does not speak SMTP: it answered with a line without end while {_step}.");
    }

    // Before the mail's own commands every refusal is the server's or the configuration's fault, and its words help whoever mends it.
    private void Expect(Reply reply, int code)
    {
        if (reply.Code == code) return;
        var words = new string([.. string.Join(' ', reply.Lines).Where(c => c is >= ' ' and <= '~').Take(200)]);
        throw new MailFailedException(MailFailure.Server, $"{options.Host}:{options.Port} refused while {_step}: {reply.Code} {words}".TrimEnd());
    }

    private void ExpectForMail(Reply reply, params ReadOnlySpan<int> codes)
    {
        if (codes.Contains(reply.Code)) return;
        var status = EnhancedStatus().Match(reply.Lines[0]);
        var failure = reply.Code switch
        {
            // 421: it is closing. 530, 535: it wants a sign-in. Neither is about this mail.
            421 or 530 or 535 => MailFailure.Server,
            // A full system, one that takes nothing, congestion (RFC 3463; Gmail's daily limit): passing, whatever the first digit says.
            >= 500 and < 600 when status.Value is "5.3.1" or "5.3.2" or "5.4.5" => MailFailure.Later,
            >= 500 and < 600 => MailFailure.Refused,
            _ => MailFailure.Later,
        };
        throw new MailFailedException(failure, $"{options.Host}:{options.Port} refused while {_step}: {reply.Code}{(status.Success ? " " + status.Value : "")}.")
        {
            // RFC 3463: 5.1 is the address, 5.2.1 a mailbox that is closed; 5.7 and the like are about us. A bare 550 or 553 speaks of the mailbox (RFC 5321 §4.2.3).
            MailboxRefused = failure is MailFailure.Refused && _step == NamingReceiver
                && (status.Success ? status.Value.StartsWith("5.1.", StringComparison.Ordinal) || status.Value == "5.2.1" : reply.Code is 550 or 551 or 553),
        };
    }

    private MailFailedException Broken(string words, Exception? inner = null) => new(_broken, words, inner) { MayBeTaken = _unanswered };

    // RFC 5321 §4.5.2: a line that begins with a dot gets another, so that none ends the mail before its end.
    private static byte[] Stuff(byte[] content)
    {
        var stuffed = new List<byte>(content.Length + 64);
        var start = true;
        foreach (var b in content)
        {
            if (start && b == '.') stuffed.Add(b);
            stuffed.Add(b);
            start = b == '\n';
        }

        if (!start) stuffed.AddRange("\r\n"u8);
        stuffed.AddRange(".\r\n"u8);
        return [.. stuffed];
    }

    // RFC 3463, as RFC 2034 puts it at the beginning of the text.
    [GeneratedRegex(@"^[245]\.\d{1,3}\.\d{1,3}(?= |\z)", RegexOptions.CultureInvariant)]
    private static partial Regex EnhancedStatus();

    /// <param name="Lines">At least one, without the code.</param>
    private sealed record Reply(int Code, IReadOnlyList<string> Lines);
}
