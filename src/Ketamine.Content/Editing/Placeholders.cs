using Ketamine.Content.Reading;

namespace Ketamine.Content.Editing;

/// <summary>
/// Text that a person still has to write: <c>[[Write: who is on the team]]</c>, in a text, or in quotation marks in a list. The site shows
/// placeholders as they are, so they are hard to overlook, and a folder with one can't be published.
/// </summary>
public static partial class Placeholders
{
    /// <summary>Warnings while the site isn't public yet; errors once clinic.yml says it is, or when it is being published.</summary>
    public static IEnumerable<Diagnostic> Of(string folder, ContentReading reading, bool publish)
    {
        // If clinic.yml can't be read, we don't know whether the site is public. Its own error is enough.
        var unknown = reading.Partial is not { Clinic.SetsPublished: true } && reading.Errors.Any(problem => problem.File == "clinic.yml");
        var severity = publish || (!unknown && reading.Partial is not { Clinic.Published: false }) ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;
        foreach (var (file, line, what) in In(folder))
        {
            // Visitors never see a draft.
            var draft = reading.Texts.Any(text => text.File == file && text.Draft);
            yield return new Diagnostic(
                file,
                line,
                "to write",
                what,
                "your text in place of the brackets and everything in them",
                draft ? DiagnosticSeverity.Warning : severity);
        }
    }

    /// <summary>Whether someone still has to write part of a text.</summary>
    public static bool Within(string text) => Mark().IsMatch(text);

    /// <summary>Every placeholder, with its file and line.</summary>
    public static IEnumerable<(string File, int Line, string What)> In(string folder)
    {
        foreach (var path in Files(folder))
        {
            string[] lines;
            try
            {
                lines = RegularFile.ReadText(path).ReplaceLineEndings("\n").Split('\n');
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                continue; // the read of the folder reports it
            }

            var file = Path.GetRelativePath(folder, path).Replace('\\', '/');
            for (var index = 0; index < lines.Length; index++)
                foreach (Match mark in Mark().Matches(lines[index]))
                    yield return (file, index + 1, $"\"{Diagnostics.Shown(mark.Groups[1].Value.Trim().TrimEnd('.'))}\"");
        }
    }

    private static IEnumerable<string> Files(string folder) =>
        !Directory.Exists(folder)
            ? []
            : Directory
                .EnumerateFiles(folder, "*.yml")
                .Concat(Directory.EnumerateFiles(folder, RiskFile.File))
                .Concat(
                    new[] { "pages", "services", "articles" }
                        .Select(name => Path.Combine(folder, name))
                        .Where(Directory.Exists)
                        .SelectMany(name => Directory.EnumerateFiles(name, "*.md")))
                .Where(RegularFile.Exists)
                .Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\[\[\s*write\b:?\s*([^\]]*)\]\]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Mark();
}
