using Ketamine.Content.Editing;
using System.Globalization;

namespace Ketamine.Content.Tests;

public sealed class AgingTests : IDisposable
{
    private readonly TestFolder _folder = new TestFolder().Write("clinic.yml", TestFolder.Clinic + "sample: true\n");
    private readonly StringWriter _output = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
    }

    private int Check(string now) => ContentCheck.Run(_folder.Path, _output, new FixedClock(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("2026-11-30T20:00:00Z", 0, "")]
    [InlineData("2026-12-01T20:00:00Z", 0, "articles/one.md:9: warning: validUntil: 2026-12-31")]
    [InlineData("2026-12-31T20:00:00Z", 0, "articles/one.md:9: warning: validUntil: 2026-12-31")]
    [InlineData("2027-01-01T20:00:00Z", 1, "articles/one.md:9: validUntil: 2026-12-31 is over")]
    public void a_sentence_that_ages_is_told_a_month_ahead_and_fails_the_check_after_its_day(string now, int code, string told)
    {
        _folder.Article("one", "Fine.\n\nThe rule allows it. {{until 2026-12-31}}\n");
        Check(now).ShouldBe(code, _output.ToString());
        if (told.Length > 0) _output.ToString().ShouldContain(told);
        else _output.ToString().ShouldNotContain("validUntil");
        _folder.Content().Articles[0].Body.PlainText.ShouldBe("Fine.\nThe rule allows it.");
    }

    [Fact]
    public void a_whole_text_can_age_too()
    {
        _folder.Article("one", "Fine.\n", "validUntil: 2026-12-31\n");
        Check("2027-01-01T20:00:00Z").ShouldBe(1);
        _output.ToString().ShouldContain("articles/one.md:6: validUntil:");
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public void a_page_with_a_benefit_and_no_risks_near_is_an_error_for_a_real_clinic(bool sample, int code)
    {
        _folder.Write("clinic.yml", $"name: Cedar\nurl: https://www.cedar-clinic.org\ntimeZone: America/Denver\nsample: {(sample ? "true" : "false")}\n")
            .Write("bibliography.yml", "- {key: trial, authors: [A], title: T, kind: rct, population: 73 people, finding: It eased it., topics: [depression], supports: [\"efficacy depression: it eased it\"]}\n")
            .Write("pages/home.md", "---\ntitle: Home\n---\nIn 73 people, one infusion eased depression [@trial].\n");
        Check("2026-11-30T20:00:00Z").ShouldBe(code, _output.ToString());
        _output.ToString().ShouldContain("the risks are not near it");
        _folder.Write("pages/home.md", "---\ntitle: Home\n---\nIn 73 people, one infusion eased depression [@trial]. You may feel detached. Blood pressure can rise. Breathing can slow. It can be misused.\n");
        Check("2026-11-30T20:00:00Z").ShouldBe(0, _output.ToString());
    }
}
