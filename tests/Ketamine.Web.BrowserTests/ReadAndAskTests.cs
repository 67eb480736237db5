using Ketamine.Web.Tests;
using Microsoft.Playwright;

namespace Ketamine.Web.BrowserTests;

/// <summary>The path that most prospects take: read an article, ask about it.</summary>
[Collection(Browser.Collection)]
public sealed class ReadAndAskTests(Browser browser)
{
    public static TheoryData<int, bool> Looks => new() { { 1280, true }, { 1280, false }, { 360, true }, { 360, false } };

    [Theory, MemberData(nameof(Looks))]
    public async Task a_reader_asks_about_an_article_and_the_clinic_gets_an_email(int width, bool javaScript)
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen(), new Look(width, javaScript));
        var page = visit.Page;

        await visit.OpenAsync("/blog");
        await visit.ShouldFitAsync();
        await page.Locator("main a[href^='/blog/']:not([href*='topics'])").First.ClickAsync();
        var title = await page.Locator("main h1").InnerTextAsync();
        await visit.ShouldFitAsync();
        if (javaScript) await visit.ShouldBeAccessibleAsync();

        await page.Locator("main a[href^='/contact?article=']").First.ClickAsync();
        (await page.Locator("main").InnerTextAsync()).ShouldContain(title);

        // First send an empty form: every error appears at once, in a summary that has the focus and links to the fields.
        await page.Locator("#send").ClickAsync();
        await page.Locator(".error-summary").WaitForAsync();
        if (javaScript) (await page.EvaluateAsync<bool>("document.activeElement.closest('.error-summary') !== null")).ShouldBeTrue();
        await visit.ShouldFitAsync();
        if (javaScript) await visit.ShouldBeAccessibleAsync();

        await page.Locator("#name").FillAsync("Robin Vale");
        await page.Locator("#email").FillAsync("robin@vale.example");
        await page.Locator("#message").FillAsync("How long does a visit take?");
        await page.Locator("main input[type=checkbox][name=consent]").CheckAsync();
        await page.Locator("#send").ClickAsync();

        await page.Locator("main .done h1").WaitForAsync();
        page.Url.ShouldContain("/contact/sent?");
        await visit.ShouldFitAsync();
        if (javaScript) await visit.ShouldBeAccessibleAsync();
        var mails = await app.DeliverMailAsync();
        mails.Count.ShouldBe(2);
        mails.ShouldContain(mail => mail.Text.Contains("How long does a visit take?", StringComparison.Ordinal));
    }
}
