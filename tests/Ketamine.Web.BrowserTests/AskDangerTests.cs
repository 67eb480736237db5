using Ketamine.Web.Tests;

namespace Ketamine.Web.BrowserTests;

/// <summary>Whoever says that somebody may be in danger sees the numbers at once, without waiting for the server.</summary>
[Collection(Browser.Collection)]
public sealed class AskDangerTests(Browser browser)
{
    [Theory]
    [InlineData("/contact")]
    [InlineData("/consultation")]
    public async Task the_numbers_show_at_once_for_any_answer_but_no_and_without_a_request(string form)
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen());
        var page = visit.Page;
        await visit.OpenAsync(form);
        var help = page.Locator("[data-danger-help]");
        (await help.IsVisibleAsync()).ShouldBeFalse();
        var requests = 0;
        page.Request += (_, _) => requests++;
        foreach (var (answer, shown) in new[] { ("unsure", true), ("no", false), ("yes", true) })
        {
            await page.Locator($"input[name=danger][value={answer}]").CheckAsync();
            (await help.IsVisibleAsync()).ShouldBe(shown, answer);
        }

        requests.ShouldBe(0);
        await visit.ShouldBeAccessibleAsync();
        await visit.ShouldFitAsync();
    }

    [Fact]
    public async Task without_javascript_the_numbers_stand_first_on_the_page_after_sending()
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
