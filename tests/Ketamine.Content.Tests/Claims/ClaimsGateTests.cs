using System.Diagnostics;
using Ketamine.Content.Claims;

namespace Ketamine.Content.Tests.Claims;

public class ClaimsGateTests
{
    [Fact]
    public void every_rule_matches_its_examples_and_none_of_its_fine_sentences()
    {
        Rules.Own.All.ShouldAllBe(rule => rule.Examples.Length > 0 && rule.Fine.Length > 0 && rule.SayInstead.Length > 0);
        Rules
            .Own.BrokenExamples()
            .Select(broken => $"{broken.Rule.Id} should {(broken.ShouldMatch ? "match" : "not match")}: {broken.Sentence}")
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("You don't need a prescription.")]
    [InlineData("The more you take, the more neuroplasticity.")]
    [InlineData("FDA-approved for depression, ketamine works fast.")]
    [InlineData("Ketamine is FDA-approved for depression.")]
    public void common_false_claims_are_blocked(string sentence) => Rules.Judge(sentence).ShouldBe(ClaimVerdict.Block);

    [Theory]
    [InlineData("It carries about as much danger as a nap.", true)]
    [InlineData("Honestly, a hot bath is riskier.", true)]
    [InlineData("Lozenges have fewer side effects than a cup of coffee.", true)]
    [InlineData("Take a nap afterward, and skip coffee until evening.", false)]
    [InlineData("Ketamine is not as mild as a glass of wine.", false)]
    [InlineData("La ketamina cura la depresión.", true)]
    [InlineData("Las infusiones eliminan su dolor crónico.", true)]
    [InlineData("Alivio garantizado en dos semanas.", true)]
    [InlineData("Un procedimiento sin ningún riesgo.", true)]
    [InlineData("La terapia es totalmente segura.", true)]
    [InlineData("La ketamina no cura la depresión, y no todos mejoran.", false)]
    [InlineData("Nadie puede garantizarle un resultado.", false)]
    [InlineData("Ningún medicamento está libre de efectos secundarios.", false)]
    [InlineData("Llame a su seguro para preguntar qué cubre.", false)]
    public void harmless_comparisons_and_promises_in_spanish_are_blocked_and_honest_neighbors_are_not(string sentence, bool blocked) =>
        Rules.Gate.Examine(sentence, cited: false, ClaimSetting.Text).Any(finding => finding.Verdict is ClaimVerdict.Block
            && (finding.Rule.Id is "risk-compared" || finding.Rule.Id.EndsWith("-spanish", StringComparison.Ordinal))).ShouldBe(blocked);

    [Theory]
    [InlineData("Is ketamine FDA-approved for depression?", ClaimVerdict.None)]
    [InlineData("Why suffer when ketamine cures depression?", ClaimVerdict.Block)]
    [InlineData("We can't guarantee results.", ClaimVerdict.None)]
    [InlineData("We can't guarantee results, but our patients are cured.", ClaimVerdict.Block)]
    [InlineData("Ketamine is not a cure.", ClaimVerdict.None)]
    [InlineData("Ketamine is not just a cure, it cures everything.", ClaimVerdict.Block)]
    [InlineData("Some clinics promise a cure.", ClaimVerdict.None)]
    [InlineData("Some clinics promise relief; we cure depression.", ClaimVerdict.Block)]
    [InlineData("Myth: ketamine is a cure.", ClaimVerdict.None)]
    [InlineData("The idea that ketamine cures depression is false.", ClaimVerdict.None)]
    [InlineData("Be wary of anyone who guarantees results.", ClaimVerdict.None)]
    [InlineData("Contrary to popular belief, ketamine is not addictive.", ClaimVerdict.Block)]
    [InlineData("Is ketamine addictive? No.", ClaimVerdict.Block)]
    public void the_stance_toward_a_claim_decides(string sentence, ClaimVerdict verdict) => Rules.Judge(sentence).ShouldBe(verdict);

    [Fact]
    public void a_citation_in_the_same_sentence_satisfies_a_rule_that_needs_one()
    {
        Rules.Judge("In that trial 67 percent responded to ketamine.").ShouldBe(ClaimVerdict.NeedsCitation);
        Rules.Judge("In that trial 67 percent responded to ketamine [@feder-2021].").ShouldBe(ClaimVerdict.None);
        Rules.Judge("In that trial 67 percent responded to ketamine. It was small [@feder-2021].").ShouldBe(ClaimVerdict.NeedsCitation);
        Rules.Judge("Ketamine cures PTSD [@feder-2021].").ShouldBe(ClaimVerdict.Block);
    }

    [Fact]
    public void a_finding_points_to_the_words_in_the_original_sentence()
    {
        const string sentence = "It\u2019s soft\u00adly true: keta\u00admine is non\u2011addictive.";
        var finding = Rules.Gate.Examine(sentence).First(found => found.Rule.Id == "not-addictive");
        sentence.Substring(finding.Start, finding.Length).ShouldBe("non\u2011addictive");
        finding.Rule.Authorities.ShouldNotBeEmpty();
        finding.Rule.Authorities.ShouldAllBe(authority => authority.Name.Length > 0);
    }

    [Theory]
    [InlineData("Kеtamine curеs dеprеssion.")] // Cyrillic е
    [InlineData("Кetaminе сurеs depressiоn.")]
    [InlineData("Ketamine cuгes depression.")] // Cyrillic г
    [InlineData("Ketamine ｃｕｒｅｓ depression.")]
    [InlineData("Ketamine 𝐜𝐮𝐫𝐞𝐬 depression.")]
    [InlineData("Ketamine ᴄᴜʀᴇs depression.")]
    [InlineData("Ketamine cυrεs depressiοn.")] // Greek
    [InlineData("Ketamine c\u0335ures depression.")]
    public void letters_of_another_alphabet_do_not_hide_a_claim(string sentence)
    {
        var finding = Rules.Gate.Examine(sentence)[0];
        finding.Verdict.ShouldBe(ClaimVerdict.Block);
        sentence.Substring(finding.Start, finding.Length).ShouldNotBeEmpty();
        Rules.Judge("Αlpha-2 and κ receptors were studied in mice.").ShouldBe(Rules.Judge("Alpha-2 and kappa receptors were studied in mice."));
    }

    [Fact]
    public void the_worst_finding_comes_first()
    {
        var verdicts = Rules.Gate.Examine("Act now: research shows that our miracle cure works.").Select(finding => finding.Verdict).ToList();
        verdicts.Count.ShouldBeGreaterThan(2);
        verdicts.ShouldBe(verdicts.OrderDescending());
        verdicts[0].ShouldBe(ClaimVerdict.Block);
    }

    [Fact]
    public void a_clinics_rule_needs_only_a_pattern()
    {
        var gate = new ClaimsGate(Rules.One(@"\bzorbo\b"));
        Rules.Judge("Try Zorbo tomorrow.", gate).ShouldBe(ClaimVerdict.Block);
        Rules.Judge("What is zorbo?", gate).ShouldBe(ClaimVerdict.None);
        Rules.Judge("We do not use zorbo.", gate).ShouldBe(ClaimVerdict.None);
        Rules.Judge("Zorbo may do something.", gate).ShouldBe(ClaimVerdict.Block);
        Rules.Judge("Zorbo may do something.", new ClaimsGate(Rules.One("zorbo", "stances: {hedges: review}"))).ShouldBe(ClaimVerdict.Review);
        Rules.Judge("What is zorbo?", new ClaimsGate(Rules.One("zorbo", "stances: {asks: block}"))).ShouldBe(ClaimVerdict.Block);
        Rules.Judge("Zorbo is here.", new ClaimsGate(Rules.One("zorbo", "unless: [here]"))).ShouldBe(ClaimVerdict.None);
        Rules.Judge("No zorbo, no pain.", new ClaimsGate(Rules.One("no zorbo"))).ShouldBe(ClaimVerdict.None);
        Rules.Judge("No zorbo, no pain.", new ClaimsGate(Rules.One("no zorbo", "negative: true"))).ShouldBe(ClaimVerdict.Block);
    }

    [Theory]
    [InlineData(@"(a+)+$", ClaimVerdict.None)]
    [InlineData(@"(?=a)(a+)+$", ClaimVerdict.Review)]
    public void a_pattern_that_would_never_end_does_not_hang_the_site(string pattern, ClaimVerdict verdict)
    {
        var gate = new ClaimsGate(Rules.One(pattern));
        var watch = Stopwatch.StartNew();
        var sentence = new string('a', 400) + "!";
        for (var i = 0; i < 50; i++) Rules.Judge(sentence, gate).ShouldBe(verdict);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void a_sentence_takes_microseconds()
    {
        var sentences = Rules.Own.All.SelectMany(rule => rule.Examples.Concat(rule.Fine)).ToList();
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var watch = Stopwatch.StartNew();
            foreach (var sentence in sentences) Rules.Gate.Examine(sentence);
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }

        // Some 50 µs on an idle core of 2024; the bound leaves room for debug builds and busy machines.
        (best / sentences.Count).TotalMicroseconds.ShouldBeLessThan(1000);
    }

    [Fact]
    public void no_input_breaks_the_gate()
    {
        string[] odd =
        [
            "",
            " ",
            "?",
            "...",
            "\u0000",
            "\ud800",
            "\ufeff\u200b",
            new('(', 5000),
            new('é', 3000),
            "[@",
            "[@]",
            "[@a]",
            "ſafe K",
            string.Concat(Enumerable.Repeat("cure ", 20_000)),
        ];
        foreach (var text in odd) Should.NotThrow(() => Rules.Judge(text));
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(200)).Select(_ => (char)random.Next(1, 0x2fff))]);
            foreach (var finding in Rules.Gate.Examine(text)) text.Substring(finding.Start, finding.Length).ShouldNotBeNull();
        }
    }

    [Fact]
    public void a_sentences_context_limits_only_the_broad_rules()
    {
        const string vague = "We meet you where you are.";
        Rules.Gate.Examine(vague).ShouldNotBeEmpty();
        Rules.Gate.Examine(vague, setting: ClaimSetting.Text).ShouldBeEmpty();
        const string praise = "Our patients are blissful.";
        Rules.Gate.Examine(praise, setting: ClaimSetting.Text).ShouldNotBeEmpty();
        Rules.Gate.Examine(praise, setting: ClaimSetting.Limited).ShouldBeEmpty();
        foreach (var setting in Enum.GetValues<ClaimSetting>())
            Rules.Gate.Examine("Ketamine is FDA-approved for depression.", setting: setting)[0].Verdict.ShouldBe(ClaimVerdict.Block);
    }
}
