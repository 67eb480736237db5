using Ketamine.Content.Markdown;

namespace Ketamine.Content.Reading;

/// <summary>A piece of Markdown from a file, parsed and analyzed; its links to the rest of the folder aren't checked yet.</summary>
/// <param name="File">The file, for messages.</param>
/// <param name="FirstLine">The line in the file where the piece begins.</param>
/// <param name="IdPrefix">The prefix of every id if several pieces share a page; empty for a page's body.</param>
public sealed record ProsePiece(string File, string Markdown, int FirstLine, string IdPrefix, MarkdownAnalysis Analysis)
{
    /// <summary>How safety lines were expanded; null if there were none.</summary>
    public SafetyExpansion? Safety { get; init; }

    /// <summary>The text that a review signs, if different from <see cref="Markdown"/>: prices may change without a new review.</summary>
    public string? Signed { get; init; }

    /// <summary>The sentences that expire.</summary>
    internal IEnumerable<DatedFact> DatedSentences => Safety?.Until.Select(mark => new DatedFact(File, FirstLine + mark.Line, "the sentence", mark.Date)) ?? [];

    /// <summary>Maps a line of <see cref="Markdown"/>, 0-based as in Markdig, to the line in the file.</summary>
    public int LineOf(int line) => FirstLine + (Safety?.LineOf(line) ?? line);

    /// <summary>The piece in a YAML map's key; null if there is none.</summary>
    public static ProsePiece? From(MapReader map, string key, Diagnostics notes, string idPrefix, SafetyFacts? safety, ClinicFacts clinic)
    {
        if (map.Markdown(key) is not { } found) return null;
        // A folded or quoted text has lost its line breaks, so errors in it get the line where it begins.
        var expansion = SafetyFacts.Expand(
            clinic.Fill(found.Markdown, (_, what, wanted) => notes.Error(found.Line, "text", what, wanted)),
            safety,
            (_, what, wanted) => notes.Error(found.Line, "safety", what, wanted));
        var analysis = MarkdownAnalysis.Read(expansion.Markdown, _ => found.Line, notes);
        return new ProsePiece(notes.File, expansion.Markdown, found.Line, idPrefix, analysis) { Safety = expansion };
    }

    public Prose Prose(RenderContext setting) =>
        new(() => ProseReader.Read(Markdown, IdPrefix, setting), ProseHtml.Page, () => Contents(setting))
        {
            PlainText = Analysis.PlainText,
            Words = Analysis.Words,
        };

    private ProseContents Contents(RenderContext setting) => new(
        [
            .. Analysis.Headings.Where(heading => heading.Level is 1 or 2 or 3)
                .Select(heading => new ProseHeading(Math.Max(2, heading.Level), IdPrefix + heading.Id, heading.Title, heading.Part)),
            .. Analysis.Citations.IsEmpty ? [] : new[] { new ProseHeading(2, IdPrefix + "references", setting.Words["References"]) },
        ],
        [.. Analysis.Citations.Select(citation => citation.Key).Distinct(StringComparer.Ordinal)],
        [.. Analysis.Links.Select(link => setting.PathOf(link.Url)).OfType<string>()],
        [.. Analysis.Pictures.Select(picture => Content.Markdown.Links.Picture(picture.Source)).OfType<string>()]);
}
