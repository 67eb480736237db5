using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Ketamine.Web.Bench;

/// <summary>How a mail server fails without closing the connection.</summary>
internal enum SmtpHole
{
    /// <summary>It works.</summary>
    None,

    /// <summary>It accepts connections and never replies.</summary>
    Silent,

    /// <summary>It answers each command a second late.</summary>
    Slow,

    /// <summary>
    /// Packets are lost once an email's content is being sent. For every other email, the content never arrives; for the rest, the server accepts the email
    /// but its reply never arrives. Neither side sees the connection close.
    /// </summary>
    LostAfterData,
}

/// <summary>A mail server that turns into a black hole, and back.</summary>
internal sealed class BlackHoleSmtp : LoopbackSmtp
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    private int _lost;

    public SmtpHole Hole { get; set; }

    /// <summary>How often each email was accepted, by its Message-ID with angle brackets.</summary>
    public ConcurrentDictionary<string, int> Taken { get; } = new(StringComparer.Ordinal);

    /// <summary>Accepted emails whose reply was lost.</summary>
    public int TakenUnheard { get; private set; }

    protected override async Task TalkAsync(TcpClient client)
    {
        try
        {
            using var connection = client;
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            if (Hole is SmtpHole.Silent) await NeverAsync();
            await SayAsync(stream, "220 hole.example ESMTP");
            while (await reader.ReadLineAsync(Over) is { } command)
            {
                if (command != "DATA")
                {
                    await SayAsync(stream, command == "QUIT" ? "221 goodbye" : "250 fine");
                    if (command == "QUIT") return;
                    continue;
                }

                await SayAsync(stream, "354 go on");
                var loses = Hole is SmtpHole.LostAfterData;
                if (loses && Interlocked.Increment(ref _lost) % 2 == 1) await NeverAsync();
                if (await ReadMailAsync(reader) is not { } id) return;
                Taken.AddOrUpdate(id, 1, (_, times) => times + 1);
                if (loses)
                {
                    TakenUnheard++;
                    await NeverAsync();
                }

                await SayAsync(stream, "250 taken");
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The site gave up, or the measurement has ended.
        }
    }

    /// <returns>The Message-ID; null when the connection ended before the email did.</returns>
    private async Task<string?> ReadMailAsync(StreamReader reader)
    {
        var id = "";
        while (await reader.ReadLineAsync(Over) is { } line)
        {
            if (line == ".") return id;
            if (id.Length == 0 && line.StartsWith("Message-ID:", StringComparison.OrdinalIgnoreCase)) id = line["Message-ID:".Length..].Trim();
        }

        return null;
    }

    private Task NeverAsync() => Task.Delay(Timeout.Infinite, Over);

    private async Task SayAsync(NetworkStream stream, string words)
    {
        if (Hole is SmtpHole.Slow) await Task.Delay(Late, Over);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(words + "\r\n"), Over);
    }
}
