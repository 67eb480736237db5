using System.Text.RegularExpressions;

namespace Ketamine.Language.Tests;

/// <summary>The regular expressions in the site's source code.</summary>
public sealed class SourceRegexTests
{
    /// <summary>
    /// Generated and compiled code for a lazily repeated group, "(...){0,3}?", can return the same false match forever:
    /// https://github.com/dotnet/runtime/issues/129511. Because of this, a number before a dose once kept a bibliography from being read.
    /// </summary>
    [Fact]
    public void no_regular_expression_repeats_a_group_lazily()
    {
        var patterns = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Repository.PathOf("src"), file).Split(Path.DirectorySeparatorChar).Contains("obj"))
            .SelectMany(file =>
                Regex.Matches(File.ReadAllText(file), """Regex\((?:[^")]|"[^"]*")*""")
                    .Select(match => (File: Path.GetFileName(file), Text: match.Value))
            )
            .ToList();
        patterns.Count.ShouldBeGreaterThan(100, "the search finds the expressions");

        patterns.Where(pattern => RepeatsLazily(pattern.Text)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""Regex(@"(?:a+){0,3}?b")""", true)]
    [InlineData("""Regex(@"(a)*?b")""", true)]
    [InlineData("""Regex(@"a" + N + @"(?:b){2}?")""", true)]
    [InlineData("""Regex(@"(?:a+){0,3}b[^c]*?\(?")""", false)]
    public void a_lazy_group_is_found(string source, bool found) => RepeatsLazily(source).ShouldBe(found);

    private static bool RepeatsLazily(string source) => Regex.IsMatch(source, @"(?<!\\)\)(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\?");
}
