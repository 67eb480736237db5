namespace Ketamine.Language.Tests;

public sealed class WebAddressTests
{
    [Theory]
    [InlineData("/\\\u202E")] // Uri.TryCreate throws on this one
    [InlineData("not an address")]
    [InlineData("")]
    [InlineData(null)]
    public void anything_that_is_not_an_address_is_rejected_without_an_exception(string? text)
    {
        WebAddress.TryParse(text, out var address).ShouldBeFalse();
        address.ShouldBeNull();
    }

    [Fact]
    public void addresses_are_read_alone_and_beside_a_page()
    {
        WebAddress.TryParse("https://www.example.com/a?b", out var whole).ShouldBeTrue();
        whole.Host.ShouldBe("www.example.com");
        WebAddress.TryParse(whole, "/c", out var beside).ShouldBeTrue();
        beside.AbsoluteUri.ShouldBe("https://www.example.com/c");
        Should.NotThrow(() => WebAddress.TryParse(whole, "/\\\u202E", out _));
    }
}
