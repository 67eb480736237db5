
namespace Ketamine.Language.Tests;

public sealed class ReadabilityTests
{
    [Theory]
    [InlineData(1, "the cat eased helped time makes whole through tries eyes breathed")]
    [InlineData(2, "seven mammal hybrid creature table people quiet being doctor wanted patient's visits trials")]
    [InlineData(3, "platypus seemingly ketamine infusion receptor medicine therapist's depression")]
    [InlineData(4, "Australian reptilian psychiatrist NMDA PTSD anxiety")]
    public void syllables_are_counted_as_they_are_spoken(int syllables, string words)
    {
        // The count is a rule of thumb, right for nine words in ten.
        var all = words.Split(' ');
        var wrong = all.Where(word => Readability.Syllables(word) != syllables).Select(word => $"{word} {Readability.Syllables(word)}").ToList();
        wrong.Count.ShouldBeLessThanOrEqualTo(1, string.Join(", ", wrong));
    }

    [Fact]
    public void the_grade_is_the_flesch_kincaid_grade()
    {
        Readability.Grade(["The cat sat on the mat."]).ShouldBe(-1.45, 0.01);
        // 13 words, 26 syllables
        Readability.Grade(["The Australian platypus is seemingly a hybrid of a mammal and reptilian creature."]).ShouldBe(13.08, 0.01);
        Readability.Grade([]).ShouldBe(0);
    }
}
