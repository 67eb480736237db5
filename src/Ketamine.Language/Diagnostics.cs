namespace Ketamine.Language;

/// <summary>Collects what is wrong with one file, so that all of it is told at once. Not safe for use by two threads.</summary>
/// <param name="file">Under the content folder, with forward slashes.</param>
public sealed class Diagnostics(string file)
{
    private const int Longest = 80;

    public string File { get; } = file;

    public List<Diagnostic> Problems { get; } = [];

    public bool Failed => Problems.Exists(problem => problem.Severity == DiagnosticSeverity.Error);

    public void Error(int line, string key, string found, string wanted) => Problems.Add(new Diagnostic(File, line, Name(key), found, wanted));

    public void Warn(int line, string key, string found, string wanted) =>
        Problems.Add(new Diagnostic(File, line, Name(key), found, wanted, DiagnosticSeverity.Warning));

    // YAML has keys without a name.
    private static string Name(string key) => Shown(key) is { } name && !string.IsNullOrWhiteSpace(name) ? name : "\"\"";

    /// <summary>A piece of the editor's own text, in quotation marks, short, and with nothing in it that a terminal would obey.</summary>
    public static string Quote(string text) => $"\"{Shown(text)}\"";

    /// <summary>As <see cref="Quote"/>, without the marks.</summary>
    public static string Shown(string text)
    {
        var cut = text.Length > Longest ? text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)] + "…" : text;
        return string.Concat(cut.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format ? ' ' : c));
    }
}
