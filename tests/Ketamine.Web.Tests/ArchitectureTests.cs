using System.Text.RegularExpressions;

namespace Ketamine.Web.Tests;

/// <summary>
/// Arrows run one way: Program → Ops, Features/Staff → the public features → Leads → Mail → Content, Web → Data. Read from the source itself:
/// using, @using, @model, @inject, @inherits, and names written out in full.
/// </summary>
public sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> MayImport = new(StringComparer.Ordinal)
    {
        ["Data"] = [],
        ["Content"] = [],
        ["Web"] = [],
        ["Audit"] = ["Data"],
        ["Mail"] = ["Content", "Data"],
        ["Leads"] = ["Audit", "Mail", "Content", "Data"],
        ["Features/Shared"] = ["Leads", "Audit", "Mail", "Content", "Web", "Data"],
        ["Features/*"] = ["Features/Shared", "Leads", "Audit", "Mail", "Content", "Web", "Data"],
        ["Features/Staff"] = ["Features/*", "Features/Shared", "Leads", "Audit", "Mail", "Content", "Web", "Data"],
        ["Ops"] = ["Features/Staff", "Features/*", "Features/Shared", "Leads", "Audit", "Mail", "Content", "Web", "Data"],
        [""] = ["Ops", "Features/Staff", "Features/*", "Features/Shared", "Leads", "Audit", "Mail", "Content", "Web", "Data"],
    };

    [Fact]
    public void arrows_run_one_way()
    {
        var wrong = Sources().SelectMany(source => Imports(source.Text)
            .Where(part => part != source.Part && !Allowed(source.Part, part))
            .Select(part => $"{source.File}: {Name(source.Part)} must not know {Name(part)}")).Distinct().ToList();
        wrong.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("using Ketamine.Web.Leads;", "Leads")]
    [InlineData("global using static Ketamine.Web.Data.ClinicDb;", "Data")]
    [InlineData("using Page = Ketamine.Content.Model.Page;", "Content")]
    [InlineData("@model Ketamine.Web.Features.Articles.BlogPage", "Features/Articles")]
    [InlineData("@inject Ketamine.Web.Mail.Outbox Outbox", "Mail")]
    [InlineData("@inherits Ketamine.Web.Features.Shared.Sheet", "Features/Shared")]
    [InlineData("var x = new Ketamine.Web.Ops.Health();", "Ops")]
    [InlineData("var x = global::Ketamine.Web.Web.Honeypot.Field;", "Web")]
    public void every_way_of_naming_another_part_is_seen(string line, string part) => Imports(line).ShouldContain(part);

    [Fact]
    public void every_source_file_belongs_to_a_part_and_bears_its_folders_name()
    {
        var sources = Sources().ToList();
        sources.Count.ShouldBeGreaterThan(60);
        var astray = sources.Where(source => source.Part != "" && !MayImport.ContainsKey(Key(source.Part))).Select(source => source.File);
        astray.ShouldBeEmpty();
        foreach (var (file, part, text) in sources.Where(source => source.File.EndsWith(".cs", StringComparison.Ordinal) && source.Part != ""))
        {
            var declared = Namespace().Match(text).Groups[1].Value;
            var expected = "Ketamine.Web." + Path.GetDirectoryName(file)!.Replace('/', '.');
            declared.ShouldBe(expected, file);
        }
    }

    [Fact]
    public void time_comes_from_the_clock_that_tests_own()
    {
        var wrong = Sources().Where(source => SystemClock().IsMatch(source.Text)).Select(source => source.File).ToList();
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void the_program_is_a_table_of_contents() =>
        File.ReadAllLines(Repository.PathOf("src", "Ketamine.Web", "Program.cs")).Length.ShouldBeLessThan(80);

    private static IEnumerable<(string File, string Part, string Text)> Sources()
    {
        var root = Repository.PathOf("src", "Ketamine.Web");
        return Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => Path.GetExtension(file) is ".cs" or ".cshtml" && !file.StartsWith("bin/", StringComparison.Ordinal) && !file.StartsWith("obj/", StringComparison.Ordinal))
            .Select(file => (file, PartOf(file.Split('/')[..^1]), Comment().Replace(File.ReadAllText(Path.Combine(root, file)), "")));
    }

    private static IEnumerable<string> Imports(string text) =>
        Mention().Matches(text).Select(match => PartOf(match.Groups[1].Value.Split('.'))).Where(part => part != "").Distinct();

    // The namespace Ketamine.Web itself, and Features' own _ViewImports, are nobody's.
    private static string PartOf(string[] path) => path switch
    {
        [] or ["Features"] => "",
        ["Features", var feature, ..] => $"Features/{feature}",
        [var part, ..] => part,
    };

    private static bool Allowed(string from, string to) => MayImport[Key(from)].Contains(Key(to));

    private static string Key(string part) =>
        part is "Features/Shared" or "Features/Staff" || !part.StartsWith("Features/", StringComparison.Ordinal) ? part : "Features/*";

    private static string Name(string part) => part == "" ? "the program" : part;

    [GeneratedRegex(@"(?<!namespace )\bKetamine\.Web\.((?:\w+\.)*\w+)")]
    private static partial Regex Mention();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?(Now|Today)\b")]
    private static partial Regex SystemClock();

    // A doc's cref is no dependency.
    [GeneratedRegex(@"^\s*//.*$|@\*.*?\*@", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
