using Ketamine.Web.Tests;
using Ketamine.Web.Tests.Features.Newsletter;

namespace Ketamine.Web.BrowserTests;

/// <summary>Subscribing and unsubscribing, from the form in the footer to the link in an issue.</summary>
[Collection(Browser.Collection)]
public sealed class NewsletterTests(Browser browser)
{
    [Theory, MemberData(nameof(ReadAndAskTests.Looks), MemberType = typeof(ReadAndAskTests))]
    public async Task a_reader_signs_up_in_the_footer_enters_the_code_and_unsubscribes_with_the_link(int width, bool javaScript)
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen(), new Look(width, javaScript));
        var page = visit.Page;

        await visit.OpenAsync("/newsletter");
        await LookAsync();
        await page.Locator("footer input[name=email]").FillAsync("ada@reader.example");
        await page.Locator("footer form[action='/newsletter'] button").ClickAsync();
        await page.Locator("#code").WaitForAsync();
        await LookAsync();

        var mail = await app.ConfirmationAsync("ada@reader.example");
        await visit.OpenAsync(mail.ConfirmPath());
        await LookAsync();
        await page.GoBackAsync();
        await page.Locator("#code").FillAsync(mail.Code());
        await page.Locator("main button[type=submit]").ClickAsync();
        await page.Locator("main .done__lede", new() { HasText = "You’re on the list" }).WaitForAsync();
        await LookAsync();

        var reader = (await app.SubscribersAsync()).ShouldHaveSingleItem();
        await visit.OpenAsync($"/newsletter/unsubscribe/{(await app.KeyAsync()).UnsubscribeToken(reader.Id, Guid.Empty)}");
        await LookAsync();
        await page.Locator("main button").ClickAsync();
        await page.Locator("main h1", new() { HasText = "You’re unsubscribed" }).WaitForAsync();
        await LookAsync();

        async Task LookAsync()
        {
            await visit.ShouldFitAsync();
            // There must be space after the first sentence: buttons and links once stuck to the words above them.
            var gap = await page.EvaluateAsync<double>(
                "(() => { const first = document.querySelector('.done__lede'); return first ? "
                    + "first.nextElementSibling.getBoundingClientRect().top - first.getBoundingClientRect().bottom : 99; })()"
            );
            gap.ShouldBeGreaterThanOrEqualTo(16, page.Url);
            if (javaScript) await visit.ShouldBeAccessibleAsync();
        }
    }

    [Theory]
    [InlineData(360, false)]
    [InlineData(360, true)]
    [InlineData(640, false)]
    [InlineData(640, true)]
    public async Task a_newsletter_fits_a_phone_loads_pictures_only_from_the_clinic_and_does_not_stretch_drawings(int width, bool dark)
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen(), new Look(width, Dark: dark));
        foreach (var slug in new[] { "nmda-receptor", "what-a-visit-is-like" })
        {
            var letter = await app.UseAsync<Ketamine.Web.Features.Newsletter.IssueComposer, Ketamine.Web.Features.Newsletter.NewsletterEmail>(composer =>
                Task.FromResult(composer.OfArticle(slug, null, app.Clock.Now, whole: true).Email!)
            );
            // As an email program shows it: without the site's own styles, and with the clinic's pictures loaded from their addresses.
            var html = letter.Html.Replace("https://cedar-and-sage.example/images/", "/images/", StringComparison.Ordinal);
            await visit.Page.RouteAsync($"**/letter/{slug}", route => route.FulfillAsync(new() { ContentType = "text/html; charset=utf-8", Body = html }));
            await visit.OpenAsync($"/letter/{slug}");
            await visit.ShouldFitAsync();
            var shape = await visit.Page.EvaluateAsync<double[]>(
                "(async () => { const i = document.querySelector('img'); "
                    + "await i.decode(); return [i.clientWidth, i.clientWidth / i.clientHeight - i.naturalWidth / i.naturalHeight]; })()"
            );
            shape[0].ShouldBe(Math.Min(560, width - 32), 1);
            shape[1].ShouldBe(0, .01);
            (await visit.Page.EvaluateAsync<string>("getComputedStyle(document.querySelector('p.soft')).color")).ShouldBe(
                dark ? "rgb(192, 185, 168)" : "rgb(91, 87, 75)"
            );
        }
    }
}
