using Ketamine.Content.Claims;
using Ketamine.Content.Editing;
using Ketamine.Content.Reading;

namespace Ketamine.Web.Ops;

/// <summary>A text's progress.</summary>
internal enum TextState
{
    ToFix,
    ToWrite,
    ToCite,
    ToReview,
    Lapsing,
    Ready,
}

/// <summary>A text of the folder, as listed for the editor.</summary>
/// <param name="Note">Draft, or when it appears; empty if public.</param>
internal sealed record TextOverview(string File, string Path, string Title, TextState State, string Note, IReadOnlyList<Diagnostic> Findings)
{
    public int Line => Findings.FirstOrDefault(finding => finding.Line > 0)?.Line ?? 1;
}

/// <summary>The findings of <c>content check</c> on the current folder, refreshed only after a change. Thread-safe.</summary>
internal sealed class EditorFindings(ContentFolder folder, TimeProvider clock)
{
    /// <summary>Reviews that end within this time need renewal.</summary>
    private static readonly Period Soon = Period.FromMonths(2);

    private readonly Lock _turn = new();
    private (string Stamp, CheckReport? Report) _last = ("", null);

    public string Folder => folder.Path;

    public CheckReport Current
    {
        get
        {
            lock (_turn)
            {
                var stamp = folder.Stamp();
                if (_last.Report is { } known && _last.Stamp == stamp) return known;
                var report = CheckReport.Of(folder.Path, folder.Read(), clock, ContentCards.Check);
                _last = (stamp, report);
                return report;
            }
        }
    }

    /// <summary>A page's findings: those of its file, and those of clinic.yml, which affects every page.</summary>
    public (string? File, IReadOnlyList<Diagnostic> Here, int Elsewhere) Of(string path)
    {
        var report = Current;
        var file = FileOf(report.Reading, path);
        var here = report.Problems.Where(problem => problem.File == file || problem.File == "clinic.yml").ToList();
        return (file, here, report.Problems.Count - here.Count);
    }

    /// <summary>Every text with its state, the one with the most to do first.</summary>
    public IReadOnlyList<TextOverview> Texts()
    {
        var report = Current;
        var today = clock.GetUtcNow().InZone(report.Reading.Zone).Date;
        var now = clock.GetUtcNow();
        return [.. report.Reading.Texts.Select(text =>
        {
            var findings = report.Problems.Where(problem => problem.File == text.File).ToList();
            var note =
                text.Draft ? "draft"
                : text.Published?.In(report.Reading.Zone) is { } appears && appears > now ? $"appears {appears:yyyy-MM-dd HH:mm}"
                : "";
            return new TextOverview(text.File, text.Path, text.Title.Length > 0 ? text.Title : text.File, StateOf(text, findings, today), note, findings);
        }).OrderBy(text => text.State).ThenBy(text => text.File, StringComparer.Ordinal)];
    }

    private static TextState StateOf(ContentDocument text, List<Diagnostic> findings, LocalDate today)
    {
        var cites =
            findings.Any(finding => finding.Key.StartsWith("claim ", StringComparison.Ordinal) && finding.Severity == DiagnosticSeverity.Error)
            || text.Claims.Any(claim => claim.Finding.Verdict == ClaimVerdict.NeedsCitation);
        if (findings.Exists(finding =>
                finding.Severity == DiagnosticSeverity.Error && finding.Key != "to write" && !finding.Key.StartsWith("claim ", StringComparison.Ordinal)
            ))
            return TextState.ToFix;
        if (findings.Exists(finding => finding.Key == "to write")) return TextState.ToWrite;
        if (cites) return TextState.ToCite;
        if (text.Kind != ContentKind.Page && (!text.Signed || findings.Exists(finding => finding.Key is "reviewHash" or "reviewedBy" or "reviewed")))
            return TextState.ToReview;
        if (findings.Exists(finding => finding.Key.StartsWith("claim ", StringComparison.Ordinal))) return TextState.ToReview;
        return text.Kind != ContentKind.Page && text.Reviewed is { } date && date.PlusMonths(12) < today + Soon ? TextState.Lapsing : TextState.Ready;
    }

    private static string? FileOf(ContentReading reading, string path) => path switch
    {
        "/faqs" => "faqs.yml",
        "/reviews" => "reviews.yml",
        "/research" => "bibliography.yml",
        _ => reading.Texts.FirstOrDefault(text => text.Path == path)?.File,
    };
}
