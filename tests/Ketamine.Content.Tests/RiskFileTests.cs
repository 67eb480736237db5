using Ketamine.Content.Editing;

namespace Ketamine.Content.Tests;

/// <summary>risk.md: the clinic's steps for a message that suggests risk.</summary>
public sealed class RiskFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void the_steps_are_read_and_are_not_a_page()
    {
        var content = _folder.Write("risk.md", "1. Call them back now.\n2. Ring **Priya**.\n").Content();
        content.RiskSteps.ShouldNotBeNull().Html.ShouldContain("<strong>Priya</strong>");
        content.Pages.ShouldBeEmpty();
        _folder.Write("risk.md", " \n").Content().RiskSteps.ShouldBeNull("nothing is written there, so the desk's own steps are shown");
    }

    [Fact]
    public void a_dead_link_is_reported_with_its_line()
    {
        _folder.Write("risk.md", "1. Call them back now.\n2. Read [our plan](/safety-plan).\n");
        var problem = _folder.Read().Errors.ShouldHaveSingleItem();
        (problem.File, problem.Line, problem.Key).ShouldBe(("risk.md", 2, "link"));
    }

    // These steps are internal, so they may have wording that would be wrong on a page.
    [Fact]
    public void the_wording_rules_apply_only_to_what_visitors_read() =>
        _folder.Write("risk.md", "Never say that ketamine cures depression or that it is FDA-approved.\n").Read().Problems.ShouldBeEmpty();

    [Fact]
    public void mistakes_are_reported()
    {
        _folder.Write("risk.md", "---\ntitle: Risk\n---\nCall.\n").Read().Errors.ShouldHaveSingleItem().Key.ShouldBe("front matter");
        _folder.Write("risk.md", string.Concat(Enumerable.Repeat("word ", 201))).Read().Problems.ShouldHaveSingleItem().Key.ShouldBe("length");
        File.Move(_folder.File("risk.md"), _folder.File("Risks.md"));
        _folder.Read().Problems.ShouldHaveSingleItem().Wanted.ShouldBe("rename it to risk.md");
        _folder.Write("risk.md", "Ring [[Write: the clinician's number]].\n");
        Placeholders.In(_folder.Path).ShouldHaveSingleItem().File.ShouldBe("risk.md");
    }
}
