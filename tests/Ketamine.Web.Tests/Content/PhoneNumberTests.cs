using Ketamine.Web.Content;

namespace Ketamine.Web.Tests.Content;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("303 555 0142", "+13035550142")]
    [InlineData("(303) 555-0142", "+13035550142")]
    [InlineData("303.555.0142", "+13035550142")]
    [InlineData("1-303-555-0142", "+13035550142")]
    [InlineData("+1 303 555 0142", "+13035550142")]
    [InlineData(" 303‑555‑0142 ", "+13035550142")]
    [InlineData("+44 20 7946 0958", "+442079460958")]
    [InlineData("011 44 20 7946 0958", "+442079460958")]
    [InlineData("0049 30 901820", "+4930901820")]
    [InlineData("+52 55 1234 5678", "+525512345678")]
    public void numbers_as_people_type_them_become_e164(string typed, string e164) => PhoneNumber.Parse(typed).E164.ShouldBe(e164);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("555 0142")]
    [InlineData("103 555 0142")]
    [InlineData("303 155 0142")]
    [InlineData("911")]
    [InlineData("211 555 0142")]
    [InlineData("303 411 0142")]
    [InlineData("call me")]
    [InlineData("303 555 0142 ext 3")]
    [InlineData("+1 303 555 01423")]
    [InlineData("+12345678901234567")]
    [InlineData("303+5550142")]
    public void what_cannot_be_dialed_is_refused(string? typed) => PhoneNumber.TryParse(typed, out _).ShouldBeFalse();

    [Fact]
    public void it_is_shown_in_its_national_form_and_dialed_in_the_other()
    {
        var number = PhoneNumber.Parse("3035550142");
        number.National.ShouldBe("(303) 555-0142");
        number.Href.ShouldBe("tel:+13035550142");
    }
}
