using System.Text.RegularExpressions;

namespace Ketamine.Web.Tests;

/// <summary>Documents that name a test as proof name one that exists.</summary>
public sealed partial class DocumentedTestsTests
{
    private static readonly Dictionary<string, HashSet<string>> Tests = Read();

    [Theory]
    [InlineData("docs/security.md", 90)]
    [InlineData("docs/operators/reliability.md", 10)]
    public void every_test_that_a_document_names_exists(string document, int atLeast)
    {
        var named = Names(File.ReadAllText(Repository.PathOf(document.Split('/')))).ToList();
        named.Count.ShouldBeGreaterThanOrEqualTo(atLeast);
        named.Where(name => !Exists(name)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("`NoSuchTests`")]
    [InlineData("`DocumentedTestsTests.a_test_that_was_renamed`")]
    [InlineData("`a_filter_that_finds_nothing`")]
    public void a_test_that_is_gone_is_noticed(string text) => Exists(Names(text).ShouldHaveSingleItem()).ShouldBeFalse();

    // Class.method, Class, or, as filters are written, the beginning of a method's name.
    private static bool Exists(string name) => name.Split('.') switch
    {
        [var type, var method] => Tests.TryGetValue(type, out var methods) && methods.Contains(method),
        [var part] when part.EndsWith("Tests", StringComparison.Ordinal) => Tests.ContainsKey(part),
        [var part] => Tests.Values.Any(methods => methods.Any(method => method.StartsWith(part, StringComparison.Ordinal))),
        _ => false,
    };

    private static IEnumerable<string> Names(string text) => Quoted().Matches(text).Select(match => match.Groups[1].Value).Distinct();

    private static Dictionary<string, HashSet<string>> Read() => Directory
        .EnumerateFiles(Repository.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
        .GroupBy(file => Path.GetFileNameWithoutExtension(file), file => Method().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
        .ToDictionary(files => files.Key, files => files.SelectMany(names => names).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);

    [GeneratedRegex(@"`([A-Z]\w*Tests(?:\.\w+)?|[a-z0-9]+(?:_[a-z0-9]+){2,})`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Method();
}
