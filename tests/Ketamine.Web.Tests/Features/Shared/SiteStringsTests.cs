using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Ketamine.Content;
using Ketamine.Web.Features.Research;
using Ketamine.Web.Features.Shared;

namespace Ketamine.Web.Tests.Features.Shared;

/// <summary>The site is in English or in Spanish; no page mixes the two.</summary>
public sealed partial class SiteStringsTests
{
    private static readonly Dictionary<string, string> Spanish = Read();

    [Fact]
    public void every_string_of_the_site_has_a_spanish_translation()
    {
        var files = new[] { "*.cs", "*.cshtml" }
            .SelectMany(pattern => Directory.EnumerateFiles(Repository.PathOf("src"), pattern, SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));
        var said = files
            .SelectMany(file =>
                Key()
                    .Matches(File.ReadAllText(file))
                    .Select(match => (File: Path.GetFileName(file), Key: string.Concat(Quoted().Matches(match.Groups["key"].Value)
                        .Select(part => Regex.Unescape(part.Groups[1].Value)))))
            )
            .ToList();

        said.Count.ShouldBeGreaterThan(200, "the search finds what it looks for");
        said.Where(word => !Spanish.ContainsKey(word.Key)).Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void strings_that_are_looked_up_by_name_have_a_spanish_translation()
    {
        string[] kinds = ["rct", "meta-analysis", "review", "guideline", "animal", "imaging", "consensus", "regulator", "observational"];
        var names = kinds.Select(kind => new Reference { Key = "k", Authors = [], Title = "t", Kind = kind, Finding = "f" }.KindName)
            .Concat(StudyKind.All.Select(kind => kind.Shows))
            .Concat(TopicNames.Known.Values)
            .Concat(["Home", "About Us", "Services", "FAQs", "Research", "Blog", "Reviews", "Contact"]);

        names.Where(name => !Spanish.ContainsKey(name)).ShouldBeEmpty();
        StudyKind.All.Select(kind => kind.Key).ShouldBe(kinds, ignoreOrder: true);
    }

    [Fact]
    public void the_spanish_fills_in_what_the_english_fills_in()
    {
        foreach (var (english, spanish) in Spanish) Places(spanish).ShouldBe(Places(english), english);

        static IEnumerable<string> Places(string text) => Place().Matches(text).Select(match => match.Value).Order().Distinct();
    }

    private static Dictionary<string, string> Read()
    {
        var set = new ResourceManager(typeof(SiteStrings).FullName!, typeof(SiteStrings).Assembly).GetResourceSet(
            CultureInfo.GetCultureInfo("es"),
            createIfNotExists: true,
            tryParents: false
        )!;
        return set.Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);
    }

    // A literal, or several with + between them.
    private const string Literal = @"""(?:[^""\\]|\\.)*""(?:\s*\+\s*""(?:[^""\\]|\\.)*"")*";

    // T["…"], words["…"], setting.Words["…"], words.Format("…", the second branch of T[one ? "…" : "…"],
    // and sentences passed along as Wrong("field", "…").
    [GeneratedRegex(
        @"(?:\bT|\b[wW]ords)(?:\[|\.Format\()\s*(?:[^""\]]*\?\s*" + Literal + @"\s*:\s*)?(?<key>" + Literal + ")"
            + @"|\bWrong\(\s*""\w+"",\s*(?<key>" + Literal + @")\s*\)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Key();

    [GeneratedRegex(@"""((?:[^""\\]|\\.)*)""", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\{\d[^}]*\}", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
