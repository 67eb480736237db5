using System.Text.Encodings.Web;
using Ketamine.Content.Editing;

namespace Ketamine.Web.Ops;

/// <summary>What the editor adds to the site: a bar on every page, and a list of all texts by state. None of it is ever public.</summary>
internal static class EditorPages
{
    private static readonly Dictionary<TextState, (string Name, string Meaning)> States = new()
    {
        [TextState.ToFix] = ("To fix", "An error keeps the folder from going live."),
        [TextState.ToWrite] = ("To write", "Brackets that only your team can fill in."),
        [TextState.ToCite] = ("To cite", "A sentence needs a source or rewording."),
        [TextState.ToReview] = ("To review", "No clinician has signed this text."),
        [TextState.Lapsing] = ("Review ends soon", "Reviews are valid for twelve months."),
        [TextState.Ready] = ("Ready", "Nothing to do."),
    };

    /// <summary>The bar to insert at the end of a page's body.</summary>
    /// <param name="broken">The page's file, if the page is the last good version of a file that can't be read now.</param>
    public static string Bar(EditorFindings findings, string path, string? broken = null)
    {
        var (file, here, elsewhere) = findings.Of(path);
        if (broken is not null)
        {
            here = [.. findings.Current.Problems.Where(problem => problem.File == broken)];
            (file, elsewhere) = (broken, findings.Current.Problems.Count - here.Count);
        }

        var html = new StringBuilder(
            "<link rel=\"stylesheet\" href=\"/_preview/bar.css\"><script src=\"/_preview/bar.js\" defer></script>"
                + "<aside class=\"editor-bar\" aria-label=\"Editor\">");
        html.Append("<p class=\"editor-bar__head\">");
        if (broken is not null) html.Append("<strong>This page is as it was before the error below.</strong> ");
        if (file is not null) html.Append(Link(findings.Folder, file, 1, file)).Append(" · ");
        html.Append(here.Count == 0 ? "no findings here" : $"{ContentCheck.Count(here.Count, "finding")} here");
        html.Append($" · <a href=\"/_preview\">{(elsewhere == 0 ? "all texts" : $"all texts ({elsewhere} elsewhere)")}</a></p>");
        if (here.Count > 0)
        {
            html.Append("<ul class=\"editor-bar__list\">");
            foreach (var finding in here) html.Append("<li>").Append(Finding(findings.Folder, finding)).Append("</li>");
            html.Append("</ul>");
        }

        return html.Append("</aside>").ToString();
    }

    public static string List(EditorFindings findings)
    {
        var texts = findings.Texts();
        var report = findings.Current;
        var html = new StringBuilder(
            """
            <!doctype html>
            <html lang="en"><head>
            <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
            <title>All texts by state</title>
            <link rel="stylesheet" href="/_preview/bar.css"><script src="/_preview/bar.js" defer></script>
            </head><body class="editor-list"><main><h1>All texts by state</h1>
            """);
        html.Append(
            $"<p>{ContentCheck.Count(texts.Count, "text")}, {ContentCheck.Count(report.Errors, "error")}, "
                + $"{ContentCheck.Count(report.Problems.Count - report.Errors, "warning")}. <a href=\"/\">Back to the site</a></p>");
        foreach (var group in texts.GroupBy(text => text.State))
        {
            html.Append($"<section><h2>{States[group.Key].Name} ({group.Count()})</h2><p>{States[group.Key].Meaning}</p><ul>");
            foreach (var text in group)
            {
                html.Append(
                    $"<li><a href=\"{Encode(text.Path)}\">{Encode(text.Title)}</a> "
                        + $"{(text.Note.Length > 0 ? $"<em>{Encode(text.Note)}</em> " : "")}{Link(findings.Folder, text.File, text.Line, text.File)}");
                Findings(text.Findings);
                html.Append("</li>");
            }

            html.Append("</ul></section>");
        }

        var others = report.Problems.Where(problem => texts.All(text => text.File != problem.File)).ToList();
        if (others.Count > 0)
        {
            html.Append("<section><h2>Lists and pictures</h2>");
            Findings(others);
            html.Append("</section>");
        }

        return html.Append("</main></body></html>").ToString();

        void Findings(IReadOnlyList<Diagnostic> all)
        {
            if (all.Count == 0) return;
            html.Append("<ul class=\"editor-bar__list\">");
            foreach (var finding in all) html.Append("<li>").Append(Finding(findings.Folder, finding)).Append("</li>");
            html.Append("</ul>");
        }
    }

    private static string Finding(string folder, Diagnostic finding)
    {
        var place = finding.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{finding.File}:{finding.Line}") : finding.File;
        var severity = finding.Severity == DiagnosticSeverity.Error ? "error" : "warning";
        return $"{Link(folder, finding.File, finding.Line, place)} "
            + $"<span class=\"editor-bar__{severity}\">{Encode($"{finding.Key}: {finding.Found}")}</span><code>{Encode(finding.Wanted)}</code>";
    }

    // VS Code opens vscode://file/PATH:LINE at the line.
    private static string Link(string folder, string file, int line, string words)
    {
        var path = Path.Combine(folder, file).Replace('\\', '/');
        var address = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        if (!address.StartsWith('/')) address = "/" + address;
        return $"<a href=\"vscode://file{address}:{Math.Max(1, line).ToString(CultureInfo.InvariantCulture)}\">{Encode(words)}</a>";
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    public static string Script { get; } = EmbeddedFile.ReadText(typeof(EditorPages).Assembly, "editor/bar.js");

    public static string Style { get; } = EmbeddedFile.ReadText(typeof(EditorPages).Assembly, "editor/bar.css");
}
