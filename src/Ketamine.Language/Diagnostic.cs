namespace Ketamine.Language;

/// <summary>One problem in a file, worded so that the person who wrote the file can fix it.</summary>
/// <param name="File">Path under the folder, with forward slashes.</param>
/// <param name="Line">From 1; 0 when the problem is with the whole file.</param>
/// <param name="Key">The key or element, as the editor writes it.</param>
/// <param name="Found">What the file says now.</param>
/// <param name="Wanted">What to write instead, with the nearest known name where there is one.</param>
/// <param name="Severity">A warning is reported, but the content still goes live.</param>
public sealed record Diagnostic(string File, int Line, string Key, string Found, string Wanted, DiagnosticSeverity Severity = DiagnosticSeverity.Error)
{
    /// <summary>One line for an editor: file, line, key, what was found, what is wanted.</summary>
    public string ToMessage() =>
        $"{File}{(Line > 0 ? $":{Line}" : "")}: {(Severity == DiagnosticSeverity.Warning ? "warning: " : "")}{Key}: found {Found}; wanted {Wanted}";
}

public enum DiagnosticSeverity
{
    Warning,
    Error,
}
