using System.Globalization;
using NodaTime;

namespace Ketamine.Content.Editing;

/// <summary>How <c>content check</c> writes what it found.</summary>
public enum CheckFormat
{
    /// <summary>Two lines a problem, for people.</summary>
    Text,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>Commands that GitHub Actions shows beside the changed lines.</summary>
    GitHub,

    /// <summary>SARIF 2.1.0, for code scanners and editors.</summary>
    Sarif,
}

/// <summary>Warns of each social card that is missing or out of date.</summary>
/// <param name="none">The folder has no cards at all, which is reported once and not for each.</param>
public delegate IReadOnlyList<Diagnostic> CardCheck(string path, SiteContent content, out bool none);

/// <summary><c>content check [--path DIR]</c>: what the site would say of a folder, without starting it.</summary>
public static class ContentCheck
{
    private const int LongestRepeated = 120;

    /// <summary>Prints two lines a problem, then the figures; 1 when there are errors, 0 otherwise.</summary>
    /// <param name="path">The content folder.</param>
    /// <param name="clock">For reviews that lapse and texts that are scheduled; null takes the system's.</param>
    /// <param name="cards">Finds social cards that are missing or out of date; null skips them.</param>
    /// <param name="clinic">What must be said of the clinic and isn't in its folder; null for nothing.</param>
    /// <param name="format">How the problems are written.</param>
    /// <param name="publish">Whether the folder is held to what it must be before the public sees it: nothing left to write, nothing of a sample.</param>
    /// <param name="color">Whether the output is a terminal that shows colors.</param>
    public static int Run(
        string path, TextWriter output, TimeProvider? clock = null, CardCheck? cards = null, Func<Clinic, IEnumerable<Diagnostic>>? clinic = null,
        CheckFormat format = CheckFormat.Text, bool publish = false, bool color = false, CancellationToken cancellation = default)
    {
        clock ??= TimeProvider.System;
        var report = CheckReport.Of(path, clock, cards, publish, clinic, cancellation);
        if (format != CheckFormat.Text)
        {
            CheckFormats.Write(format, report, Shown(path), output);
            return report.Errors > 0 ? 1 : 0;
        }

        var paint = new Paint(color);
        var explained = new HashSet<string>(StringComparer.Ordinal);
        foreach (var problem in report.Problems)
        {
            // What a rule says is the same for each of its findings; an editor reads it once.
            var again = problem.Wanted.Length > LongestRepeated && !explained.Add(problem.Key + problem.Wanted);
            output.WriteLine(paint.Problem(again ? problem with { Wanted = $"the same as at the first {problem.Key}" } : problem, Shown(path)));
        }

        Summarize(report, output, paint);
        return report.Errors > 0 ? 1 : 0;
    }

    private static void Summarize(CheckReport report, TextWriter output, Paint paint)
    {
        var warnings = report.Problems.Count - report.Errors;
        output.WriteLine(
            $"{Count(report.Reading.Texts.Length, "text")}, "
                + $"{paint.Bad(Count(report.Errors, "error"), report.Errors > 0)}, {paint.Doubtful(Count(warnings, "warning"), warnings > 0)}"
        );
        if (report.Editorial is { Reviewed: > 0 } or { Grades.Count: > 0 })
        {
            var editorial = report.Editorial;
            output.WriteLine($"{editorial.Unsigned} unsigned of {Count(editorial.Reviewed, "article and service", "articles and services")}");
            output.WriteLine(
                report.English
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"median reading grade {editorial.MedianGrade:0.0} (Flesch-Kincaid; "
                            + $"{editorial.Grades.Values.Count(grade => grade > Editorial.MaxGrade)} above {Editorial.MaxGrade})"
                    )
                    : "No reading grade: Flesch and Kincaid's is for English."
            );
        }

        if (report.Reading.Content is { } content && content.Files.Values.Any(file => file.Width > 0))
        {
            output.WriteLine("What a page's text and pictures weigh on a phone (360 px × 2), about:");
            foreach (var (page, pictures, bytes) in PictureCheck.Weights(content))
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(bytes + 512) / 1024,5} KB  {page} ({Count(pictures, "picture")})"));
        }

        if (report.Reading.Fixes.Length > 0)
            output.WriteLine(
                $"{Count(report.Reading.Fixes.Length, "correction is", "corrections are")} certain: "
                    + $"content check --fix shows and makes {(report.Reading.Fixes.Length == 1 ? "it" : "them")}."
            );
        if (report.NoCards && report.Reading.Texts.Length > 0)
            output.WriteLine("No social cards: a link to the site shows no picture elsewhere until content cards has drawn them.");
        var clinic = report.Reading.Content?.Clinic;
        if (clinic?.Sample == true)
            output.WriteLine(
                "sample: true in clinic.yml: this clinic is made up, every page says so, and search engines are kept out. content adopt makes a copy your own."
            );
        else if (clinic is { Published: false })
            output.WriteLine("published: false in clinic.yml: search engines are kept out. Once content check --publish finds nothing, write published: true.");
    }

    /// <summary>The folder as it is named in messages: under the current one, or as it was typed.</summary>
    public static string Shown(string path)
    {
        var folder = Path.GetRelativePath(Environment.CurrentDirectory, Path.GetFullPath(path)).Replace('\\', '/');
        if (folder.StartsWith("..", StringComparison.Ordinal)) folder = path.TrimEnd('/');
        return folder == "." ? "" : folder + "/";
    }

    public static string Count(int number, string noun, string? plural = null) => $"{number} {(number == 1 ? noun : plural ?? noun + "s")}";
}

/// <summary>All that can be said of a folder.</summary>
/// <param name="Problems">By file and line, what only editors care for included.</param>
public sealed record CheckReport(ContentReading Reading, IReadOnlyList<Diagnostic> Problems, Editorial Editorial, bool English, bool NoCards)
{
    public int Errors => Problems.Count(problem => problem.Severity == DiagnosticSeverity.Error);

    public static CheckReport Of(
        string path, TimeProvider clock, CardCheck? cards, bool publish = false, Func<Clinic, IEnumerable<Diagnostic>>? clinic = null,
        CancellationToken cancellation = default) =>
        Of(path, new ContentFolder(path, clock).Read(cancellation), clock, cards, publish, clinic);

    /// <summary>As the other, of a reading that was made.</summary>
    public static CheckReport Of(
        string path, ContentReading reading, TimeProvider clock, CardCheck? cards, bool publish = false, Func<Clinic, IEnumerable<Diagnostic>>? clinic = null)
    {
        var english = reading.Locale.StartsWith("en", StringComparison.Ordinal);
        var editorial = Editorial.Read(reading, english, Instant.FromDateTimeOffset(clock.GetUtcNow()).InZone(reading.Zone).Date);
        var noCards = false;
        var stale = reading.Content is { } content && cards is not null ? cards(path, content, out noCards) : [];
        var problems = new List<Diagnostic>(reading.Problems);
        problems.AddRange(Placeholders.Of(path, reading, publish));
        if (publish && reading.Partial?.Clinic.Sample == true)
            problems.Add(new Diagnostic("clinic.yml", 0, "sample", "this clinic is made up", "content adopt FOLDER makes a copy your own"));
        if (reading.Content is { } whole)
        {
            if (clinic is not null) problems.AddRange(clinic(whole.Clinic));
            // While a clinic is at work, what a copy brought along is on its list; it must not be public.
            var open = publish || whole.Clinic.Published;
            if (open) problems.AddRange(MissingFacts.Find(whole));
            problems.AddRange(
                SampleLeftovers
                    .Find(whole)
                    .Where(left => open || left.Key != "url")
                    .Select(left => open ? left : left with { Severity = DiagnosticSeverity.Warning })
            );
        }

        // What could be better about a text can wait until nothing is wrong with it.
        var broken = reading.Errors.Select(error => error.File).ToHashSet(StringComparer.Ordinal);
        problems.AddRange(editorial.Warnings.Concat(PictureCheck.Warnings(reading)).Where(warning => !broken.Contains(warning.File)).Concat(stale));
        return new CheckReport(
            reading,
            [.. problems.OrderBy(problem => problem.File, StringComparer.Ordinal).ThenBy(problem => problem.Line)],
            editorial,
            english,
            noCards
        );
    }
}
