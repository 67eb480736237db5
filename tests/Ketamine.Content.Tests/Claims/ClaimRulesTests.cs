using Ketamine.Content.Claims;

namespace Ketamine.Content.Tests.Claims;

public class ClaimRulesTests
{
    [Fact]
    public void all_mistakes_are_reported_at_once_with_their_lines_and_what_was_meant()
    {
        var rules = Rules.Read("""
            version: 2
            authoritys: {}
            authorities:
              law: {basis: seen, name: A law}
              rumor: {basis: heard}
            words: {drug: 'ketamine|('}
            claims:
              - id: one
                severity: blok
                why: Because.
                rule: [lav]
                patterns: ['(unclosed', '{drugs}']
                unles: [x]
              - id: two words
                severity: review
                patterns: []
                stances: {denys: none, asks: maybe}
                atLeast: 3
              - id: good
                severity: review
                why: Because.
                patterns: [fine]
              - id: good
                severity: review
                why: Because.
                patterns: [fine]
            """, out var mistakes);
        rules.All.ShouldHaveSingleItem().Id.ShouldBe("good");
        string[] expected =
        [
            "2: claims.yml: found authoritys, wanted one of version, off, authorities, words, clauses, stances, claims; did you mean authorities?",
            "1: version: found 2, wanted 1",
            "6: words: drug: found ketamine|(, wanted a regular expression",
            "5: rumor: basis: found heard, wanted seen or memory",
            "5: rumor: name: found nothing",
            "13: one: found unles",
            "9: one: severity: found blok",
            "11: one: rule: found lav, wanted one of law, rumor; did you mean law?",
            "12: one: found (unclosed, wanted a regular expression",
            "12: one: found {drugs}, wanted a name under words",
            "14: id: found two words, wanted a name without spaces",
            "14: two words: why: found nothing",
            "16: patterns: found a list, wanted a list with at least one entry",
            "17: two words: stances: found denys, wanted one of",
            "17: two words: asks: found maybe",
            "18: two words: atLeast: found 3",
            "23: id: found good, wanted an id that no other rule has",
        ];
        foreach (var line in expected)
            mistakes.ShouldContain(reported => reported.StartsWith(line, StringComparison.Ordinal), $"{line} in\n{string.Join('\n', mistakes)}");
        mistakes.Count.ShouldBe(expected.Length, string.Join('\n', mistakes));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("text")]
    [InlineData("claims: text")]
    [InlineData("version: 1")]
    [InlineData("claims: [1, [2], {id: {}}]")]
    [InlineData("stances: {denies: [x]}\nclaims: [{}]")]
    public void a_file_with_something_else_is_an_error_and_has_no_rules(string yaml)
    {
        Rules.Read(yaml, out var mistakes).All.ShouldBeEmpty();
        mistakes.ShouldNotBeEmpty();
    }

    [Fact]
    public void broken_examples_are_reported()
    {
        var rules = Rules.One("zorbo", "examples: [Zorbo is here., Nothing here.]\nfine: [Is zorbo here?, More zorbo.]");
        rules.BrokenExamples().Select(broken => (broken.Sentence, broken.ShouldMatch)).ShouldBe([("Nothing here.", true), ("More zorbo.", false)]);
    }

    [Fact]
    public void all_initial_rules_exist()
    {
        string[] ids =
        [
            "fda-approved-ketamine", "spravato-ketamine-blur", "fda-approved-clinic", "compounded-approved", "no-prescription", "not-a-drug", "natural", "cure",
            "guaranteed", "instant", "permanent", "miracle", "success-rate", "proven", "works-for-everyone", "safe-and-effective", "no-side-effects",
            "not-addictive", "risk-free", "drive-home", "pregnancy-safe", "dose-more-is-better", "esketamine-at-home", "at-home-ketamine-safe",
            "stop-your-medication", "suicide-prevention", "better-than-antidepressants", "best-clinic", "mechanism-as-fact", "off-label-condition-list",
            "addiction-treatment", "testimonial-typical", "insurance-coverage", "urgency-pressure",
        ];
        ids.Except(Rules.Own.All.Select(rule => rule.Id)).ShouldBeEmpty();
        Rules.Own.All.Where(rule => rule.Authorities.IsEmpty).ShouldBeEmpty();
    }

    [Fact]
    public void a_clinic_adds_a_rule_and_turns_one_off_by_name_with_a_reason()
    {
        var rules = Extend("""
            off:
              - {rule: best-clinic, why: "The award is real. Our counsel read the page."}
            claims:
              - {id: no-zorbo, severity: block, why: Because., rule: [ftc-act], patterns: ['zorbo {condition}']}
            """, out var mistakes);
        mistakes.ShouldBeEmpty();
        rules
            .All.Select(rule => rule.Id)
            .ShouldBe(Rules.Own.All.Select(rule => rule.Id).Where(id => id != "best-clinic").Append("no-zorbo"), ignoreOrder: true);
        rules.Added.ShouldHaveSingleItem().Id.ShouldBe("no-zorbo");
        Rules.Judge("The zorbo depression.", new ClaimsGate(rules)).ShouldBe(ClaimVerdict.Block);
    }

    [Theory]
    [InlineData("off: [best-clinic]", "off: found best-clinic")]
    [InlineData("off: [{rule: best-clinic}]", "off: why: found nothing")]
    [InlineData("off: [{rule: best-clinic, why: ''}]", "off: why: found nothing")]
    [InlineData(
        "off: [{rule: best-klinic, why: Because.}]",
        "off: rule: found best-klinic, wanted the name of a rule that comes with the site; did you mean best-clinic?"
    )]
    public void no_rule_is_turned_off_without_a_reason(string yaml, string reported)
    {
        var rules = Extend(yaml, out var mistakes);
        mistakes.ShouldHaveSingleItem().ShouldContain(reported);
        rules.All.Select(rule => rule.Id).ShouldBe(Rules.Own.All.Select(rule => rule.Id), ignoreOrder: true);
    }

    [Fact]
    public void a_rule_of_the_same_name_applies_in_addition_to_the_sites_and_does_not_weaken_it()
    {
        var gate = new ClaimsGate(Extend("claims: [{id: cure, severity: review, why: Because., patterns: [zorbo]}]", out var mistakes));
        mistakes.ShouldBeEmpty();
        Rules.Judge("Zorbo.", gate).ShouldBe(ClaimVerdict.Review);
        Rules.Judge("Ketamine is a cure.", gate).ShouldBe(ClaimVerdict.Block);
    }

    private static ClaimRules Extend(string yaml, out List<string> mistakes)
    {
        var stream = new YamlDotNet.RepresentationModel.YamlStream();
        stream.Load(new StringReader(yaml));
        var reported = new List<string>();
        var rules = ClaimRules.Extend(
            stream.Documents[0].RootNode, (line, key, found, wanted) => reported.Add($"{line}: {key}: found {found}, wanted {wanted}"));
        mistakes = reported;
        return rules;
    }
}
