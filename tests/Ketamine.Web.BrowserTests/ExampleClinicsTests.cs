using Ketamine.Web.Tests;

namespace Ketamine.Web.BrowserTests;

/// <summary>
/// What a folder alone can change: one clinic has a logo, one color, no picture, Spanish text, and long names; the other has its own palette, drawings, a wide
/// scene, and photographs. Both fit the narrowest phone, and axe finds no problems in either.
/// </summary>
[Collection(Browser.Collection)]
public sealed class ExampleClinicsTests(Browser browser)
{
    private static readonly string[] Bare =
        ["/", "/services/infusiones", "/blog/la-primera-visita", "/consultation", "/team", "/contact", "/faqs", "/nope"];

    private static readonly string[] Dawn = ["/", "/services/infusions", "/blog/a-first-evening", "/consultation", "/team", "/blog"];

    public static TheoryData<string, string[], int, bool> Clinics => new()
    {
        { "bare", Bare, 320, false },
        { "bare", Bare, 1280, true },
        { "dawn", Dawn, 320, true },
        { "dawn", Dawn, 1280, false },
    };

    [Theory, MemberData(nameof(Clinics))]
    public async Task a_clinic_of_another_kind_fits_every_screen_and_is_accessible(string clinic, string[] paths, int width, bool dark)
    {
        await using var app = ClinicApp.With(folder => folder.Copy(Repository.PathOf(Path.Combine("tests", "clinics", clinic))));
        await using var visit = await browser.VisitAsync(app.Listen(), new Look(width, Dark: dark, ReducedMotion: true));
        foreach (var path in paths)
        {
            await visit.OpenAsync(path);
            await visit.ShouldFitAsync();
            await visit.ShouldBeAccessibleAsync();
        }
    }

    [Fact]
    public async Task at_400_percent_zoom_the_header_leaves_room_for_the_page()
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen(), new Look(320, ReducedMotion: true));
        await visit.Page.SetViewportSizeAsync(320, 256); // 1280 × 1024 at 400 %
        foreach (var path in new[] { "/", "/consultation", "/contact" })
        {
            await visit.OpenAsync(path);
            await visit.ShouldFitAsync();
            var covered = await visit.Page.EvaluateAsync<double>(
                """
                () => {
                  const [header, bar] = [document.querySelector('.header'), document.querySelector('.bar')].map(part => part.getBoundingClientRect());
                  const floats = getComputedStyle(document.querySelector('.bar')).position === 'sticky';
                  return header.height + (floats ? bar.height : 0);
                }
                """);
            covered.ShouldBeLessThanOrEqualTo(128, $"{path}: pixels of 256 that the header and the bar take");
        }
    }

    [Fact]
    public async Task nothing_on_the_booking_page_shifts_when_times_change_to_the_visitors_zone()
    {
        await using var app = new ClinicApp();
        await using var visit = await browser.VisitAsync(app.Listen(), new Look(360, TimeZone: "America/New_York"));
        await visit.Page.AddInitScriptAsync(
            """
            window.shift = 0;
            new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shift += entry.value; })
              .observe({ type: 'layout-shift', buffered: true });
            """);
        await visit.OpenAsync("/consultation");
        await visit.Page.Locator(".own-zone").First.WaitForAsync();
        await visit.Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        (await visit.Page.EvaluateAsync<double>("window.shift")).ShouldBeLessThan(0.005);
    }
}
