namespace Ketamine.Content.Tests;

/// <summary>The files of <c>cases/</c>, each an example of a bug that has been fixed.</summary>
public sealed class CasesTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private ContentReading Read(string name) =>
        _folder.Write("articles/case.md", File.ReadAllBytes(Repository.PathOf("tests/Ketamine.Content.Tests/cases", name + ".md"))).Read();

    [Fact]
    public void a_title_cut_off_by_a_hash_gets_a_message_with_the_needed_quotation_marks() =>
        Read("title-hash").Problems.Select(problem => (problem.Line, problem.Wanted))
            .ShouldBe([(2, "title: \"The #1 question we get\""), (3, "summary: \"Our #1 tip is to wait.\"")]);

    [Fact]
    public void a_unicode_line_separator_does_not_shift_the_line_numbers_of_messages()
    {
        var reading = Read("line-separator");
        reading.Errors.ShouldHaveSingleItem().ShouldSatisfyAllConditions(error => error.Key.ShouldBe("link"), error => error.Line.ShouldBe(14));
        reading.Partial!.Articles.Single().Body.Html.ShouldContain("<td>one two</td>");
    }

    [Fact]
    public void a_no_break_space_after_a_key_has_a_specific_message() =>
        Read("nbsp-key").Errors.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(error => error.Line.ShouldBe(2), error => error.Found.ShouldContain("space"), error =>
                error.Wanted.ShouldBe("title: T one"));

    [Fact]
    public void an_escaped_bar_in_code_in_a_table_has_no_backslash()
    {
        var article = Read("table-code-pipe").Content!.Articles.Single();
        article.Body.Html.ShouldContain("<td><code>a|b</code></td>");
        article.Body.PlainText.ShouldContain("a|b");
        // Outside a table, a backslash in code is a backslash.
        _folder.Html("`a\\|b`").ShouldContain("<code>a\\|b</code>");
        _folder.Html("| A |\n|---|\n| `a\\|\\|b` and c\\|d |").ShouldContain("<code>a||b</code> and c|d");
    }

    [Fact]
    public void a_table_with_an_empty_head_is_shown_without_one()
    {
        var html = _folder.Html("|  |  |\n|---|---|\n| Monday | 9-5 |\n| Tuesday | 9-3 |");
        html.ShouldNotContain("thead");
        html.ShouldContain("<td>Monday</td>");
    }
}
