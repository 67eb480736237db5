using Ketamine.Content;

namespace Ketamine.Content.Tests;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("303 555 0142", "+13035550142")]
    [InlineData("(303) 555-0142", "+13035550142")]
    [InlineData("303.555.0142", "+13035550142")]
    [InlineData("303/555/0142", "+13035550142")]
    [InlineData("1-303-555-0142", "+13035550142")]
    [InlineData("+1 303 555 0142", "+13035550142")]
    [InlineData("tel:+1-303-555-0142", "+13035550142")]
    [InlineData("３０３ ５５５ ０１４２", "+13035550142")]
    [InlineData("+44 20 7946 0958", "+442079460958")]
    [InlineData("+44 (0)20 7946 0958", "+442079460958")]
    [InlineData("0044 (0) 20 7946 0958", "+442079460958")]
    [InlineData("011 44 20 7946 0958", "+442079460958")]
    [InlineData("0049 30 901820", "+4930901820")]
    [InlineData("+49 (0)30 901820", "+4930901820")]
    [InlineData("+39 06 6982", "+39066982")]
    [InlineData("+52 55 1234 5678", "+525512345678")]
    public void numbers_that_people_type_become_e164(string typed, string e164) => PhoneNumber.Parse(typed).E164.ShouldBe(e164);

    [Theory]
    [InlineData("\u202D(303) 555-0142\u202C")]
    [InlineData("\u200E303 555 0142\u200F")]
    [InlineData("\u2068+1 303 555 0142\u2069")]
    [InlineData("\u2066+1\u00A0303\u00A0555\u00A00142\u2067")]
    [InlineData("303\u2060555\u200B0142")]
    [InlineData("303\u00AD555\u00AD0142")]
    [InlineData("\uFEFF303 555 0142\uFE0D")]
    [InlineData("303\u2010555\u20110142")]
    [InlineData("303\u2012555\u20130142")]
    [InlineData("303\u2014555\u20150142")]
    [InlineData("303\u2212555\u22120142")]
    [InlineData("\u2028303 555 0142\u2029")]
    [InlineData("303\u2007555\u202F0142")]
    [InlineData("303\t555\n0142")]
    [InlineData("303•555·0142")]
    [InlineData("303_555~0142")]
    [InlineData("303 555 0142 (cell)")]
    [InlineData("303-555-0142 mobile")]
    [InlineData("+١٣٠٣٥٥٥٠١٤٢")]
    public void numbers_pasted_from_phones_and_pages_become_e164(string pasted) => PhoneNumber.Parse(pasted).ShouldBe(PhoneNumber.Parse("+13035550142"));

    [Theory]
    [InlineData("303 555 0142 x12", "12")]
    [InlineData("303 555 0142x12", "12")]
    [InlineData("(303) 555-0142 ext. 12", "12")]
    [InlineData("303-555-0142, extension 12", "12")]
    [InlineData("303 555 0142 ext 3", "3")]
    [InlineData("303 555 0142 #7", "7")]
    [InlineData("+1 303 555 0142;ext=0042", "0042")]
    public void an_extension_is_kept_with_the_number_and_shown(string typed, string extension)
    {
        var number = PhoneNumber.Parse(typed);
        number.E164.ShouldBe("+13035550142");
        number.Extension.ShouldBe(extension);
        number.National.ShouldBe($"(303) 555-0142 ext. {extension}");
        number.Href.ShouldBe($"tel:+13035550142;ext={extension}");
        PhoneNumber.FromStored(number.E164, number.Extension).ShouldBe(number);
    }

    [Theory]
    [InlineData("020 7946 0958", "GB", "+442079460958")]
    [InlineData("(0)20 7946 0958", "GB", "+442079460958")]
    [InlineData("00 1 303 555 0142", "GB", "+13035550142")]
    [InlineData("030 901820", "DE", "+4930901820")]
    [InlineData("416 555 0142", "CA", "+14165550142")]
    public void a_number_without_a_country_is_in_the_clinics_region(string typed, string region, string e164)
    {
        PhoneNumber.TryParse(typed, out var number, region).ShouldBeTrue();
        number.E164.ShouldBe(e164);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("\u200B\u2060")]
    [InlineData("555 0142")]
    [InlineData("103 555 0142")]
    [InlineData("303 155 0142")]
    [InlineData("911")]
    [InlineData("211 555 0142")]
    [InlineData("call me")]
    [InlineData("jo@example.com")]
    [InlineData("+1 303 555 01423")]
    [InlineData("303 555 0142 or 303 555 0143")]
    [InlineData("303 555 0142 x12345678901")]
    [InlineData("+12345678901234567")]
    [InlineData("303+5550142")]
    public void undialable_numbers_are_rejected(string? typed) => PhoneNumber.TryParse(typed, out _).ShouldBeFalse();

    [Theory]
    [InlineData("3035550142", "(303) 555-0142", "tel:+13035550142")]
    [InlineData("+442079460958", "+44 20 7946 0958", "tel:+442079460958")]
    public void a_number_is_shown_for_people_and_linked_for_phones(string typed, string shown, string href)
    {
        var number = PhoneNumber.Parse(typed);
        number.National.ShouldBe(shown);
        number.Href.ShouldBe(href);
    }

    [Fact]
    public void a_stored_number_is_shown_even_if_it_would_be_rejected_today() =>
        PhoneNumber.FromStored("+10000000000", "5").National.ShouldContain("000");

    [Theory]
    [InlineData("\u200Bjo@example.com\u200B")]
    [InlineData("jo\u00AD@exam\u2060ple.com")]
    [InlineData("\u202Ajo@example.com\u202C")]
    [InlineData("\uFEFF jo@example.com\u200E")]
    [InlineData("jo@example\u200B.com\uFE0F")]
    public void invisible_characters_in_an_email_address_are_ignored(string pasted) => EmailAddress.Parse(pasted).ToString().ShouldBe("jo@example.com");
}
