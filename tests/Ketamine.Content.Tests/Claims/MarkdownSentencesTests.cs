using Ketamine.Content.Claims;
using Ketamine.Content.Markdown;

namespace Ketamine.Content.Tests.Claims;

public class MarkdownSentencesTests
{
    [Fact]
    public void every_text_that_a_reader_sees_is_split_into_sentences_with_lines()
    {
        const string markdown = """
            # A heading

            Keta*mine* is a [**miracle** cure](https://example.com "A title.") for
            depression. A second `sentence` here.

            - An item
            - Another. With two.

            | Head | Cell |
            | ---- | ---- |
            | Body | Last |

            Term
            :   What it means.

            ::: note A callout
            Inside it.[^1]
            :::

            ![An alt text](x.svg "A *caption* here.")

            > Quoted words.

            [^1]: A footnote.
            """;
        Reported(markdown).ShouldBe(
        [
            "0 A heading",
            "2 Ketamine is a miracle cure for depression.", "3 A second sentence here.", "2 A title.",
            "5 An item", "6 Another.", "6 With two.",
            "8 Head", "8 Cell", "10 Body", "10 Last",
            "12 Term", "13 What it means.",
            "15 A callout", "16 Inside it.",
            "19 An alt text", "19 A caption here.",
            "21 Quoted words.",
            "23 A footnote.",
        ], ignoreOrder: true);
    }

    [Fact]
    public void a_citation_belongs_to_the_sentence_that_contains_or_precedes_it()
    {
        Cited("One [@a-2001]. Two. Three. [@b-2002] Four *with [@c-2003; @d-2004]* more. Five").ShouldBe([true, false, true, true, false]);
        MarkdownSentences.OfText("One [@a]. Two. [@b] Three.").Select(sentence => (sentence.Text, sentence.Cited))
            .ShouldBe([("One.", true), ("Two.", true), ("Three.", false)]);
    }

    [Theory]
    [InlineData("Keta**mine** is a *cure*.")]
    [InlineData("Ketamine is a [cure](page:home).")]
    [InlineData("Ketamine is a\ncure.")]
    [InlineData("> - Ketamine&nbsp;is a cure.")]
    [InlineData("![Ketamine is a cure](x.svg)")]
    public void markup_does_not_hide_a_claim(string markdown) =>
        MarkdownSentences
            .Of(MarkdownParser.Parse(markdown))
            .SelectMany(sentence => Rules.Gate.Examine(sentence.Text))
            .ShouldContain(finding => finding.Rule.Id == "cure");

    private static IEnumerable<string> Reported(string markdown) =>
        MarkdownSentences.Of(MarkdownParser.Parse(markdown)).Select(sentence => $"{sentence.Line} {sentence.Text}");

    private static IEnumerable<bool> Cited(string markdown) => MarkdownSentences.Of(MarkdownParser.Parse(markdown)).Select(sentence => sentence.Cited);
}
