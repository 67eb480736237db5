using Ketamine.Language.Learning;

namespace Ketamine.Language.Tests;

public class LearnedWeightsTests
{
    private static readonly Lessons All = new(
        FeatureKinds.Pairs
            | FeatureKinds.Triples
            | FeatureKinds.Skips
            | FeatureKinds.Negated
            | FeatureKinds.Characters
            | FeatureKinds.Ending
            | FeatureKinds.Sentences
            | FeatureKinds.Classes,
        Bits: 18,
        LeastExamples: 1,
        ByLength: true,
        Rounds: 10,
        Rate: 0.1,
        Regularization: 0.001,
        WordClasses.Parse("# who\nfamily: son daughter\ndark: die dead")
    );

    private static readonly LearnedWeights Taught = LearnedWeights.Learn(
        Enumerable.Range(0, 8).SelectMany(_ => new (bool, double, string)[]
        {
            (true, 1, "I want to die."), (true, 1, "my daughter wants to die"), (false, 1, "I don't want to die."), (false, 1, "What does parking cost?"),
        }), All);

    [Theory]
    [InlineData("i want to die", true)]
    [InlineData("My son wants to be dead", true)]
    [InlineData("I want to di\u00e9", true)]
    [InlineData("I don\u2019t want to die", false)]
    [InlineData("parking cost", false)]
    public void text_that_resembles_the_label_weighs_more(string text, bool label) => (Taught.Weigh(text) > 0).ShouldBe(label);

    [Theory]
    [InlineData(FeatureKinds.Sentences, false)]
    [InlineData(FeatureKinds.Sentences | FeatureKinds.Places, true)]
    public void the_same_words_weigh_differently_only_if_their_places_count(FeatureKinds kinds, bool differently)
    {
        const string last = "You were kind. Thank the nurse. It ends tonight.";
        const string first = "It ends tonight. Thank the nurse. You were kind.";
        var taught = Learn();
        (taught.Weigh(last) > taught.Weigh(first) + 1).ShouldBe(differently);
        taught.Weigh(last).ShouldBe(Learn().Weigh(last), "which features are left out is the same every time");

        LearnedWeights Learn() => LearnedWeights.Learn(
            Enumerable.Range(0, 20).SelectMany(_ => new (bool, double, string)[] { (true, 1, last), (false, 1, first) }),
            All with { Kinds = kinds, LeftOut = 0.5 });
    }

    [Fact]
    public void the_same_word_weighs_differently_in_a_long_text_only_if_sizes_count()
    {
        var letter = string.Join(' ', Enumerable.Repeat("and", 40)) + " tired";
        (bool, double, string)[] examples = [(true, 1, "tired"), (false, 1, letter), (false, 1, "hello"), (true, 1, "tired today")];
        var taught = LearnedWeights.Learn(
            Enumerable.Range(0, 10).SelectMany(_ => examples), All with { Kinds = FeatureKinds.Sizes, LeftOut = 0.5 });
        taught.Weigh("so tired").ShouldBeGreaterThan(0);
        taught.Weigh(letter.Replace("and", "but", StringComparison.Ordinal)).ShouldBeLessThan(0);
    }

    [Fact]
    public void a_saved_file_weighs_the_same_and_is_the_same_when_saved_again()
    {
        using var file = new MemoryStream();
        Taught.Save(file);
        file.Position = 0;
        var loaded = LearnedWeights.Load(file);
        foreach (var text in new[] { "", "I want to die", "my son, dead", "???" }) loaded.Weigh(text).ShouldBe(Taught.Weigh(text));
        using var again = new MemoryStream();
        loaded.Save(again);
        again.ToArray().ShouldBe(file.ToArray());
        Should.Throw<InvalidDataException>(() => LearnedWeights.Load(new MemoryStream([9, 0, 0])));
    }

    [Fact]
    public void the_weights_of_the_words_add_up_and_point_to_the_words()
    {
        const string text = "Parking? I want to die.";
        var shares = Taught.Explain(text, out var sum);
        sum.ShouldBe(Taught.Weigh(text));
        (shares.Sum(share => share.Weight) + Taught.Weigh("")).ShouldBe(sum, 0.02);
        shares.MaxBy(share => share.Weight).ShouldSatisfyAllConditions(heaviest => "want to die".ShouldContain(text[heaviest.Start..heaviest.End]));
        shares[0].Weight.ShouldBeLessThan(0);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("i want to die ")]
    [InlineData("not never no ")]
    [InlineData("\ud800\u0301.\n")]
    public void a_text_twice_as_long_has_at_most_twice_the_features(string part)
    {
        int Features(int length) => Taught.Read(string.Concat(Enumerable.Repeat(part, (length / part.Length) + 1)).AsSpan(0, length)).Count;
        Features(20_000).ShouldBeLessThanOrEqualTo((2 * Features(10_000)) + 64);
        Features(20_000).ShouldBeLessThan(20_000 * 12);
    }
}
