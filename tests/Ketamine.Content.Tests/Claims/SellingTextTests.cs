using Ketamine.Content.Claims;
using Ketamine.Content.Markdown;

namespace Ketamine.Content.Tests.Claims;

/// <summary>A text with many errors is advertising, so its other sentences are read with more suspicion.</summary>
public class SellingTextTests
{
    private const string Error = "Ketamine cures depression.";

    [Theory]
    [InlineData(3, 21, true)]
    [InlineData(3, 22, false)]
    [InlineData(2, 2, false)]
    [InlineData(0, 40, false)]
    public void a_text_with_an_error_in_eight_sentences_is_read_again(int errors, int others, bool again)
    {
        var text = string.Join(' ', Enumerable.Repeat(Error, errors).Concat(Enumerable.Repeat("The room has a window.", others)));
        Settings(text).Count(setting => setting == ClaimSetting.AmongClaims).ShouldBe(again ? errors + others : 0);
    }

    [Fact]
    public void headings_and_cited_paragraphs_keep_their_context() =>
        Settings($"# The room\n\n{Error} {Error} {Error}\n\nThe room has a window [@a].\n").Count(setting => setting == ClaimSetting.Limited).ShouldBe(2);

    [Fact]
    public void a_weaker_suspicion_marks_more_and_takes_no_finding_back()
    {
        var marked = (Before: 0, After: 0);
        foreach (var sentence in LabeledSentencesTests.All)
        {
            var (before, after) = (Rules.Judge(sentence, setting: ClaimSetting.Text), Rules.Judge(sentence, setting: ClaimSetting.AmongClaims));
            (after >= before).ShouldBeTrue(sentence);
            marked = (marked.Before + (before > ClaimVerdict.None ? 1 : 0), marked.After + (after > ClaimVerdict.None ? 1 : 0));
        }

        marked.After.ShouldBeGreaterThan(marked.Before);
    }

    // How each sentence was read in the end.
    private static IEnumerable<ClaimSetting> Settings(string markdown) => ClaimsCheck
        .OfText(MarkdownSentences.Of(MarkdownParser.Parse(markdown)), sentence => Rules.Gate.Examine(sentence.Text, sentence.Cited, sentence.Setting))
        .Select(read => read.Sentence.Setting);
}
