using Ketamine.Web.Tests;

namespace Ketamine.Web.BrowserTests;

/// <summary>People who say that someone may be in danger see the crisis numbers right away, without waiting for the server.</summary>
[Collection(Browser.Collection)]
public sealed class AskDangerTests(Browser browser)
{
    [Theory]
    [InlineData("/contact", true)]
    [InlineData("/contact", false)]
    [InlineData("/consultation", true)]
    public async Task the_crisis_numbers_show_right_away_for_any_answer_but_no_without_a_request(string form, bool javaScript)
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen(), new Look(JavaScript: javaScript));
        var page = visit.Page;
        await visit.OpenAsync(form);
        var help = page.Locator(".ask-danger__help");
        (await help.IsVisibleAsync()).ShouldBeFalse();
        var requests = 0;
        page.Request += (_, _) => requests++;
        foreach (var (answer, shown) in new[] { ("unsure", true), ("no", false), ("yes", true) })
        {
            await page.Locator($"input[name=danger][value={answer}]").CheckAsync();
            (await help.IsVisibleAsync()).ShouldBe(shown, answer);
        }

        requests.ShouldBe(0);
        if (javaScript) await visit.ShouldBeAccessibleAsync(); // the checker is a script
        await visit.ShouldFitAsync();
    }

    [Fact]
    public async Task without_javascript_the_crisis_numbers_come_first_on_the_confirmation_page()
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen(), new Look(JavaScript: false));
        var page = visit.Page;
        await visit.OpenAsync("/contact");
        await page.Locator("#name").FillAsync("Jo");
        await page.Locator("#email").FillAsync("j@x.co");
        await page.Locator("input[name=danger][value=unsure]").CheckAsync();
        await page.Locator("#consent").CheckAsync();
        await page.Locator("#send").ClickAsync();
        await page.WaitForURLAsync("**/contact/sent?*");
        (await page.Locator("main h2").First.InnerTextAsync()).ShouldContain("talk to someone now");
        await visit.ShouldFitAsync();
    }
}
