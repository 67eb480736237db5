namespace Ketamine.Content.Editing;

/// <summary>The output format of <c>content check</c>.</summary>
public enum CheckFormat
{
    /// <summary>Two lines per problem, for people.</summary>
    Text,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>Workflow commands, which GitHub Actions shows beside the changed lines.</summary>
    GitHub,

    /// <summary>SARIF 2.1.0, for code scanners and editors.</summary>
    Sarif,
}

/// <summary>Warns about every social card that is missing or out of date.</summary>
/// <param name="none">Whether the folder has no cards at all, which is reported only once.</param>
public delegate IReadOnlyList<Diagnostic> CardCheck(string path, SiteContent content, out bool none);

/// <summary><c>content check [--path DIR]</c>: lists a folder's problems without starting the site.</summary>
public static class ContentCheck
{
    private const int LongestRepeated = 120;

    /// <summary>Prints two lines per problem, then a summary. Returns 1 if there are errors, otherwise 0.</summary>
    /// <param name="path">The content folder.</param>
    /// <param name="clock">For reviews that expire and scheduled texts; the system's clock if null.</param>
    /// <param name="cards">Checks the social cards; null to skip them.</param>
    /// <param name="clinic">Checks facts about the clinic that aren't in its folder; null for none.</param>
    /// <param name="publish">Whether to apply the rules for a public site: no placeholders, and nothing left from the sample.</param>
    /// <param name="color">Whether to color the output.</param>
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
            // A rule's explanation is the same for all its findings, so it is printed only once.
            var again = problem.Wanted.Length > LongestRepeated && !explained.Add(problem.Key + problem.Wanted);
            output.WriteLine(paint.Problem(again ? problem with { Wanted = $"see the first {problem.Key}" } : problem, Shown(path)));
        }

        Summarize(report, output, paint);
        return report.Errors > 0 ? 1 : 0;
    }

    private static void Summarize(CheckReport report, TextWriter output, Paint paint)
    {
        var warnings = report.Problems.Count - report.Errors;
        output.WriteLine(
            $"{Count(report.Reading.Texts.Length, "text")}, "
                + $"{paint.Bad(Count(report.Errors, "error"), report.Errors > 0)}, {paint.Doubtful(Count(warnings, "warning"), warnings > 0)}");
        if (report.Editorial is { Reviewed: > 0 } or { Grades.Count: > 0 })
        {
            var editorial = report.Editorial;
            output.WriteLine($"Unsigned articles and services: {editorial.Unsigned} of {editorial.Reviewed}");
            output.WriteLine(
                report.English
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"median reading grade {editorial.MedianGrade:0.0} (Flesch-Kincaid; "
                            + $"{editorial.Grades.Values.Count(grade => grade > Editorial.MaxGrade)} above {Editorial.MaxGrade})")
                    : "No reading grade: Flesch-Kincaid works only for English.");
        }

        if (report.Reading.Content is { } content && content.Files.Values.Any(file => file.Width > 0))
        {
            output.WriteLine("Approximate size of each page's text and pictures on a phone (360 px × 2):");
            foreach (var (page, pictures, bytes) in PictureCheck.Weights(content))
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(bytes + 512) / 1024,5} KB  {page} ({Count(pictures, "picture")})"));
        }

        if (report.Reading.Fixes.Length > 0)
            output.WriteLine(
                $"{Count(report.Reading.Fixes.Length, "safe correction")}: "
                    + $"content check --fix shows and makes {(report.Reading.Fixes.Length == 1 ? "it" : "them")}.");
        if (report.NoCards && report.Reading.Texts.Length > 0)
            output.WriteLine("No social cards: links to the site have no picture on other sites. content cards draws them.");
        var clinic = report.Reading.Content?.Clinic;
        if (clinic?.Sample == true)
            output.WriteLine(
                "sample: true in clinic.yml: this clinic is made up, every page says so, and search engines are blocked. content adopt makes a copy your own.");
        else if (clinic is { Published: false })
            output.WriteLine(
                "published: false in clinic.yml: search engines are blocked. Once content check --publish finds no problems, write published: true.");
    }

    /// <summary>The folder's name in messages: relative to the current folder, or as typed.</summary>
    public static string Shown(string path)
    {
        var folder = Path.GetRelativePath(Environment.CurrentDirectory, Path.GetFullPath(path)).Replace('\\', '/');
        if (folder.StartsWith("..", StringComparison.Ordinal)) folder = path.TrimEnd('/');
        return folder == "." ? "" : folder + "/";
    }

    public static string Count(long number, string noun, string? plural = null) => $"{number} {(number == 1 ? noun : plural ?? noun + "s")}";
}

/// <summary>The results of all checks of a folder.</summary>
/// <param name="Problems">By file and line, including the editorial warnings.</param>
public sealed record CheckReport(ContentReading Reading, IReadOnlyList<Diagnostic> Problems, Editorial Editorial, bool English, bool NoCards)
{
    public int Errors => Problems.Count(problem => problem.Severity == DiagnosticSeverity.Error);

    public static CheckReport Of(
        string path, TimeProvider clock, CardCheck? cards, bool publish = false, Func<Clinic, IEnumerable<Diagnostic>>? clinic = null,
        CancellationToken cancellation = default) =>
        Of(path, new ContentFolder(path, clock).Read(cancellation), clock, cards, publish, clinic);

    /// <summary>Like the other overload, for a folder that has been read.</summary>
    public static CheckReport Of(
        string path, ContentReading reading, TimeProvider clock, CardCheck? cards, bool publish = false, Func<Clinic, IEnumerable<Diagnostic>>? clinic = null)
    {
        var english = reading.Locale.StartsWith("en", StringComparison.Ordinal);
        var editorial = Editorial.Read(reading, english, clock.GetUtcNow().InZone(reading.Zone).Date);
        var noCards = false;
        var stale = reading.Content is { } content && cards is not null ? cards(path, content, out noCards) : [];
        var problems = new List<Diagnostic>(reading.Problems);
        problems.AddRange(Placeholders.Of(path, reading, publish));
        if (publish && reading.Partial?.Clinic.Sample == true)
            problems.Add(new Diagnostic("clinic.yml", 0, "sample", "this clinic is made up", "content adopt FOLDER makes a copy your own"));
        if (reading.Content is { } whole)
        {
            if (clinic is not null) problems.AddRange(clinic(whole.Clinic));
            // Leftovers of the sample are only warnings until the site goes public.
            var open = publish || whole.Clinic.Published;
            if (open) problems.AddRange(MissingFacts.Find(whole));
            problems.AddRange(
                SampleLeftovers
                    .Find(whole)
                    .Where(left => open || left.Key != "url")
                    .Select(left => open ? left : left with { Severity = DiagnosticSeverity.Warning }));
        }

        // Suggestions for a text can wait until it has no errors.
        var broken = reading.Errors.Select(error => error.File).ToHashSet(StringComparer.Ordinal);
        problems.AddRange(editorial.Warnings.Concat(PictureCheck.Warnings(reading)).Where(warning => !broken.Contains(warning.File)).Concat(stale));
        return new CheckReport(
            reading,
            [.. problems.OrderBy(problem => problem.File, StringComparer.Ordinal).ThenBy(problem => problem.Line)],
            editorial,
            english,
            noCards);
    }
}
