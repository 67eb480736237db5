using System.Text.RegularExpressions;
using Ketamine.Web.Content.Claims;

namespace Ketamine.Web.Tests.Content.Claims;

public class RequiredTextTests
{
    [Theory]
    [InlineData(@"\bcures?\b", "cure")]
    [InlineData(@"a?bcd|efg", "bcd efg")]
    [InlineData(@"(one|two)+\s+three", "three, one two")]
    [InlineData(@"\bx[^.!?]{0,40}yes", "yes")]
    [InlineData(@"(maybe)?", "")]
    [InlineData(@"(?:abc){2}", "abc")]
    [InlineData(@"(?=ahead)real", "real")]
    [InlineData(@"(?<name>word)", "word")]
    [InlineData(@"\p{Lu}\u0041\x41bc", "bc")]
    [InlineData(@"[a-z-[aeiou]]end", "end")]
    [InlineData(@"(?x) a b c", "")]
    [InlineData(@"100\s?%", "%, 100")]
    public void what_a_match_must_hold_is_read_from_the_pattern(string pattern, string pieces) =>
        string.Join(", ", RequiredText.Of(pattern).Select(set => string.Join(' ', set))).ShouldBe(pieces);

    [Fact]
    public void no_pattern_of_ours_matches_a_sentence_that_its_required_text_rules_out()
    {
        var sentences = Rules.Own.All.SelectMany(rule => rule.Examples.Concat(rule.Fine)).ToList();
        var texts = Rules.Own.Patterns.Select(pattern => pattern.Text).ToList();
        foreach (var pattern in texts)
        {
            var regex = new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
            var sets = RequiredText.Of(pattern);
            foreach (var sentence in sentences.Where(sentence => regex.IsMatch(sentence)))
                sets.ShouldAllBe(set => set.Any(piece => sentence.Contains(piece, StringComparison.OrdinalIgnoreCase)), $"{pattern} on {sentence}");
        }
    }
}
