using System.ComponentModel;
using System.Diagnostics;
using Ketamine.Content;

namespace Ketamine.Web.Ops;

/// <summary><c>content cards</c>: draws the social cards that are missing or show what is no longer so, into <c>images/cards/</c>.</summary>
public static class ContentCards
{
    private const string Keyword = "Source";
    private const int Colors = 48;

    /// <summary>Draws what is to be drawn, and says so a line a card.</summary>
    /// <param name="path">The content folder.</param>
    /// <param name="converter">Debian's rsvg-convert, or what stands in its place.</param>
    /// <returns>1 where the folder has errors or nothing draws.</returns>
    public static async Task<int> RunAsync(string path, TextWriter output, string converter = "rsvg-convert", CancellationToken cancellation = default)
    {
        var reading = ContentFolder.Read(path, cancellation);
        foreach (var error in reading.Errors) await output.WriteLineAsync(error.ToMessage());
        if (reading.Content is not { } content) return 1;
        var (drawn, all) = (0, SocialCard.For(content).ToList());
        foreach (var card in all.Where(card => StateOf(path, card) is not CardState.Fresh))
        {
            byte[] png;
            try
            {
                png = await DrawAsync(converter, card.Svg, cancellation);
            }
            catch (Win32Exception)
            {
                await output.WriteLineAsync($"Nothing draws here: {converter} is not installed. On Debian: apt-get install librsvg2-bin fonts-liberation");
                return 1;
            }
            catch (InvalidOperationException refused)
            {
                await output.WriteLineAsync($"{card.File}: {refused.Message}");
                return 1;
            }

            var file = Path.Combine(path, card.File);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            png = Png.Reduce(png, Colors, Keyword, card.Hash);
            // Written beside and moved over, so that a site that is watching never reads half of it.
            var beside = Path.Combine(Path.GetDirectoryName(file)!, $".{card.Name}.tmp");
            await File.WriteAllBytesAsync(beside, png, cancellation);
            File.Move(beside, file, overwrite: true);
            await output.WriteLineAsync($"{card.File}: drawn, {(png.Length + 1023) / 1024} KB");
            drawn++;
        }

        await output.WriteLineAsync($"{drawn} drawn, {all.Count - drawn} as they should be");
        return 0;
    }

    /// <summary>A warning for every card that is missing or no longer shows what it should, for <c>content check</c>.</summary>
    /// <param name="none">The folder has no cards at all, which is told once and not for each.</param>
    public static IReadOnlyList<Diagnostic> Check(string path, SiteContent content, out bool none)
    {
        var states = SocialCard.For(content).Select(card => (card.File, State: StateOf(path, card))).ToList();
        none = states.TrueForAll(card => card.State == CardState.Missing);
        return none ? [] : [.. states.Where(card => card.State != CardState.Fresh).Select(card => new Diagnostic(
            card.File, 0, "card", card.State == CardState.Missing ? "no such file" : "a card of another title, picture or color", "a fresh one: content cards draws it", DiagnosticSeverity.Warning))];
    }

    private enum CardState
    {
        Missing,
        Stale,
        Fresh,
    }

    private static CardState StateOf(string path, SocialCard card)
    {
        var file = Path.Combine(path, card.File);
        if (!File.Exists(file)) return CardState.Missing;
        return Png.ReadText(File.ReadAllBytes(file), Keyword) == card.Hash ? CardState.Fresh : CardState.Stale;
    }

    private static async Task<byte[]> DrawAsync(string converter, string svg, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(converter, ["--format", "png"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        using var png = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(png, cancellation);
        var complaint = process.StandardError.ReadToEndAsync(cancellation);
        await process.StandardInput.WriteAsync(svg.AsMemory(), cancellation);
        process.StandardInput.Close();
        await reading;
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0 ? png.ToArray() : throw new InvalidOperationException($"{converter} answered {process.ExitCode}: {(await complaint).Trim()}");
    }
}
