using System.Text.RegularExpressions;
using Ketamine.Content.Claims;

namespace Ketamine.Content.Tests.Claims;

public class RequiredTextTests
{
    [Theory]
    [InlineData(@"\bcures?\b", "|cure")]
    [InlineData(@"a?bcd|efg", "bcd efg")]
    [InlineData(@"(one|two)+\s+three", "|three, one two")]
    [InlineData(@"\bx[^.!?]{0,40}yes", "yes, |x")]
    [InlineData(@"(maybe)?", "")]
    [InlineData(@"(?:abc){2}", "abc")]
    [InlineData(@"(?=ahead)real", "real")]
    [InlineData(@"(?<name>word)", "word")]
    [InlineData(@"\p{Lu}\u0041\x41bc", "bc")]
    [InlineData(@"[a-z-[aeiou]]end", "end")]
    [InlineData(@"(?x) a b c", "")]
    [InlineData(@"100\s?%", "%, 100")]
    [InlineData(@"\b(no|zero)\b", "|no| |zero|")]
    [InlineData(@"\b(no|zero)\s*x", "|no |zero")]
    [InlineData(@"\b(a|(b|c))\s+(\w+\s+)?d\b", "|d|, |a| |b| |c|")]
    [InlineData(@"\b(ab|cd)+\b", "|ab |cd")]
    [InlineData(@"fda-approved", "fda|-|approved")]
    [InlineData(@"n't\b", "n|'|t|")]
    public void the_required_text_is_read_from_the_pattern(string pattern, string pieces) =>
        string.Join(", ", RequiredText.Of(pattern).Select(set => string.Join(' ', set))).Replace(RequiredText.Edge, '|').ShouldBe(pieces);

    [Fact]
    public void none_of_our_patterns_matches_a_sentence_without_its_required_text()
    {
        // Every sixth labeled sentence: a thousand patterns on all 19,000 take half a minute.
        var labeled = LabeledSentencesTests.All.Where((_, index) => index % 6 == 0);
        var sentences = Rules.Own.All.SelectMany(rule => rule.Examples.Concat(rule.Fine)).Concat(labeled).ToList();
        var texts = Rules.Own.Patterns.Select(pattern => pattern.Text).ToList();
        Parallel.ForEach(texts, pattern =>
        {
            var regex = new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
            var sets = RequiredText.Of(pattern);
            foreach (var sentence in sentences.Where(sentence => regex.IsMatch(sentence)))
                sets.ShouldAllBe(set => new SubstringFinder(set).Find(sentence).Count > 0, $"{pattern} on {sentence}");
        });
    }
}
