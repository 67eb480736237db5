namespace Ketamine.Content.Editing;

/// <summary>Colors text for a terminal.</summary>
public sealed class Paint(bool on)
{
    /// <summary>Whether standard output is a terminal whose user wants colors (no-color.org).</summary>
    public static bool Wanted =>
        !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Two lines: the problem with its place, and the correction.</summary>
    public string Problem(Diagnostic problem, string folder)
    {
        var lines = problem.InTwoLines(folder).Split('\n', 2);
        return $"{In(problem.Severity == DiagnosticSeverity.Error ? "31" : "33", lines[0])}\n{In("32", lines[1])}";
    }

    public string Bad(string text, bool bad) => In(bad ? "31;1" : "32", text);

    public string Doubtful(string text, bool doubtful) => doubtful ? In("33", text) : text;

    public string Old(string text) => In("31", text);

    public string New(string text) => In("32", text);

    public string Strong(string text) => In("1", text);

    private string In(string code, string text) => on ? $"\e[{code}m{text}\e[0m" : text;
}
