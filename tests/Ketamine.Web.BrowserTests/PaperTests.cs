using System.Text;
using System.Text.RegularExpressions;
using Ketamine.Web.Tests;
using Microsoft.Playwright;

namespace Ketamine.Web.BrowserTests;

/// <summary>What comes out of the printer.</summary>
[Collection(Browser.Collection)]
public sealed partial class PaperTests(Browser browser)
{
    [Fact]
    public async Task a_booking_fits_on_one_sheet_with_the_address_of_the_clinic()
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen());
        var page = visit.Page;
        await visit.OpenAsync("/consultation");
        await page.Locator(".slot__time:visible").First.ClickAsync();
        await page.Locator("#name").FillAsync("Jo");
        await page.Locator("#phone").FillAsync("(303) 555-0177");
        await page.Locator("#email").FillAsync("j@x.co");
        await page.Locator("#consent").CheckAsync();
        await page.Locator("main form button").ClickAsync();
        await page.WaitForURLAsync("**/consultation/booked?*");
        await app.DeliverMailAsync();
        var manage = app.Mailbox.To("j@x.co").ShouldHaveSingleItem().Links.First(link => link.AbsolutePath.Contains("/manage/", StringComparison.Ordinal));
        await visit.OpenAsync(manage.AbsolutePath);
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep this time" }).First.ClickAsync();
        await page.WaitForURLAsync("**/consultation/booked?*");
        (await page.Locator("h1").InnerTextAsync()).ShouldContain("all set");

        SheetsIn(await page.PdfAsync(new PagePdfOptions { Format = "Letter", PreferCSSPageSize = true })).ShouldBe(1);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        (await page.Locator("footer address").First.InnerTextAsync()).ShouldContain("2140 Larkspur Street");
        (await page.Locator(".ticket__when").IsVisibleAsync()).ShouldBeTrue();
        (await page.GetByText("Add to calendar").First.IsVisibleAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task numbers_to_call_stay_on_paper_even_where_they_are_buttons()
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen());
        var page = visit.Page;
        await visit.OpenAsync("/contact");
        await page.Locator("#name").FillAsync("Jo");
        await page.Locator("#email").FillAsync("j@x.co");
        await page.Locator("textarea").First.FillAsync("I want to die.");
        await page.Locator("#consent").CheckAsync();
        await page.Locator("main form button").ClickAsync();
        await page.WaitForURLAsync("**/contact/sent?*");
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        (await page.Locator(".crisis-first").InnerTextAsync()).ShouldContain("Call 988");
    }

    [Fact]
    public async Task a_reference_says_where_its_study_is_once()
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen());
        await visit.OpenAsync("/services/iv-ketamine");
        await visit.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        var reference = visit.Page.Locator(".references__entry").First;
        (await reference.InnerTextAsync()).ShouldContain("doi:10.1176/appi.ajp.2013.13030392");
        (await reference.Locator("a:visible").CountAsync()).ShouldBe(1, "neither PubMed nor the way back to the text");
    }

    private static int SheetsIn(byte[] pdf) => Sheet().Count(Encoding.Latin1.GetString(pdf));

    [GeneratedRegex(@"/Type\s*/Page\b", RegexOptions.CultureInvariant)]
    private static partial Regex Sheet();
}
