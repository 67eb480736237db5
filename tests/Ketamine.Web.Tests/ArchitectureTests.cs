using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Assembly = System.Reflection.Assembly;

namespace Ketamine.Web.Tests;

/// <summary>
/// Dependencies run one way, read from the compiled types (Razor views included), so that an inferred type or a global using counts too.
/// The compiler itself keeps Language from knowing Content, and Content from knowing Web.
/// </summary>
public sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> WebMayUse = new(StringComparer.Ordinal)
    {
        ["Web"] = [],
        ["Data"] = ["Web"],
        ["Audit"] = ["Data", "Web"],
        ["Mail"] = ["Data", "Web"],
        ["Leads"] = ["Audit", "Mail", "Data", "Web"],
        ["Features/Shared"] = ["Leads", "Audit", "Mail", "Data", "Web"],
        ["Features/*"] = ["Features/Shared", "Leads", "Audit", "Mail", "Data", "Web"],
        ["Features/Staff"] = ["Features/*", "Features/Shared", "Leads", "Audit", "Mail", "Data", "Web"],
        ["Ops"] = ["Features/Staff", "Features/*", "Features/Shared", "Leads", "Audit", "Mail", "Data", "Web"],
    };

    private static readonly Dictionary<string, string[]> ContentMayUse = new(StringComparer.Ordinal)
    {
        ["Model"] = [],
        ["Markdown"] = ["Model"],
        ["Images"] = ["Model"],
        ["Claims"] = ["Markdown", "Model"],
        ["Reading"] = ["Claims", "Images", "Markdown", "Model"],
        [""] = ["Reading", "Claims", "Images", "Markdown", "Model"],
        ["Publishing"] = ["Editing", "", "Reading", "Markdown", "Model"],
        ["Notices"] = ["", "Reading", "Markdown", "Model"],
        ["Editing"] = ["Notices", "", "Reading", "Claims", "Images", "Markdown", "Model"],
    };

    [Fact]
    public void within_the_site_dependencies_run_one_way() => Wrong(typeof(Program).Assembly, "Ketamine.Web", WebMayUse).ShouldBeEmpty();

    [Fact]
    public void within_content_dependencies_run_one_way() =>
        Wrong(typeof(Ketamine.Content.ContentFolder).Assembly, "Ketamine.Content", ContentMayUse).ShouldBeEmpty();

    [Fact]
    public void the_allowed_dependencies_form_no_circle()
    {
        foreach (var may in new[] { WebMayUse, ContentMayUse })
        {
            var left = may.ToDictionary(StringComparer.Ordinal);
            while (left.Keys.FirstOrDefault(part => !left[part].Any(left.ContainsKey)) is { } lowest) left.Remove(lowest);
            left.Keys.ShouldBeEmpty();
        }
    }

    [Fact]
    public void a_view_and_a_page_count_as_parts_of_their_feature()
    {
        var parts = TypesOf(typeof(Program).Assembly).Select(type => PartOf(type, "Ketamine.Web")).ToHashSet(StringComparer.Ordinal);
        parts.ShouldContain("Features/Articles");
        PartOf("AspNetCoreGeneratedDocument.Features_Articles_Blog", "Ketamine.Web").ShouldBe("Features/Articles");
        PartOf("Ketamine.Web.Leads.Crisis.CrisisPhrases", "Ketamine.Web").ShouldBe("Leads");
        PartOf("Ketamine.Content.Model.Article", "Ketamine.Web").ShouldBeNull();
    }

    [Fact]
    public void every_namespace_is_its_folder()
    {
        foreach (var project in new[] { "Ketamine.Language", "Ketamine.Content", "Ketamine.Web" })
        {
            var root = Repository.PathOf("src", project);
            foreach (var file in Sources(root, "*.cs"))
            {
                var declared = Namespace().Match(File.ReadAllText(file)).Groups[1].Value;
                var folder = Path.GetDirectoryName(Path.GetRelativePath(root, file))!.Replace('\\', '/').Replace('/', '.');
                if (project == "Ketamine.Language" && folder is "Yaml") folder = "";
                if (declared != "") declared.ShouldBe(folder == "" ? project : $"{project}.{folder}", file);
            }
        }
    }

    [Fact]
    public void rendered_html_is_never_read_back_only_the_importer_parses_html()
    {
        var readers = Sources(Repository.PathOf("src"), "*.cs").Where(file => File.ReadAllText(file).Contains("AngleSharp", StringComparison.Ordinal));
        readers.Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["HtmlLosses.cs", "HtmlNotes.cs", "HtmlToMarkdown.cs"]);
        File.ReadAllText(Repository.PathOf("src", "Ketamine.Content", "Ketamine.Content.csproj")).ShouldNotContain("AngleSharp");
    }

    [Fact]
    public void the_program_is_a_table_of_contents() =>
        File.ReadAllLines(Repository.PathOf("src", "Ketamine.Web", "Program.cs")).Length.ShouldBeLessThan(80);

    private static List<string> Wrong(Assembly assembly, string root, Dictionary<string, string[]> may)
    {
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in TypesOf(assembly))
        {
            if (PartOf(type, root) is not { } from) continue;
            foreach (var target in type.Dependencies.Select(dependency => dependency.Target))
            {
                if (PartOf(target, root) is not { } to || to == from) continue;
                if (!may.TryGetValue(Key(from), out var allowed)) wrong.Add($"{Name(from)} is a part that this test doesn't list");
                else if (!allowed.Contains(Key(to))) wrong.Add($"{type.FullName} uses {target.FullName}: {Name(from)} must not know {Name(to)}");
            }
        }

        return [.. wrong];
    }

    private static IEnumerable<IType> TypesOf(Assembly assembly) => new ArchLoader().LoadAssembly(assembly).Build().Types;

    private static string? PartOf(IType type, string root) => PartOf(type.FullName, root);

    // The program composes all parts: it is none of them, and so are types that the compiler makes outside a namespace of ours.
    private static string? PartOf(string type, string root)
    {
        if (root == "Ketamine.Web" && View().Match(type) is { Success: true } view)
            return view.Groups[1].Value.StartsWith('_') ? null : $"Features/{view.Groups[1].Value}";
        if (!type.StartsWith(root + ".", StringComparison.Ordinal)) return null;
        return type[(root.Length + 1)..].Split('/', '+')[0].Split('.')[..^1] switch
        {
            [] => root == "Ketamine.Web" ? null : "",
            ["Features"] => null,
            ["Features", var feature, ..] => $"Features/{feature}",
            [var part, ..] => part,
        };
    }

    private static string Key(string part) =>
        part is "Features/Shared" or "Features/Staff" || !part.StartsWith("Features/", StringComparison.Ordinal) ? part : "Features/*";

    private static string Name(string part) => part == "" ? "the folder's reader" : part;

    private static IEnumerable<string> Sources(string root, string pattern) =>
        Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(root, file).Replace('\\', '/').Split('/').Any(part => part is "bin" or "obj"));

    [GeneratedRegex(@"^AspNetCoreGeneratedDocument\.Features_([A-Za-z]+|_[A-Za-z]+)")]
    private static partial Regex View();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
