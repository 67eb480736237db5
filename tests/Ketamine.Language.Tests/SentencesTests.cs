
namespace Ketamine.Language.Tests;

public class SentencesTests
{
    [Theory]
    [InlineData("One. Two.", "One.|Two.")]
    [InlineData("Ask Dr. Lin about 0.5 mg/kg. She knows.", "Ask Dr. Lin about 0.5 mg/kg.|She knows.")]
    [InlineData("Some drugs, e.g. opioids, slow breathing! Really? Yes, they do.", "Some drugs, e.g. opioids, slow breathing!|Really? Yes, they do.")]
    [InlineData("We open at 9 a.m. on Monday. We close at 5 p.m. Parking is free.", "We open at 9 a.m. on Monday.|We close at 5 p.m.|Parking is free.")]
    [InlineData("He said, \"It works.\" Then he left.", "He said, \"It works.\"|Then he left.")]
    [InlineData("\"Will it fix me?\" is the question we hear most. Nobody knows.", "\"Will it fix me?\" is the question we hear most.|Nobody knows.")]
    [InlineData("Is ketamine addictive? No. It can be misused.", "Is ketamine addictive? No.|It can be misused.")]
    [InlineData("A line\nthat is wrapped. Next\n\nA block without a stop", "A line\nthat is wrapped.|Next|A block without a stop")]
    [InlineData("J. P. Morgan wrote it. Vitamin D. Then more.", "J. P. Morgan wrote it.|Vitamin D.|Then more.")]
    [InlineData("Wait... what? Fine… yes.", "Wait... what?|Fine… yes.")]
    [InlineData("No. 5 is best. No. That is wrong.", "No. 5 is best.|No.|That is wrong.")]
    [InlineData("Visit example.com today. Version 2.0 is out.", "Visit example.com today.|Version 2.0 is out.")]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("(It helps.) Maybe.", "(It helps.)|Maybe.")]
    public void texts_are_split_into_sentences(string text, string expected) =>
        string.Join('|', Sentences.Split(text).Select(span => span.Of(text))).ShouldBe(expected);

    [Fact]
    public void a_text_without_periods_is_cut_at_spaces_and_nothing_is_lost()
    {
        var text = string.Concat(Enumerable.Repeat("word ", 100_000));
        var parts = Sentences.Split(text).Select(span => span.Of(text)).ToList();
        parts.ShouldAllBe(part => part.Length <= 1500);
        string.Join(' ', parts).ShouldBe(text.TrimEnd());
        var solid = new string('x', 10_000);
        string.Concat(Sentences.Split(solid).Select(span => span.Of(solid))).ShouldBe(solid);
    }
}
