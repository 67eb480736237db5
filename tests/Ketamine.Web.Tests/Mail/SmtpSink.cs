using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Ketamine.Web.Bench;
using MimeKit;

namespace Ketamine.Web.Tests.Mail;

/// <summary>A mail server in the test process that misbehaves on demand. For a well-behaved server, see <see cref="EximServer"/>.</summary>
internal sealed class SmtpSink : LoopbackSmtp
{
    /// <summary>A reply that never comes.</summary>
    public const string Silence = "silence";

    /// <summary>Cuts the connection instead of replying.</summary>
    public const string Cut = "cut";

    private readonly ConcurrentQueue<string> _received = new();

    /// <summary>Every accepted email.</summary>
    public IReadOnlyList<MimeMessage> Received => [.. _received.Select(mail => MimeMessage.Load(new MemoryStream(Encoding.Latin1.GetBytes(mail))))];

    /// <summary>Every accepted email as transmitted, with dots unstuffed.</summary>
    public IReadOnlyList<string> Raw => [.. _received];

    /// <summary>Every line from every client.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    public int Connections;

    /// <summary>The reply to EHLO.</summary>
    public string[] Offers { get; set; } = ["8BITMIME", "AUTH PLAIN"];

    /// <summary>
    /// Replies to a command ("greeting" at the beginning, "." after the email) instead of the server: with reply lines, <see cref="Silence"/>, or <see
    /// cref="Cut"/>. Null leaves the reply to the server.
    /// </summary>
    public Func<string, string?> Answer { get; set; } = _ => null;

    /// <summary>Settings for this server. The timeout is short only if a reply never comes, so tests don't fail on a busy machine.</summary>
    public (string, string)[] Settings(string? answer = null) =>
        [("Mail:Host", "127.0.0.1"), ("Mail:Port", $"{Port}"), ("Mail:Security", "None"), ("Mail:TimeoutSeconds", answer == Silence ? "2" : "30")];

    protected override async Task TalkAsync(TcpClient client)
    {
        Interlocked.Increment(ref Connections);
        try
        {
            using var connection = client;
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            if (!await ReplyAsync(stream, "greeting", "220 sink.example ESMTP")) return;
            while (await reader.ReadLineAsync(Over) is { } command)
            {
                Commands.Enqueue(command);
                var verb = command.Split(' ', ':')[0].ToUpperInvariant();
                var usual = verb switch
                {
                    "EHLO" => string.Concat(Offers.Prepend("sink.example hello").Select(line => $"250-{line}\r\n")) + "250 HELP",
                    "DATA" => "354 go on",
                    "AUTH" => "235 welcome",
                    "QUIT" => "221 goodbye",
                    _ => "250 fine",
                };
                if (!await ReplyAsync(stream, command, usual)) return;
                if (verb == "QUIT") return;
                if (verb != "DATA" || Answer(command) is not null) continue;

                var mail = new StringBuilder();
                while (await reader.ReadLineAsync(Over) is { } line)
                {
                    if (line == ".")
                    {
                        // Accepted before the reply, like by a server whose reply is lost.
                        if (Answer(".") is null or Cut or Silence) _received.Enqueue(mail.ToString());
                        if (!await ReplyAsync(stream, ".", "250 taken")) return;
                        break;
                    }

                    mail.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    private async Task<bool> ReplyAsync(NetworkStream stream, string command, string usual)
    {
        var answer = Answer(command) ?? usual;
        if (answer == Cut) return false;
        if (answer == Silence) await Task.Delay(Timeout.Infinite, Over);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(answer + "\r\n"), Over);
        return true;
    }
}
