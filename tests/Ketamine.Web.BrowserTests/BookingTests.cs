using Ketamine.Web.Tests;
using Microsoft.Playwright;

namespace Ketamine.Web.BrowserTests;

/// <summary>Booking, rescheduling, and canceling without a mouse, and what a visitor sees on the way.</summary>
[Collection(Browser.Collection)]
public sealed class BookingTests(Browser browser)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_call_is_booked_moved_and_canceled_with_only_the_keyboard(bool javaScript)
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen(), new Look(JavaScript: javaScript));
        var (page, keys) = (visit.Page, new Keys(visit.Page));

        await visit.OpenAsync("/consultation");
        await keys.PressAsync("Tab"); // the skip link
        await keys.PressAsync("Enter");
        await keys.TabToAsync("input[name=slot]");
        await keys.PressAsync("Space");
        await keys.TabToAsync("#name");
        await keys.TypeAsync("Jo");
        await keys.TabToAsync("input[name=contactBy]");
        await keys.PressAsync("ArrowDown"); // by video, which needs no number
        await keys.TabToAsync("#email");
        await keys.TypeAsync("j@x.co");
        await keys.TabToAsync("#consent");
        await keys.PressAsync("Space");
        await keys.PressAsync("Enter");
        await page.WaitForURLAsync("**/consultation/booked?*");
        keys.Pressed.ShouldBeLessThanOrEqualTo(25, "key presses to the booking, those that type a name and an address among them");
        (await page.Locator("h1").InnerTextAsync()).ShouldBe("Your time is held");
        var booked = TypedText.OneLine(await page.Locator(".ticket__when time").InnerTextAsync());
        await visit.ShouldFitAsync();
        if (javaScript) await visit.ShouldBeAccessibleAsync();

        await app.DeliverMailAsync();
        var mail = app.Mailbox.To("j@x.co").ShouldHaveSingleItem();
        TypedText.OneLine(mail.Text).ShouldContain(booked);
        var manage = mail.Links.First(link => link.AbsolutePath.Contains("/manage/", StringComparison.Ordinal)).AbsolutePath;

        await visit.OpenAsync(manage);
        if (javaScript) await visit.ShouldBeAccessibleAsync();
        await keys.TabToAsync("input[name=slot]");
        await keys.PressAsync("Space");
        await keys.PressAsync("ArrowRight");
        await keys.PressAsync("Enter");
        await page.WaitForURLAsync("**/consultation/booked?*");
        var moved = TypedText.OneLine(await page.Locator(".ticket__when time").InnerTextAsync());
        moved.ShouldNotBe(booked);

        await visit.OpenAsync(manage);
        await keys.TabToAsync("form[action*='handler=Cancel'] button");
        await keys.PressAsync("Enter");
        await page.WaitForURLAsync("**/consultation/booked?*");
        (await page.Locator("h1").InnerTextAsync()).ShouldBe("Your call is canceled");
        if (javaScript) await visit.ShouldBeAccessibleAsync();
    }

    [Fact]
    public async Task back_from_the_page_after_a_corrected_form_opens_the_form_and_does_not_ask_to_resend()
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen());
        var page = visit.Page;
        await visit.OpenAsync("/contact");
        await page.Locator("#name").FillAsync("Jo");
        await page.Locator("#send").ClickAsync();
        await page.Locator(".error-summary").WaitForAsync();
        (await page.Locator("#name").InputValueAsync()).ShouldBe("Jo");
        await page.Locator("#email").FillAsync("j@x.co");
        await page.Locator("#consent").CheckAsync();
        await page.Locator("#send").ClickAsync();
        await page.Locator(".done h1").WaitForAsync();
        await page.GoBackAsync();
        await page.Locator("#send").WaitForAsync();
        (await page.Locator(".error-summary").CountAsync()).ShouldBe(0);
        (await page.TitleAsync()).ShouldNotContain("Error");
    }

    [Theory]
    [InlineData(360, false)]
    [InlineData(1280, true)]
    public async Task the_empty_the_invalid_and_the_taken_form_are_accessible(int width, bool dark)
    {
        await using var app = new ClinicApp();
        var site = app.Listen();
        await using var visit = await browser.VisitAsync(site, new Look(width, Dark: dark));
        var page = visit.Page;

        await visit.OpenAsync("/consultation");
        await visit.ShouldFitAsync();
        await visit.ShouldBeAccessibleAsync();

        await page.Locator("#send:visible, button[form=booking]:visible").First.ClickAsync();
        await page.Locator(".error-summary").WaitForAsync();
        (await page.EvaluateAsync<bool>("document.activeElement.closest('.error-summary') !== null")).ShouldBeTrue();
        await visit.ShouldFitAsync();
        await visit.ShouldBeAccessibleAsync();

        var slot = page.Locator(".days input[name=slot]").First;
        var value = await slot.GetAttributeAsync("value");
        await slot.CheckAsync();
        await SomebodyElseTakesAsync(site, value!);
        await page.Locator("#name").FillAsync("Robin");
        await page.Locator("#phone").FillAsync("303 555 0155");
        await page.Locator("#consent").CheckAsync();
        await page.Locator("#send:visible, button[form=booking]:visible").First.ClickAsync();
        await page.Locator("#slot-nearest").WaitForAsync();
        (await page.Locator("#name").InputValueAsync()).ShouldBe("Robin");
        await visit.ShouldFitAsync();
        await visit.ShouldBeAccessibleAsync();

        await page.Locator("#slot-nearest input").First.CheckAsync();
        await page.Locator("#send:visible, button[form=booking]:visible").First.ClickAsync();
        await page.WaitForURLAsync("**/consultation/booked?*");
        await visit.ShouldFitAsync();
        await visit.ShouldBeAccessibleAsync();
    }

    [Fact]
    public async Task the_visitors_local_time_is_shown_next_to_the_clinics_if_they_differ()
    {
        await using var app = new ClinicApp();
        var site = app.Listen();
        await using (var near = await browser.VisitAsync(site, new Look(TimeZone: "America/Denver")))
        {
            await near.OpenAsync("/consultation");
            (await near.Page.Locator(".own-zone").CountAsync()).ShouldBe(0);
        }

        await using var far = await browser.VisitAsync(site, new Look(TimeZone: "America/New_York"));
        await far.OpenAsync("/consultation");
        var first = far.Page.Locator(".slot").First;
        (await first.InnerTextAsync()).ShouldMatch("(?s)3:00\u00a0pm.*1:00\u00a0pm");
        await far.ShouldBeAccessibleAsync();
    }

    private static async Task SomebodyElseTakesAsync(Uri site, string slot)
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var form = new FormUrlEncodedContent([
            new("slot", slot), new("name", "Someone"), new("email", "someone@x.co"), new("phone", "3035550177"), new("consent", "yes"),
        ]);
        using var response = await http.PostAsync(new Uri(site, "/consultation"), form);
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.SeeOther);
    }

    /// <summary>Presses keys as a person does, and counts them.</summary>
    private sealed class Keys(IPage page)
    {
        public int Pressed { get; private set; }

        public async Task PressAsync(string key)
        {
            Pressed++;
            await page.Keyboard.PressAsync(key);
        }

        public async Task TypeAsync(string text)
        {
            Pressed += text.Length;
            await page.Keyboard.TypeAsync(text);
        }

        public async Task TabToAsync(string selector)
        {
            for (var presses = 0; presses < 60; presses++)
            {
                await PressAsync("Tab");
                if (await page.Locator(":focus").EvaluateAsync<bool>("(element, selector) => element.matches(selector)", selector)) return;
            }

            throw new InvalidOperationException($"The keyboard does not reach {selector} on {page.Url}");
        }
    }
}
