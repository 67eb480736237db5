using System.Text.RegularExpressions;
using Ketamine.Content;
using Ketamine.Content.Editing;
using Ketamine.Content.Reading;

namespace Ketamine.Content.Tests;

public sealed class SafetyTests
{
    private const string Safety = """
        carry:
          ketamine: [allergy, blood-pressure]
          esketamine: [allergy, vessels, brain-bleed]
        intros:
          no: "We don't give {drug} if any of these is true for you:"
          tell: "**Tell us if you take one of these:**"
        items:
          - {key: allergy, kind: "no", brief: An allergy, text: "**Allergy.** To either drug [@label].", sources: [label]}
          - {key: blood-pressure, kind: "no", drugs: [ketamine], brief: High blood pressure, text: High blood pressure., sources: [label]}
          - {key: vessels, kind: "no", drugs: [esketamine], brief: An aneurysm, text: An aneurysm.}
          - {key: brain-bleed, kind: "no", drugs: [esketamine], brief: A bleed, text: A past bleed.}
          - {key: maoi, kind: tell, brief: MAOIs, text: MAOIs.}

        """;

    private const string Bibliography = "- {key: label, authors: [Maker], title: Label, kind: regulator, finding: It warns.}\n";

    private static TestFolder Folder(string body, string title = "Infusions") =>
        new TestFolder()
            .Write("safety.yml", Safety)
            .Write("bibliography.yml", Bibliography)
            .Write("services/one.md", $"---\ntitle: {title}\nsummary: Short.\n---\n{body}");

    private static string[] Errors(TestFolder folder) => [.. folder.Read().Errors.Select(error => error.ToMessage())];

    [Fact]
    public void a_safety_line_shows_each_item_of_its_kind_for_its_drug_with_its_source()
    {
        using var folder = Folder("::: risks\n{{safety no ketamine}}\n:::\n");
        var html = folder.Content().Services[0].Body.Html;
        html.ShouldContain("<strong>Allergy.</strong> To either drug");
        html.ShouldContain("High blood pressure.");
        html.ShouldNotContain("aneurysm");
        html.ShouldContain("href=\"#ref-1\"");
    }

    [Fact]
    public void a_brief_line_is_a_list_under_one_sentence_with_the_sources_of_all()
    {
        using var folder = Folder("::: risks\n{{safety no ketamine brief}}\n:::\n");
        var body = folder.Content().Services[0].Body;
        body.PlainText.ShouldContain("We don’t give ketamine if any of these is true for you:\nAn allergy\nHigh blood pressure");
        body.Citations.ShouldBe(["label"]);
    }

    [Fact]
    public void a_colon_in_bold_is_not_followed_by_a_period()
    {
        using var folder = Folder("::: risks\n{{safety no ketamine brief}}\n{{safety tell brief}}\n:::\n");
        folder.Content().Services[0].Body.PlainText.ShouldContain("Tell us if you take one of these:\nMAOIs");
    }

    [Fact]
    public void unknown_safety_keys_are_errors_that_suggest_the_nearest_key()
    {
        using var folder = Folder("{{safety no ketamine}}\n\n{{safety alergy}}\n");
        Errors(folder)
            .ShouldContain(error =>
                error.StartsWith("services/one.md:7: safety: \"alergy\"", StringComparison.Ordinal) && error.Contains("allergy", StringComparison.Ordinal)
            );
    }

    [Fact]
    public void mistakes_after_a_safety_line_have_the_line_of_the_file()
    {
        using var folder = Folder("{{safety no ketamine}}\n\n[dead](/nowhere)\n");
        Errors(folder).ShouldHaveSingleItem().ShouldStartWith("services/one.md:7: link:");
    }

    [Fact]
    public void a_service_without_safety_lines_is_an_error_that_names_what_is_missing()
    {
        using var folder = Folder("::: risks\nSome.\n:::\n");
        Errors(folder)
            .ShouldHaveSingleItem()
            .ShouldContain("this text is about ketamine but lacks facts that safety.yml requires under carry: allergy, blood-pressure");
    }

    [Fact]
    public void a_text_about_esketamine_must_state_the_contraindications_of_its_label()
    {
        using var folder = Folder("{{safety no ketamine}}\n", "Esketamine spray");
        Errors(folder)
            .ShouldHaveSingleItem()
            .ShouldContain("this text is about esketamine but lacks facts that safety.yml requires under carry: allergy, vessels, brain-bleed");
        folder.Write("services/one.md", "---\ntitle: Esketamine spray\nsummary: Short.\n---\n{{safety no esketamine}}\n");
        Errors(folder).ShouldBeEmpty();
    }

    [Fact]
    public void no_list_can_omit_the_contraindications_of_the_labels()
    {
        using var folder = Folder("{{safety no ketamine}}\n");
        folder.Write("safety.yml", Safety.Replace("[allergy, vessels, ", "[allergy, ", StringComparison.Ordinal));
        Errors(folder).ShouldHaveSingleItem().ShouldContain("aneurysms and arteriovenous malformations");
    }

    [Fact]
    public void changing_an_item_voids_the_signature_of_every_text_that_shows_it()
    {
        using var folder = Folder("{{safety no ketamine}}\n");
        ContentSign.Run(folder.Path, "one", "ann", new FixedClock(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero)), TextWriter.Null).ShouldBe(0);
        folder.Content().Services[0].Review!.Signed.ShouldBeTrue();
        folder.Write("safety.yml", Safety.Replace("text: High blood pressure.", "text: Some blood pressure.", StringComparison.Ordinal));
        folder.Content().Services[0].Review!.Signed.ShouldBeFalse();
    }

    public static TheoryData<string> Contraindications() =>
        [.. Regex.Matches(SampleSafety, @"- key: (\S+)\n    kind: ""no""").Select(match => match.Groups[1].Value)];

    private static string SampleSafety => File.ReadAllText(Path.Combine(Repository.PathOf("content"), "safety.yml"));

    [Theory]
    [MemberData(nameof(Contraindications))]
    public void removing_any_contraindication_of_the_sample_fails_every_page_that_must_state_it(string key)
    {
        using var folder = Sample();
        var before = folder.Read();
        before.Errors.ShouldBeEmpty();
        var carriers = before.Texts.Where(text => text.Body!.Analysis.MentionsRisks).Select(text => text.File).ToList();
        carriers.Count.ShouldBeGreaterThan(15);

        folder.Write("safety.yml", Regex.Replace(SampleSafety, $@"  - key: {key}\n(?:    .*\n|\n(?=    ))+", ""));
        var problems = folder
            .Read()
            .Problems.Where(problem => problem.Key == "safety" && problem.Found.Contains(key, StringComparison.Ordinal))
            .Select(problem => problem.File)
            .ToList();
        problems.Order(StringComparer.Ordinal).ShouldBe(carriers.Order(StringComparer.Ordinal));
        ContentCheck.Run(folder.Path, TextWriter.Null, new FixedClock(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero))).ShouldBe(1);
    }

    [Fact]
    public void pages_must_state_every_contraindication_of_the_sample()
    {
        using var folder = Sample();
        var facts = SafetyFacts.Read(Yaml.Read(SampleSafety, new Diagnostics("safety.yml")), new Diagnostics("safety.yml"));
        List<string> all = [.. ((IEnumerable<object[]>)Contraindications()).Select(row => (string)row[0])];
        all.Count.ShouldBeGreaterThanOrEqualTo(13);
        foreach (var item in facts.Items.Where(item => item.Kind == "no"))
        {
            all.ShouldContain(item.Key);
            foreach (var drug in item.Drugs) facts.Carry[drug].ShouldContain(item.Key, $"{item.Key} for {drug}");
        }
    }

    /// <summary>Removing the line of contraindications from any single page fails the check at that page.</summary>
    [Fact]
    public void each_page_that_must_state_contraindications_fails_without_them()
    {
        using var folder = Sample();
        foreach (var text in folder.Read().Texts.Where(text => text.Body!.Analysis.MentionsRisks).ToList())
        {
            var before = File.ReadAllText(folder.File(text.File));
            folder.Write(text.File, Regex.Replace(before, @"\{\{safety no[^}]*\}\}\n", ""));
            folder.Read().Problems.Where(problem => problem.Key == "safety").Select(problem => problem.File).Distinct().ShouldBe([text.File]);
            folder.Write(text.File, before);
        }
    }

    /// <summary>A copy of the sample clinic without its wording rules, which take seconds to load and don't matter here.</summary>
    private static TestFolder Sample()
    {
        var folder = new TestFolder();
        var source = Repository.PathOf("content");
        var files = Directory
            .EnumerateFiles(source, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not ("claims.yml" or "acknowledged.yml"));
        foreach (var file in files)
            folder.Write(Path.GetRelativePath(source, file), File.ReadAllBytes(file));
        return folder;
    }
}
