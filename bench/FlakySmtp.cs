using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;

namespace Ketamine.Web.Bench;

/// <summary>
/// A mail server that fails a share of all commands: half of them with a temporary refusal, half by closing the connection. When it fails at the end of an
/// email, it has accepted the email half of the time and closes the connection without a reply: the one case in which the client can't know.
/// </summary>
/// <param name="failing">The share, from 0 to 1.</param>
internal sealed partial class FlakySmtp(double failing) : LoopbackSmtp
{
    private int _commands, _failed;

    public int Commands => _commands;

    public int Failed => _failed;

    /// <summary>How often each recipient's email was accepted, with or without a reply.</summary>
    public ConcurrentDictionary<string, int> Taken { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The distinct Message-IDs of each recipient.</summary>
    public ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> MessageIds { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>With it, STARTTLS and AUTH are offered; without it, neither is.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>The delay before each reply.</summary>
    public TimeSpan RoundTrip { get; set; }

    protected override async Task TalkAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                client.NoDelay = true;
                Stream stream = client.GetStream();
                var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
                var to = "";
                await SayAsync("220 flaky");
                while (await reader.ReadLineAsync(Over) is { } line)
                {
                    if (line == "QUIT") return;
                    if (line == "STARTTLS")
                    {
                        await SayAsync("220 go on");
                        var secure = new SslStream(stream);
                        await secure.AuthenticateAsServerAsync(Certificate!);
                        (stream, reader) = (secure, new StreamReader(secure, Encoding.Latin1, leaveOpen: true));
                        continue;
                    }

                    Interlocked.Increment(ref _commands);
                    var fails = Random.Shared.NextDouble() < failing;
                    if (fails) Interlocked.Increment(ref _failed);
                    if (line == "DATA" && !fails)
                    {
                        await SayAsync("354 go on");
                        var mail = new StringBuilder();
                        while (true)
                        {
                            // An email that was cut off doesn't count.
                            if (await reader.ReadLineAsync(Over) is not { } text) return;
                            if (text == ".") break;
                            mail.Append(text).Append('\n');
                        }

                        Interlocked.Increment(ref _commands);
                        var endFails = Random.Shared.NextDouble() < failing;
                        if (endFails) Interlocked.Increment(ref _failed);
                        if (endFails && Random.Shared.Next(2) == 0)
                        {
                            await SayAsync("451 4.3.0 not now");
                            continue;
                        }

                        Take(to, mail.ToString());
                        if (endFails) return;
                        await SayAsync("250 taken");
                        continue;
                    }

                    if (fails)
                    {
                        if (Random.Shared.Next(2) == 0) return;
                        await SayAsync("451 4.3.0 not now");
                        continue;
                    }

                    if (line.StartsWith("RCPT TO:<", StringComparison.Ordinal))
                    {
                        to = line["RCPT TO:<".Length..].TrimEnd('>');
                        await SayAsync("250 ok");
                    }
                    else
                    {
                        await SayAsync(line.StartsWith("AUTH ", StringComparison.Ordinal) ? "235 ok"
                            : line.StartsWith("EHLO", StringComparison.Ordinal) && Certificate is not null ? "250-flaky\r\n250-AUTH PLAIN\r\n250 STARTTLS"
                            : "250 ok");
                    }
                }

                async ValueTask SayAsync(string words)
                {
                    if (RoundTrip > TimeSpan.Zero) await Task.Delay(RoundTrip, Over);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(words + "\r\n"), Over);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side was killed.
        }
    }

    private void Take(string to, string mail)
    {
        Taken.AddOrUpdate(to, 1, (_, times) => times + 1);
        MessageIds.GetOrAdd(to, _ => new(StringComparer.Ordinal))[MessageId().Match(mail).Value] = true;
    }

    [GeneratedRegex("(?mi)^Message-ID: .*$")]
    private static partial Regex MessageId();
}
