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
    [InlineData("2027-01-01T20:00:00Z", 1, "articles/one.md:9: validUntil: 2026-12-31 has passed")]
    public void a_dated_sentence_warns_a_month_ahead_and_fails_the_check_after_its_day(string now, int code, string reported)
    {
        _folder.Article("one", "Fine.\n\nThe rule allows it. {{until 2026-12-31}}\n");
        Check(now).ShouldBe(code, _output.ToString());
        if (reported.Length > 0) _output.ToString().ShouldContain(reported);
        else _output.ToString().ShouldNotContain("validUntil");
        _folder.Content().Articles[0].Body.PlainText.ShouldBe("Fine.\nThe rule allows it.");
    }

    [Fact]
    public void a_whole_text_can_have_a_date_too()
    {
        _folder.Article("one", "Fine.\n", "validUntil: 2026-12-31\n");
        Check("2027-01-01T20:00:00Z").ShouldBe(1);
        _output.ToString().ShouldContain("articles/one.md:6: validUntil:");
    }

    /// <summary>Every kind of fact that can expire may have a validUntil.</summary>
    public static TheoryData<string, string, int, string> Aging() => new()
    {
        {
            "faqs.yml", "- group: G\n  questions:\n    - {question: Can I start by video?, answer: Yes., validUntil: 2026-12-31}\n", 3,
            "the question \"Can I start by video?\""
        },
        { "faqs.yml", "- group: G\n  questions:\n    - question: Can I start by video?\n      answer: Yes. {{until 2026-12-31}}\n", 4, "the sentence" },
        { "services/one.md", "---\ntitle: One\nsummary: Short.\nprice: $450\npriceValidUntil: 2026-12-31\n---\nFine.\n", 5, "the price" },
        {
            "clinic.yml",
            TestFolder.Clinic + "sample: true\nprices:\n  - {key: infusion, name: Infusion, amount: 450, validUntil: 2026-12-31}\n",
            6,
            "the price \"Infusion\""
        },
        { "clinic.yml", TestFolder.Clinic + "sample: true\ncrisis: {phone: \"988\", textTo: \"988\", validUntil: 2026-12-31}\n", 5, "the crisis line 988" },
        { "clinic.yml", TestFolder.Clinic + "sample: true\nlicense: {number: \"1\", validUntil: 2026-12-31}\n", 5, "the clinic's license" },
        { "clinic.yml", TestFolder.Clinic + "sample: true\nregistrations:\n  - {name: REMS, validUntil: 2026-12-31}\n", 6, "the registration \"REMS\"" },
        { "people.yml", "ann:\n  name: Ann Lee\n  license: {number: \"1\", validUntil: 2026-12-31}\n", 3, "the license of Ann Lee" },
        {
            "claims.yml",
            "version: 1\nclaims:\n  - id: by-video\n    severity: review\n"
                + "    why: The federal rule ends.\n    validUntil: 2026-12-31\n    patterns: ['by hologram']\n    sayInstead: In person.\n",
            3,
            "the rule by-video"
        },
        {
            "safety.yml",
            "carry: {ketamine: [allergy, blood-pressure], esketamine: [allergy, vessels, brain-bleed]}\nitems:\n"
                + string.Concat(
                    new[] { "allergy", "blood-pressure", "vessels", "brain-bleed" }.Select(key => $"  - {{key: {key}, kind: \"no\", brief: B, text: T.}}\n")
                )
                + "  - {key: rule, kind: label, text: T., validUntil: 2026-12-31}\n",
            7,
            "the item rule"
        },
    };

    [Theory]
    [MemberData(nameof(Aging))]
    public void every_dated_fact_warns_a_month_ahead_and_fails_the_check_after_its_day(string file, string text, int line, string what)
    {
        _folder.Write(file, text);
        Check("2026-11-30T20:00:00Z").ShouldBe(0, _output.ToString());
        _output.ToString().ShouldNotContain("validUntil");
        Check("2026-12-01T20:00:00Z").ShouldBe(0, _output.ToString());
        _output.ToString().ShouldContain($"{file}:{line}: warning: validUntil: 2026-12-31 is at most 30 days away");
        _output.ToString().ShouldContain(what);
        Check("2027-01-01T20:00:00Z").ShouldBe(1);
        _output.ToString().ShouldContain($"{file}:{line}: validUntil: 2026-12-31 has passed");
    }

    [Fact]
    public void a_prices_date_needs_a_price()
    {
        _folder.Write("services/one.md", "---\ntitle: One\nsummary: Short.\npriceValidUntil: 2026-12-31\n---\nFine.\n");
        _folder.Read().Errors.ShouldHaveSingleItem().Key.ShouldBe("priceValidUntil");
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public void a_page_with_a_benefit_and_no_risks_nearby_is_an_error_for_a_real_clinic(bool sample, int code)
    {
        _folder
            .Write("clinic.yml", $"name: Cedar\nurl: https://www.cedar-clinic.org\ntimeZone: America/Denver\nsample: {(sample ? "true" : "false")}\n")
            .Write(
                "bibliography.yml",
                "- {key: trial, authors: [A], title: T, kind: rct, population: 73 people, finding: It eased it., "
                    + "topics: [depression], supports: [\"efficacy depression: it eased it\"]}\n"
            )
            .Write("pages/home.md", "---\ntitle: Home\n---\nIn 73 people, one infusion eased depression [@trial].\n");
        Check("2026-11-30T20:00:00Z").ShouldBe(code, _output.ToString());
        _output.ToString().ShouldContain("the main risks aren't nearby");
        _folder.Write(
            "pages/home.md",
            "---\ntitle: Home\n---\nIn 73 people, one infusion eased depression [@trial]. "
                + "You may feel detached. Blood pressure can rise. Breathing can slow. It can be misused.\n"
        );
        Check("2026-11-30T20:00:00Z").ShouldBe(0, _output.ToString());
    }
}
