using System.Globalization;

namespace Ketamine.Language;

/// <summary>One problem in a file, worded so that the person who wrote the file can fix it.</summary>
/// <param name="File">Path under the folder, with forward slashes.</param>
/// <param name="Line">From 1; 0 when the problem is with the whole file.</param>
/// <param name="Key">The key or element, as the editor writes it.</param>
/// <param name="Found">What is wrong, in a few words that follow the key and a colon: "\"fax\" is not a phone number".</param>
/// <param name="Wanted">The correct line, ready to copy, if it can be known; otherwise, what to do.</param>
/// <param name="Severity">A warning is reported, but the content still goes live.</param>
public sealed record Diagnostic(string File, int Line, string Key, string Found, string Wanted, DiagnosticSeverity Severity = DiagnosticSeverity.Error)
{
    /// <summary>The correction, if it is safe; null if a person has to decide.</summary>
    public ContentFix? Fix { get; init; }

    /// <summary>One line: the file and line, what is wrong, and the correct line.</summary>
    public string ToMessage() => $"{Place}{What} → {Wanted}";

    /// <summary>Two lines for a terminal: what is wrong and where, then the correct line.</summary>
    /// <param name="before">The prefix for the file: the folder.</param>
    public string InTwoLines(string before = "") => $"{before}{Place}{What}\n    → {Wanted}";

    private string Place =>
        $"{File}{(Line > 0 ? string.Create(CultureInfo.InvariantCulture, $":{Line}") : "")}: {(Severity == DiagnosticSeverity.Warning ? "warning: " : "")}";

    private string What => Key is "file" or "folder" ? Found : $"{Key}: {Found}";
}

/// <summary>Part of a file and its replacement.</summary>
/// <param name="File">Under the folder, with forward slashes.</param>
public sealed record ContentFix(string File, FileSpan At, string Now);

/// <summary>A range of text: lines from 1, columns from 0, in UTF-16 units; the end is exclusive.</summary>
public readonly record struct FileSpan(int StartLine, int StartColumn, int EndLine, int EndColumn);

public enum DiagnosticSeverity
{
    Warning,
    Error,
}
