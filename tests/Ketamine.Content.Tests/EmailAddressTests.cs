using Ketamine.Content;

namespace Ketamine.Content.Tests;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("name@example.com")]
    [InlineData("  name@example.com ")]
    [InlineData("o'brien+clinic@mail.example.co.uk")]
    [InlineData("first.last@sub-domain.example.org")]
    [InlineData("x@example.museum")]
    [InlineData("user_name!#$%&'*/=?^`{|}~-@example.com")]
    [InlineData("名@example.com", false)] // SMTPUTF8 mailboxes: few servers take them, and an answer would bounce
    [InlineData("name@bücher.example")]
    public void real_mailboxes_are_accepted(string typed, bool taken = true) => EmailAddress.TryParse(typed, out _).ShouldBe(taken);

    [Theory]
    [InlineData("mailto:name@example.com")]
    [InlineData("<name@example.com>")]
    [InlineData("name@example.com,")]
    [InlineData("name@example.com. ")]
    [InlineData("name @ example.com")]
    [InlineData("name\u00A0@example.com")]
    [InlineData("ｎａｍｅ＠ｅｘａｍｐｌｅ．ｃｏｍ")]
    [InlineData("\u2068na\u00ADme@exam\u200Bple.com\u2069\u2800")]
    public void an_address_pasted_with_what_surrounded_it_is_read(string pasted) => EmailAddress.Parse(pasted).ToString().ShouldBe("name@example.com");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("name@")]
    [InlineData("@example.com")]
    [InlineData("name@example")]
    [InlineData("name@@example.com")]
    [InlineData("na me@example.com")]
    [InlineData("name@exa mple.com")]
    [InlineData(".name@example.com")]
    [InlineData("name.@example.com")]
    [InlineData("na..me@example.com")]
    [InlineData("name@-example.com")]
    [InlineData("name@example..com")]
    [InlineData("name@192.168.0.1")]
    [InlineData("name@example.com\r\nBcc: other@example.com")]
    [InlineData("Name <name@example.com>")]
    [InlineData("a@example.com,b@example.com")]
    [InlineData("name\uFFFE@example.com")]
    [InlineData("\"quoted\"@example.com")]
    public void anything_but_a_single_mailbox_is_rejected(string? typed) => EmailAddress.TryParse(typed, out _).ShouldBeFalse();

    [Theory]
    [InlineData("josé@example.com", true)]
    [InlineData("名@example.com", true)]
    [InlineData("ana@bücher.example", false)]
    [InlineData("\u200Bana@example.com", false)]
    [InlineData("ana", false)]
    [InlineData(null, false)]
    public void only_letters_before_the_at_sign_need_a_mailbox_that_few_servers_take(string? typed, bool need) =>
        EmailAddress.IsInternationalized(typed).ShouldBe(need);

    [Fact]
    public void lengths_are_those_of_rfc_5321()
    {
        EmailAddress.TryParse(new string('a', 64) + "@example.com", out _).ShouldBeTrue();
        EmailAddress.TryParse(new string('a', 65) + "@example.com", out _).ShouldBeFalse();
        var domain = string.Join('.', Enumerable.Repeat(new string('d', 62), 3));
        EmailAddress.TryParse(new string('a', 60) + "@" + domain + ".com", out _).ShouldBeTrue();
        EmailAddress.TryParse(new string('a', 64) + "@" + domain + ".example", out _).ShouldBeFalse();
    }

    [Fact]
    public void the_domain_is_ascii_and_the_local_part_stays_as_typed()
    {
        EmailAddress.Parse("Jo.Doe@BÜCHER.Example").ToString().ShouldBe("Jo.Doe@xn--bcher-kva.example");
        EmailAddress.Parse("Jo.Doe@Example.com").Normalized.ShouldBe("jo.doe@example.com");
    }
}
