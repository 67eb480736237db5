using Ketamine.Content.Editing;

namespace Ketamine.Content.Tests;

/// <summary>Each folder of <c>broken/</c> has mistakes of one kind; <c>expected.txt</c> has the output of content check.</summary>
public sealed class BrokenFolderTests
{
    public static TheoryData<string> Folders() =>
        [.. Directory.GetDirectories(Broken).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    private static string Broken => Repository.PathOf("tests/Ketamine.Content.Tests/broken");

    [Theory]
    [MemberData(nameof(Folders))]
    public void every_mistake_is_reported_with_its_place(string name)
    {
        var folder = Path.Combine(Broken, name);
        var output = new StringWriter();
        var code = ContentCheck.Run(folder, output, new FixedClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero)));

        var reported = output.ToString().Replace(folder + "/", "", StringComparison.Ordinal);
        var expected = Path.Combine(folder, "expected.txt");
        if (Environment.GetEnvironmentVariable("WRITE_EXPECTED") == "1") File.WriteAllText(expected, reported);
        reported.ShouldBe(File.ReadAllText(expected), customMessage: "if the new output is correct, update expected.txt by running with WRITE_EXPECTED=1");
        code.ShouldBe(reported.Contains(" 0 errors", StringComparison.Ordinal) ? 0 : 1);
    }
}
