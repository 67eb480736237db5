
namespace Ketamine.Language.Tests;

public sealed class TypedTextTests
{
    [Theory]
    [InlineData("  Jo   Doe ", "Jo Doe")]
    [InlineData("Jo\r\nBcc: x@example.com", "Jo Bcc: x@example.com")]
    [InlineData("Jo\u0000\u0007Doe", "JoDoe")]
    [InlineData("abc\u202Efdp.exe", "abcfdp.exe")]
    [InlineData("Zoë 👩‍⚕️", "Zoë 👩‍⚕️")]
    [InlineData(null, "")]
    public void a_single_line_has_no_breaks_control_characters_or_direction_marks(string? typed, string kept) => TypedText.OneLine(typed).ShouldBe(kept);

    [Fact]
    public void lines_keep_their_breaks_and_lose_the_rest()
    {
        TypedText.Lines("Hello \r\n\r\n\r\n\r\n\r\nthere\u0001  ").ShouldBe("Hello\n\n\nthere");
        TypedText.Lines(" \n ").ShouldBeNull();
    }

    [Theory]
    [InlineData("\u200B\u2800\u3164\u00AD\uFE0F")]
    [InlineData("\u2065\uFFF0\u1CBB")] // no character has these numbers
    [InlineData("\U0001D159\U000E0041")] // a musical blank, a language tag
    public void letters_without_a_shape_show_nothing(string typed) => TypedText.ShowsAnything(typed).ShouldBeFalse();
}
