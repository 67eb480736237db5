using Ketamine.Content.Claims;

namespace Ketamine.Content.Tests.Claims;

/// <summary>The advice for a rejected claim is about that claim, not another one.</summary>
public sealed class ClaimAdviceTests
{
    /// <summary>A sentence, and words from the advice that fits its claim.</summary>
    public static TheoryData<string, string> Claims() => new()
    {
        { "You won't get hooked on ketamine.", "can cause dependence" },
        { "No one gets hooked on it here.", "can cause dependence" },
        { "It's safe, and you can't get hooked on it.", "can cause dependence" },
        { "Unlike opioids, ketamine won't leave you hooked.", "can cause dependence" },
        { "There's nothing to get hooked on.", "can cause dependence" },
        { "Ketamine is safe and nobody gets hooked on it.", "can cause dependence" },
        { "Ketamine is non-addictive.", "can cause dependence" },
        { "Ketamine is safe and effective.", "long-term safety is not well studied" },
        { "A proven safe treatment for depression.", "long-term safety is not well studied" },
        { "Relief with no side effects.", "Common effects are feeling detached" },
        { "There are zero risks.", "Every treatment has risks" },
        { "Our FDA-approved ketamine infusions treat depression.", "approved as an anesthetic" },
        { "Spravato is FDA-approved for anxiety and PTSD.", "at least two antidepressants" },
        { "Ask about generic Spravato.", "a different, off-label treatment" },
        { "Visit our FDA-certified clinic.", "state license" },
        { "Our compounded lozenges are FDA approved.", "not FDA-approved" },
        { "No prescription needed, walk in today.", "medical and psychiatric evaluation" },
        { "Beat depression without drugs.", "prescription medication" },
        { "A natural remedy for depression.", "synthetic" },
        { "Ketamine cures depression.", "may ease symptoms for some people" },
        { "We guarantee results in two sessions.", "Some people improve and some do not" },
        { "Feel like yourself again by Friday.", "symptom scores fell for some people" },
        { "Get instant relief from depression.", "within hours to a day" },
        { "Permanent remission is possible.", "usually fades within days to weeks" },
        { "A miracle treatment for depression.", "what was measured, in whom" },
        { "Our 85% success rate speaks for itself.", "Give the number with its trial" },
        { "Clinically proven to treat PTSD.", "Say what a named trial found" },
        { "Ketamine is right for everyone.", "not right for everyone" },
        { "You can drive home after your infusion.", "do not drive" },
        { "You won't need a driver after your session.", "another adult" },
        { "Ketamine is safe during pregnancy.", "pregnant" },
        { "You can keep breastfeeding during treatment.", "breastfeeding" },
        { "The more you take the more you heal.", "lowest dose and fewest sessions" },
        { "Get Spravato delivered to your home.", "in our certified clinic" },
        { "Safe ketamine therapy from home.", "FDA's October 2023 warning" },
        { "Ditch your antidepressants for good.", "Keep taking your prescribed" },
        { "Our treatment prevents suicide.", "988" },
        { "Ketamine works better than antidepressants.", "Name the trial" },
        { "The best ketamine clinic in the state.", "real specialty board" },
        { "Ketamine rewires your brain.", "several explanations compete" },
        { "Ketamine treats PTSD, OCD and fibromyalgia.", "how strong the evidence is" },
        { "Ketamine treats alcoholism.", "do not offer ketamine for addiction" },
        { "High blood pressure is not an issue with our protocol.", "look more closely first" },
        { "Monthly maintenance keeps depression from coming back.", "hardly been studied" },
        { "Ketamine works by stimulating NMDA receptors.", "blocks NMDA receptors" },
        { "Buy a package of six and save $600.", "plain prices" },
        { "Act now, spots are limited.", "let people decide after an evaluation" },
        { "Covered by most insurance.", "check with your insurer" },
        { "Read our success stories.", "better to have no testimonials" },
        { "See the before and after photos of our patients.", "the typical result" },
        { "Myth: ketamine is addictive.", "Name the risk" },
    };

    [Theory]
    [MemberData(nameof(Claims))]
    public void the_first_advice_shown_fits_the_claim(string sentence, string advice)
    {
        var shown = MarkdownSentences.OfText(sentence, ClaimSetting.Text).SelectMany(one => Rules.Gate.Examine(one.Text, one.Cited, one.Setting)).ToList();
        shown.ShouldNotBeEmpty();
        shown[0].Rule.SayInstead.ShouldContain(advice, Case.Insensitive, $"{sentence} → {string.Join(", ", shown.Select(finding => finding.Rule.Id))}");
    }

    [Fact]
    public void the_table_covers_every_kind_of_claim_in_the_rules()
    {
        var shown = ((IEnumerable<object[]>)Claims())
            .SelectMany(row => MarkdownSentences.OfText((string)row[0], ClaimSetting.Text))
            .SelectMany(one => Rules.Gate.Examine(one.Text, one.Cited, one.Setting))
            .Select(finding => finding.Rule.Kind)
            .ToHashSet(StringComparer.Ordinal);
        ClaimRules.Site.All.Where(rule => !rule.Fallback).Select(rule => rule.Kind).Distinct().Where(kind => !shown.Contains(kind)).ShouldBeEmpty();
    }
}
