using System.Globalization;
using Ketamine.Content;
using Ketamine.Content.Editing;
using NodaTime;

namespace Ketamine.Content.Editing;

/// <summary>Warns of each social card that is missing or out of date.</summary>
/// <param name="none">The folder has no cards at all, which is reported once and not for each.</param>
public delegate IReadOnlyList<Diagnostic> CardCheck(string path, SiteContent content, out bool none);

/// <summary><c>content check [--path DIR]</c>: what the site would say of a folder, without starting it.</summary>
public static class ContentCheck
{
    /// <summary>Prints a line a problem, then the figures; 1 when there are errors, 0 otherwise.</summary>
    /// <param name="path">The content folder.</param>
    /// <param name="clock">For reviews that lapse and texts that are scheduled; null takes the system's.</param>
    /// <param name="cards">Finds social cards that are missing or out of date; null skips them.</param>
    public static int Run(string path, TextWriter output, TimeProvider? clock = null, CardCheck? cards = null, CancellationToken cancellation = default)
    {
        clock ??= TimeProvider.System;
        var reading = new ContentFolder(path, clock).Read(cancellation);
        var english = reading.Locale.StartsWith("en", StringComparison.Ordinal);
        var editorial = Editorial.Read(reading, english, Instant.FromDateTimeOffset(clock.GetUtcNow()).InZone(reading.Zone).Date);
        var noCards = false;
        var cardProblems = reading.Content is { } content && cards is not null ? cards(path, content, out noCards) : [];
        var leftovers = reading.Content is { } whole ? SampleLeftovers.Find(whole) : [];
        // What could be better about a text can wait until nothing is wrong with it.
        var broken = reading.Errors.Select(error => error.File).ToHashSet(StringComparer.Ordinal);
        var problems = reading.Problems.Concat(editorial.Warnings.Where(warning => !broken.Contains(warning.File))).Concat(cardProblems).Concat(leftovers)
            .OrderBy(problem => problem.File, StringComparer.Ordinal).ThenBy(problem => problem.Line).ToList();

        var folder = Path.GetRelativePath(Environment.CurrentDirectory, Path.GetFullPath(path)).Replace('\\', '/');
        if (folder.StartsWith("..", StringComparison.Ordinal)) folder = path.TrimEnd('/');
        var explained = new HashSet<string>(StringComparer.Ordinal);
        foreach (var problem in problems)
        {
            // What a rule says is the same for each of its findings; an editor reads it once.
            var again = problem.Wanted.Length > LongestRepeated && !explained.Add(problem.Key + problem.Wanted);
            output.WriteLine($"{(folder == "." ? "" : folder + "/")}{(again ? problem with { Wanted = $"the same as at the first {problem.Key}" } : problem).ToMessage()}");
        }

        var errors = problems.Count(problem => problem.Severity == DiagnosticSeverity.Error);
        output.WriteLine($"{Count(reading.Texts.Length, "text")}, {Count(errors, "error")}, {Count(problems.Count - errors, "warning")}");
        if (editorial.Reviewed > 0 || editorial.Grades.Count > 0)
        {
            output.WriteLine($"{editorial.Unsigned} unsigned of {Count(editorial.Reviewed, "article and service", "articles and services")}");
            output.WriteLine(english
                ? string.Create(CultureInfo.InvariantCulture, $"median reading grade {editorial.MedianGrade:0.0} (Flesch-Kincaid; {editorial.Grades.Values.Count(grade => grade > Editorial.MaxGrade)} above {Editorial.MaxGrade})")
                : "No reading grade: Flesch and Kincaid's is for English.");
        }

        if (noCards && reading.Texts.Length > 0) output.WriteLine("No social cards: a link to the site shows no picture elsewhere until content cards has drawn them.");
        if (reading.Content?.Clinic.Sample == true)
            output.WriteLine("sample: true in clinic.yml: this clinic is made up, every page says so, and search engines are kept out. Take the line away for a real one.");
        return errors > 0 ? 1 : 0;
    }

    private const int LongestRepeated = 120;

    private static string Count(int number, string noun, string? plural = null) => $"{number} {(number == 1 ? noun : plural ?? noun + "s")}";
}
