namespace Ketamine.Language;

/// <summary>Collects every problem in one file, to report them together. Not thread-safe.</summary>
/// <param name="file">Path under the folder, with forward slashes.</param>
public sealed class Diagnostics(string file)
{
    private const int Longest = 80;

    public string File { get; } = file;

    public List<Diagnostic> Problems { get; } = [];

    /// <summary>Suggestions for values that were accepted but could be written better.</summary>
    public List<ContentFix> Fixes { get; } = [];

    public bool Failed => Problems.Exists(problem => problem.Severity == DiagnosticSeverity.Error);

    public void Error(int line, string key, string found, string wanted) =>
        Problems.Add(new Diagnostic(File, line, Name(key), OneLine(found), OneLine(wanted)));

    /// <summary>Like the other overload, with a safe correction if <paramref name="at"/> is given.</summary>
    public void Error(int line, string key, string found, string wanted, FileSpan? at, string? now) =>
        Problems.Add(
            new Diagnostic(File, line, Name(key), OneLine(found), OneLine(wanted))
            {
                Fix = at is { } span && now is not null ? new ContentFix(File, span, now) : null,
            });

    public void Warn(int line, string key, string found, string wanted) =>
        Problems.Add(new Diagnostic(File, line, Name(key), OneLine(found), OneLine(wanted), DiagnosticSeverity.Warning));

    /// <inheritdoc cref="Error(int,string,string,string,FileSpan?,string?)"/>
    public void Warn(int line, string key, string found, string wanted, FileSpan? at, string? now) =>
        Problems.Add(
            new Diagnostic(File, line, Name(key), OneLine(found), OneLine(wanted), DiagnosticSeverity.Warning)
            {
                Fix = at is { } span && now is not null ? new ContentFix(File, span, now) : null,
            });

    public void Rewrite(FileSpan at, string now)
    {
        if (at.StartLine > 0) Fixes.Add(new ContentFix(File, at, now));
    }

    // A value shown as the correct line may itself contain line breaks.
    private static string OneLine(string text) => text.AsSpan().IndexOfAny('\n', '\r') < 0 ? text : TypedText.OneLine(text);

    // YAML allows empty keys.
    private static string Name(string key) => Shown(key) is { } name && !string.IsNullOrWhiteSpace(name) ? name : "\"\"";

    /// <summary>The editor's own text in quotation marks, shortened, without control characters that a terminal would obey.</summary>
    public static string Quote(string text) => $"\"{Shown(text)}\"";

    /// <summary>Like <see cref="Quote"/>, without quotation marks.</summary>
    public static string Shown(string text)
    {
        var cut = text.Length > Longest ? text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)] + "…" : text;
        return string.Concat(cut.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format ? ' ' : c));
    }
}
