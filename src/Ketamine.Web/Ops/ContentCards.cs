using ImageMagick;

namespace Ketamine.Web.Ops;

/// <summary><c>content cards</c>: draws missing and outdated social cards into <c>images/cards/</c>.</summary>
public static class ContentCards
{
    private const string Keyword = "Source";

    /// <summary>Draws missing and outdated cards, and prints a line for each.</summary>
    /// <param name="path">The content folder.</param>
    /// <returns>1 if the folder has errors or a card can't be drawn.</returns>
    public static async Task<int> RunAsync(string path, TextWriter output, CancellationToken cancellation = default)
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
                png = CardPainter.Draw(card, Keyword, card.Hash);
            }
            catch (MagickException unreadable)
            {
                await output.WriteLineAsync($"{card.File}: its picture can't be drawn: {unreadable.Message}");
                return 1;
            }
            catch (TypeInitializationException missing) when (missing.GetBaseException() is DllNotFoundException)
            {
                await output.WriteLineAsync(
                    $"Cards can't be drawn on {System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}: "
                        + "Magick.NET has no library for it. Draw them on Linux, Windows, or a Mac with Apple silicon.");
                return 1;
            }

            var file = Path.Combine(path, card.File);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            WholeFile.Write(file, png);
            await output.WriteLineAsync($"{card.File}: drawn, {(png.Length + 1023) / 1024} KB");
            drawn++;
        }

        await output.WriteLineAsync($"{drawn} drawn, {all.Count - drawn} up to date");
        return 0;
    }

    /// <summary>A warning for each missing or outdated card, for <c>content check</c>.</summary>
    /// <param name="none">The folder has no cards at all, which is reported once rather than for each card.</param>
    public static IReadOnlyList<Diagnostic> Check(string path, SiteContent content, out bool none)
    {
        var states = SocialCard.For(content).Select(card => (card.File, State: StateOf(path, card))).ToList();
        none = states.TrueForAll(card => card.State == CardState.Missing);
        return none
            ? []
            :
            [
                .. states
                    .Where(card => card.State != CardState.Fresh)
                    .Select(card => new Diagnostic(
                        card.File,
                        0,
                        "card",
                        card.State == CardState.Missing ? "no such file" : "a card with a different title, picture, or color",
                        "a new card: run content cards to draw it",
                        DiagnosticSeverity.Warning)),
            ];
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
        // PNG's tEXt chunk (third edition, 11.3.3.2): a keyword, a zero byte, and the text.
        return File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.Latin1.GetBytes($"tEXt{Keyword}\0{card.Hash}")) >= 0 ? CardState.Fresh : CardState.Stale;
    }
}
