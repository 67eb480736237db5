using Ketamine.Content.Markdown;

namespace Ketamine.Content.Reading;

/// <summary>
/// Reads <c>risk.md</c>: what the clinic's staff do about a message that suggests risk. The desk shows it above such a message; visitors never see it, so
/// the wording rules don't apply to it.
/// </summary>
public static class RiskFile
{
    public const string File = "risk.md";

    // Someone may be waiting for help while staff read it.
    private const int MostWords = 200;

    /// <returns>Null if the file is empty; the desk then shows its own steps.</returns>
    public static Prose? Read(byte[] bytes, Diagnostics notes, ReadContext scope)
    {
        if (SourceText.Decode(bytes, notes) is not { } source || string.IsNullOrWhiteSpace(source)) return null;
        if (source.StartsWith("---", StringComparison.Ordinal))
        {
            notes.Error(1, "front matter", "risk.md isn't a page, so it has no keys", "the steps alone, as in \"1. Call them back now.\"");
            return null;
        }

        var filled = scope.Facts.Fill(source, (line, what, wanted) => notes.Error(line + 1, "text", what, wanted));
        var expansion = SafetyFacts.Expand(filled, scope.Safety, (line, what, wanted) => notes.Error(line + 1, "safety", what, wanted));
        var analysis = MarkdownAnalysis.Read(expansion.Markdown, line => expansion.LineOf(line) + 1, notes);
        if (analysis.Words > MostWords)
            notes.Warn(1, "length", $"{analysis.Words} words; staff read this while someone waits for help", $"{MostWords} words or fewer");
        var piece = new ProsePiece(File, expansion.Markdown, 1, "risk-", analysis) { Safety = expansion };
        scope.Pieces.Add(piece);
        return piece.Prose(scope.Setting);
    }
}
