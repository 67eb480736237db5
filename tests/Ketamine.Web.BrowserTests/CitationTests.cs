using Ketamine.Web.Tests;
using Microsoft.Playwright;

namespace Ketamine.Web.BrowserTests;

/// <summary>A reference can be read where it is cited, by mouse, keyboard, or touch, and closed again (WCAG 2.2, 1.4.13).</summary>
[Collection(Browser.Collection)]
public sealed class CitationTests(Browser browser)
{
    private const string Article = "/blog/what-the-trials-found";

    private static async Task<(ILocator Mark, ILocator Note)> SecondAsync(Visit visit)
    {
        await visit.OpenAsync(Article);
        var item = visit.Page.Locator(".citation__item").Nth(1);
        await item.EvaluateAsync("item => item.scrollIntoView({ block: 'center', behavior: 'instant' })");
        return (item.Locator(".citation__link"), item.Locator(".citation__note"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task hover_and_focus_show_a_citation_with_and_without_javascript(bool javaScript)
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen(), new Look(JavaScript: javaScript));
        var (mark, note) = await SecondAsync(visit);
        (await note.IsVisibleAsync()).ShouldBeFalse();
        await mark.HoverAsync();
        await note.WaitForAsync();
        await note.HoverAsync(); // the pointer may move onto it
        (await note.IsVisibleAsync()).ShouldBeTrue();
        await visit.Page.Mouse.MoveAsync(5, 5);
        await note.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
        await mark.FocusAsync();
        await note.WaitForAsync();
        await mark.PressAsync("Enter");
        await visit.Page.WaitForURLAsync("**#ref-2");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task escape_closes_a_citation_without_moving_the_pointer_or_focus(bool keyboard)
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen());
        var (mark, note) = await SecondAsync(visit);
        if (keyboard) await mark.FocusAsync();
        else await mark.HoverAsync();
        await note.WaitForAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await note.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
        if (!keyboard) return;
        (await mark.EvaluateAsync<bool>("mark => mark === document.activeElement")).ShouldBeTrue();
        await visit.Page.Keyboard.PressAsync("Tab");
        await visit.Page.Keyboard.PressAsync("Shift+Tab");
        await note.WaitForAsync();
    }

    [Fact]
    public async Task a_tap_shows_a_citation_a_second_tap_goes_to_the_list_and_a_tap_elsewhere_closes_it()
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen(), Look.Phone);
        var (mark, note) = await SecondAsync(visit);
        var place = await visit.Page.EvaluateAsync<int>("scrollY");
        await mark.TapAsync();
        await note.WaitForAsync();
        (await visit.Page.EvaluateAsync<int>("scrollY")).ShouldBe(place);
        await visit.ShouldFitAsync();
        await visit.Page.Touchscreen.TapAsync(180, 120);
        await note.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
        await mark.TapAsync();
        await mark.TapAsync();
        await visit.Page.WaitForURLAsync("**#ref-2");
        await note.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
    }

    [Fact]
    public async Task without_javascript_a_tap_goes_to_the_list()
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen(), new Look(360, JavaScript: false));
        var (mark, _) = await SecondAsync(visit);
        await mark.TapAsync();
        await visit.Page.WaitForURLAsync("**#ref-2");
    }
}
