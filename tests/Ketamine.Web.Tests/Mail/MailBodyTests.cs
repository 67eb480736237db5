using AngleSharp;
using AngleSharp.Dom;
using Ketamine.Content;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Tests.Mail;

public sealed class MailBodyTests
{
    private static readonly MailBody Letter = new MailBody()
        .Heading("Your free call")
        .Paragraph("Hello Ada, we have your message. A person, not a program, will read it today and call you by five o'clock tomorrow afternoon.")
        .Facts(
            ("When", "Tuesday, November 24 at 10:20 am Mountain Time"),
            ("How", "We call (303) 555-0142"),
            ("A label that is far too long to place beside", "value")
        )
        .Button("Change or cancel", new Uri("https://juniper.example/consultation/manage/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfG"))
        .Quote("First line <b>bold</b>\n\nA second, much longer line of what the person wrote to the clinic, wrapped for reading")
        .Link("Our privacy page", new Uri("https://juniper.example/privacy?a=1&b=2"));

    private static async Task<IDocument> HtmlAsync(MailBody body, MailLook? look = null) =>
        await BrowsingContext
            .New(Configuration.Default)
            .OpenAsync(response => response.Content(body.ToHtml("The <subject>", "Juniper & House", look ?? MailLook.Default)));

    [Fact]
    public void the_text_part_reads_well_alone()
    {
        Letter.ToText().ShouldBe("""
            Your free call
            ==============

            Hello Ada, we have your message. A person, not a program, will read it
            today and call you by five o'clock tomorrow afternoon.

            When:  Tuesday, November 24 at 10:20 am Mountain Time
            How:   We call (303) 555-0142
            A label that is far too long to place beside:
                   value

            Change or cancel:
            https://juniper.example/consultation/manage/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfG

            > First line <b>bold</b>
            >
            > A second, much longer line of what the person wrote to the clinic,
            > wrapped for reading

            Our privacy page:
            https://juniper.example/privacy?a=1&b=2

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task both_parts_say_the_same()
    {
        var document = await HtmlAsync(Letter);
        string Words(string text) => string.Concat(text.Where(char.IsLetterOrDigit));
        var html = Words(document.QuerySelector("table table td")!.TextContent);
        foreach (var line in Letter.ToText().Split('\n').Where(line => !line.StartsWith("https", StringComparison.Ordinal)))
            html.ShouldContain(Words(line));
        document.QuerySelectorAll("a").Select(a => a.GetAttribute("href")).ShouldBe(
            ["https://juniper.example/consultation/manage/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfG", "https://juniper.example/privacy?a=1&b=2"]);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("</blockquote></td></tr></table><h1>Pay here</h1>")]
    [InlineData("<a href='https://evil.example'>x</a>")]
    [InlineData("]]><!-- -->&#60;b>")]
    public async Task typed_text_never_becomes_markup(string typed)
    {
        var clean = await HtmlAsync(
            new MailBody()
                .Paragraph("x")
                .Heading("x")
                .Facts(("x", "x"))
                .Quote("x")
                .Link("x", new Uri("https://a.example"))
                .Button("x", new Uri("https://a.example"))
        );
        var dirty = await HtmlAsync(
            new MailBody()
                .Paragraph(typed)
                .Heading(typed)
                .Facts((typed, typed))
                .Quote(typed)
                .Link(typed, new Uri("https://a.example"))
                .Button(typed, new Uri("https://a.example"))
        );
        dirty.All.Select(element => element.LocalName).ShouldBe(clean.All.Select(element => element.LocalName));
        dirty.QuerySelector("blockquote")!.TextContent.ShouldBe(typed);
    }

    [Fact]
    public void typed_text_cannot_leave_its_quotation_in_the_text_part()
    {
        var text = new MailBody().Quote("a\r\nb\rc\u2028d\u0085e\vf\0").ToText();
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(line => line.StartsWith('>'));
        text.ShouldNotContain('\0');
        text.ShouldNotContain('\r');
    }

    [Fact]
    public void a_value_cannot_start_a_new_line() =>
        new MailBody().Facts(("Name", "Ada\nReference: FAKE\u202E")).ToText().ShouldBe("Name:  Ada Reference: FAKE\n");

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("file:///etc/passwd")]
    public void only_links_of_expected_kinds_are_accepted(string address) =>
        Should.Throw<ArgumentException>(() => new MailBody().Link("x", new Uri(address)));

    [Fact]
    public async Task the_html_part_loads_nothing_and_has_a_dark_mode()
    {
        var html = Letter.ToHtml("s", "Juniper House", MailLook.Default);
        Ascii(html).ShouldBeTrue();
        var document = await HtmlAsync(Letter);
        document.QuerySelectorAll("[src], link, script, [background]").ShouldBeEmpty();
        html.ShouldNotContain("url(");
        document.QuerySelector("meta[name=color-scheme]")!.GetAttribute("content").ShouldBe("light dark");
        document.DocumentElement.GetAttribute("lang").ShouldBe("en-US");
        document.Title.ShouldBe("The <subject>");

        static bool Ascii(string text) => text.All(char.IsAscii);
    }

    [Fact]
    public async Task emails_use_the_clinics_colors_and_language()
    {
        var document = await HtmlAsync(Letter, new MailLook("es-US", new Theme(new Palette(Accent: "#123456"), new Palette(Accent: "#abcdef"))));
        document.QuerySelector("a.button")!.GetAttribute("style")!.ShouldContain("#123456");
        document.QuerySelector("style")!.TextContent.ShouldContain("#abcdef");
        document.DocumentElement.GetAttribute("lang").ShouldBe("es-US");
    }

    [Fact]
    public async Task a_notification_shows_the_first_paragraph_before_the_letterhead()
    {
        var document = await HtmlAsync(Letter);
        document.Body!.TextContent.Trim().ShouldStartWith("Hello Ada, we have your message.");
    }
}
