namespace Ketamine.Language.Tests;

/// <summary>The layout of the repository's C# and Razor source. Migrations and generated files are left out.</summary>
public sealed class SourceShapeTests
{
    private const int Widest = 160;

    [Fact]
    public void no_line_of_source_is_wider_than_160_columns()
    {
        var files = new[] { "src", "tests", "bench" }.SelectMany(folder => Sources(Repository.PathOf(folder))).ToList();
        files.Count.ShouldBeGreaterThan(500, "the search finds the source");

        files
            .SelectMany(file => TooWide(File.ReadAllLines(file)).Select(line => $"{Path.GetRelativePath(Repository.Root, file)}, {line}"))
            .ShouldBeEmpty($"break these lines at {Widest} columns or before");
    }

    [Fact]
    public void a_line_that_is_too_wide_is_named_by_its_number_and_width() =>
        TooWide([new string('x', Widest), "", new string('é', Widest + 1)]).ShouldBe(["line 3: 161 columns"]);

    private static IEnumerable<string> TooWide(IEnumerable<string> lines) =>
        lines
            .Select((line, index) => (Number: index + 1, Width: line.Length))
            .Where(line => line.Width > Widest)
            .Select(line => $"line {line.Number}: {line.Width} columns");

    private static IEnumerable<string> Sources(string root) =>
        Directory
            .EnumerateFiles(root, "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".cshtml" or ".razor" && !file.EndsWith(".g.cs", StringComparison.Ordinal))
            .Where(file => !Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "Migrations"));
}
