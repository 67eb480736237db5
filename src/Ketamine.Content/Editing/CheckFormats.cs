using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ketamine.Content.Editing;

/// <summary>Writes the results of <c>content check</c> for other programs.</summary>
public static class CheckFormats
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="folder">Prefix for the files' names; empty, or ending with a slash.</param>
    public static void Write(CheckFormat format, CheckReport report, string folder, TextWriter output)
    {
        switch (format)
        {
            case CheckFormat.GitHub:
                foreach (var problem in report.Problems) output.WriteLine(GitHub(problem, folder));
                break;
            case CheckFormat.Sarif:
                output.WriteLine(JsonSerializer.Serialize(Sarif(report, folder), Json).Replace("\"_schema\"", "\"$schema\"", StringComparison.Ordinal));
                break;
            default:
                output.WriteLine(JsonSerializer.Serialize(new
                {
                    texts = report.Reading.Texts.Length,
                    errors = report.Errors,
                    warnings = report.Problems.Count - report.Errors,
                    problems = report.Problems.Select(problem => new
                    {
                        file = folder + problem.File,
                        line = problem.Line,
                        severity = Severity(problem),
                        key = problem.Key,
                        problem = problem.Found,
                        instead = problem.Wanted,
                        fix = Fix(problem),
                    }),
                }, Json));
                break;
        }
    }

    private static string Severity(Diagnostic problem) => problem.Severity == DiagnosticSeverity.Error ? "error" : "warning";

    private static object? Fix(Diagnostic problem) => problem.Fix is not { } fix ? null : new
    {
        startLine = fix.At.StartLine, startColumn = fix.At.StartColumn + 1, endLine = fix.At.EndLine, endColumn = fix.At.EndColumn + 1, text = fix.Now,
    };

    // https://docs.github.com/actions/reference/workflow-commands: the text after :: escapes %, CR, and LF; properties also escape : and the comma.
    private static string GitHub(Diagnostic problem, string folder)
    {
        var line = problem.Line > 0 ? $",line={problem.Line}" : "";
        return $"::{Severity(problem)} file={Property(folder + problem.File)}{line},title={Property(problem.Key)}::"
            + Data($"{problem.Key}: {problem.Found}\n{problem.Wanted}");

        static string Data(string text) =>
            text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

        static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
    }

    private static object Sarif(CheckReport report, string folder) => new
    {
        _schema = "https://json.schemastore.org/sarif-2.1.0.json",
        version = "2.1.0",
        runs = new[]
        {
            new
            {
                tool = new
                {
                    driver = new
                    {
                        name = "Ketamine.Web content check",
                        rules = report.Problems.Select(problem => problem.Key).Distinct(StringComparer.Ordinal).Select(key => new { id = key }),
                    },
                },
                results = report.Problems.Select(problem => new
                {
                    ruleId = problem.Key,
                    level = Severity(problem),
                    message = new { text = $"{problem.Key}: {problem.Found}\n{problem.Wanted}" },
                    locations = new[]
                    {
                        new
                        {
                            physicalLocation = new
                            {
                                artifactLocation = new { uri = Uri.EscapeDataString(folder + problem.File).Replace("%2F", "/", StringComparison.Ordinal) },
                                region = new { startLine = Math.Max(1, problem.Line) },
                            },
                        },
                    },
                }),
            },
        },
    };
}
