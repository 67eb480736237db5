using System.Collections.Immutable;
using Ketamine.Content.Markdown;

namespace Ketamine.Content.Reading;

/// <summary>A piece of Markdown found in a file: parsed and looked through, its links to the rest of the folder not yet checked.</summary>
/// <param name="File">For messages.</param>
/// <param name="FirstLine">The file's line that the piece begins on.</param>
/// <param name="IdPrefix">Before every id, where several pieces share a page; empty for the body of a page of its own.</param>
public sealed record ProsePiece(string File, string Markdown, int FirstLine, string IdPrefix, MarkdownAnalysis Analysis)
{
    /// <summary>How safety lines were written out; null where there were none.</summary>
    public SafetyExpansion? Safety { get; init; }

    /// <summary>What a review signs, where it isn't <see cref="Markdown"/>: a price may change without the text being reviewed again.</summary>
    public string? Signed { get; init; }

    /// <summary>The sentences that hold until a day.</summary>
    internal IEnumerable<DatedFact> DatedSentences => Safety?.Until.Select(mark => new DatedFact(File, FirstLine + mark.Line, "the sentence", mark.Date)) ?? [];

    /// <summary>The file's line of a line of <see cref="Markdown"/>, from 0 as Markdig counts.</summary>
    public int LineOf(int line) => FirstLine + (Safety?.LineOf(line) ?? line);

    /// <summary>The piece that a key of a YAML map holds; null where it holds none.</summary>
    public static ProsePiece? From(MapReader map, string key, Diagnostics notes, string idPrefix, SafetyFacts? safety, ClinicFacts clinic)
    {
        if (map.Markdown(key) is not { } found) return null;
        // A folded or quoted text has lost its lines; its mistakes are told with the line that it begins on.
        var expansion = SafetyFacts.Expand(
            clinic.Fill(found.Markdown, (_, what, wanted) => notes.Error(found.Line, "text", what, wanted)),
            safety,
            (_, what, wanted) => notes.Error(found.Line, "safety", what, wanted)
        );
        var analysis = MarkdownAnalysis.Read(expansion.Markdown, _ => found.Line, notes);
        return new ProsePiece(notes.File, expansion.Markdown, found.Line, idPrefix, analysis) { Safety = expansion };
    }

    public Prose Prose(RenderContext setting) => new(() => ProseReader.Read(Markdown, IdPrefix, setting), ProseHtml.Page)
    {
        PlainText = Analysis.PlainText,
        Words = Analysis.Words,
        Headings =
        [
            .. Analysis.Headings.Where(heading => heading.Level is 1 or 2 or 3)
                .Select(heading => new ProseHeading(Math.Max(2, heading.Level), IdPrefix + heading.Id, heading.Title, heading.Part)),
            .. Analysis.Citations.IsEmpty ? [] : new[] { new ProseHeading(2, IdPrefix + "references", setting.Words["References"]) },
        ],
        Citations = [.. Analysis.Citations.Select(citation => citation.Key).Distinct(StringComparer.Ordinal)],
        Links = [.. Analysis.Links.Select(link => setting.PathOf(link.Url)).OfType<string>()],
        Pictures = [.. Analysis.Pictures.Select(picture => Content.Markdown.Links.Picture(picture.Source)).OfType<string>()],
    };
}
