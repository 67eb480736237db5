using System.Text;
using Ketamine.Content;

namespace Ketamine.Content.Tests;

/// <summary>Files with the wrong encoding or size: each is an error with its place, never an exception.</summary>
public sealed class EncodingTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Diagnostic OnlyError() => _folder.Read().Errors.ShouldHaveSingleItem();

    [Fact]
    public void a_byte_order_mark_and_windows_line_ends_are_accepted()
    {
        _folder.Write("clinic.yml", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(TestFolder.Clinic.Replace("\n", "\r\n"))]);
        _folder.Write(
            "articles/one.md",
            [
                .. Encoding.UTF8.Preamble,
                .. Encoding.UTF8.GetBytes("---\r\ntitle: T\r\nsummary: S\r\npublished: 2026-03-14\r\nauthors: [ann]\r\n---\r\nText.\r\n"),
            ]
        );
        _folder.Content().Articles[0].Body.Html.ShouldBe("<p>Text.</p>\n");
    }

    [Fact]
    public void utf_16_is_recognized()
    {
        _folder.Write("people.yml", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("ann:\n  name: Ann\n")]);
        OnlyError().Found.ShouldBe("UTF-16 text");
    }

    [Fact]
    public void bytes_that_are_not_utf_8_are_found_on_their_line()
    {
        _folder.Write("people.yml", [.. "ann:\n  name: Ren"u8, 0xE9, .. "e\n"u8]);
        OnlyError().ShouldSatisfyAllConditions(error => error.Line.ShouldBe(2), error => error.File.ShouldBe("people.yml"));
    }

    [Theory]
    [InlineData("A \u009b sequence.", "U+009B")]
    [InlineData("A \uffff here.", "U+FFFF")]
    public void characters_that_feeds_cannot_contain_are_rejected(string body, string found)
    {
        _folder.Article("one", body + "\n");
        OnlyError().Found.ShouldContain(found);
    }

    [Fact]
    public void a_control_character_written_as_an_escape_is_rejected()
    {
        _folder.Write("people.yml", "ann:\n  name: \"Ann\\0\"\n");
        OnlyError().ShouldSatisfyAllConditions(error => error.Line.ShouldBe(2), error => error.Found.ShouldContain("U+0000"));
    }

    [Fact]
    public void control_characters_are_found_on_their_line()
    {
        _folder.Article("one", "Text.\n\nA \u0007bell.\n");
        OnlyError().ShouldSatisfyAllConditions(error => error.Line.ShouldBe(9), error => error.Found.ShouldContain("U+0007"));
    }

    [Fact]
    public void a_file_of_ten_megabytes_is_rejected_for_its_size()
    {
        _folder.Write("articles/huge.md", new byte[10 << 20]);
        OnlyError().ShouldSatisfyAllConditions(error => error.Found.ShouldBe("10.0 MB"), error => error.File.ShouldBe("articles/huge.md"));
    }

    [Fact]
    public void aliases_that_multiply_are_rejected()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++) bomb.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        _folder.Write("redirects.yml", bomb.ToString());
        OnlyError().Found.ShouldContain("more than 100,000 values");
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void endlessly_nested_values_are_rejected(string nest)
    {
        _folder.Write("redirects.yml", string.Concat(Enumerable.Repeat(nest, 100_000)));
        _folder.Read().Errors.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("> ")]
    [InlineData("- ")]
    [InlineData("[")]
    [InlineData("![")]
    [InlineData("*a ")]
    [InlineData("**a _b ")]
    [InlineData("::: note\n")]
    [InlineData("`")]
    [InlineData("|")]
    [InlineData("[@")]
    [InlineData("&")]
    [InlineData("\"")]
    public void endlessly_nested_markdown_is_read_or_rejected(string nest)
    {
        _folder.Article("one", string.Concat(Enumerable.Repeat(nest, 20_000)));
        var reading = _folder.Read();
        var html = reading.Content?.Articles[0].Body.Html; // rendering must not throw either
        (html is not null || reading.Errors.Any()).ShouldBeTrue();
    }

    [Fact]
    public void a_missing_folder_is_an_error() =>
        ContentFolder.Read("/nowhere/at/all", CancellationToken.None).Errors.ShouldHaveSingleItem().Key.ShouldBe("folder");

    [Fact]
    public void an_empty_folder_lacks_its_clinic()
    {
        using var empty = new TestFolder();
        File.Delete(empty.File("clinic.yml"));
        empty
            .Read()
            .Errors.Select(error => error.ToMessage())
            .ShouldBe(["clinic.yml: this file is missing → name: Cedar & Sage (and lines for url: and timeZone:)"]);
    }

    [Fact]
    public void clinic_yml_alone_makes_a_site()
    {
        using var folder = new TestFolder();
        File.Delete(folder.File("people.yml"));
        var content = folder.Content();
        content.Clinic.Navigation.Select(link => link.Href).ShouldBe(["/", "/contact"]);
        content.Clinic.Crisis.Phone.ShouldBe("988");
    }
}
