using ImageMagick;
using System.Globalization;
using System.Text.Json;

namespace Ketamine.Web.Tests.Features.Discovery;

public sealed class WellKnownFilesTests
{
    [Fact]
    public async Task crawlers_are_kept_out_of_a_sample_and_shown_the_sitemap_of_a_real_clinic()
    {
        await using var sample = new ClinicApp();
        (await RobotsAsync(sample)).ShouldBe(["User-agent: *", "Disallow: /"]);
        await using var real = ClinicApp.With(_ => { });
        var lines = await RobotsAsync(real);
        lines.ShouldContain("Disallow: /staff/");
        lines.ShouldNotContain("Disallow: /");
        lines.ShouldContain("Sitemap: https://juniper.example/sitemap.xml");

        static async Task<List<string>> RobotsAsync(ClinicApp app) =>
            [.. (await app.Http.GetStringAsync("/robots.txt")).Split('\n').Where(line => line.Length > 0 && line[0] != '#')];
    }

    [Fact]
    public async Task security_txt_never_expires()
    {
        await using var app = ClinicApp.With(folder => folder.Write("clinic.yml", ClinicFolder.SmallestClinic + "\nemail: hello@juniper.example\n"));
        for (var year = 0; year < 3; year++)
        {
            var fields = await SecurityAsync(app);
            fields["Contact"].ShouldBe("mailto:hello@juniper.example");
            fields["Canonical"].ShouldBe("https://juniper.example/.well-known/security.txt");
            fields["Preferred-Languages"].ShouldBe("en");
            var left = DateTimeOffset.ParseExact(fields["Expires"], "yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture) - app.Clock.Now;
            left.TotalDays.ShouldBeInRange(170, 365); // RFC 9116, 2.5.5: less than a year is recommended
            app.Clock.Advance(TimeSpan.FromDays(365));
        }
    }

    [Fact]
    public async Task security_txt_names_the_form_if_the_clinic_has_no_email_address()
    {
        await using var app = ClinicApp.With(_ => { });
        (await SecurityAsync(app))["Contact"].ShouldBe("https://juniper.example/contact");
    }

    [Fact]
    public async Task a_phones_home_screen_gets_the_discreet_name_and_an_icon_that_is_there()
    {
        await using var app = new ClinicApp();
        var page = await app.GetPageAsync("/");
        var href = page.One("link[rel=manifest]").GetAttribute("href")!;
        using var manifest = JsonDocument.Parse(await app.Http.GetStringAsync(href));
        manifest.RootElement.GetProperty("name").GetString().ShouldBe("Cedar & Sage Ketamine Clinic");
        manifest.RootElement.GetProperty("short_name").GetString().ShouldBe("Cedar & Sage");
        manifest.RootElement.GetProperty("theme_color").GetString().ShouldBe(page.QuerySelector("meta[name=theme-color]")!.GetAttribute("content"));
        var icon = manifest.RootElement.GetProperty("icons")[0];
        icon.GetProperty("src").GetString().ShouldBe(page.One("link[rel=icon]").GetAttribute("href"));
        using var drawn = await app.Http.GetAsync(icon.GetProperty("src").GetString());
        drawn.Content.Headers.ContentType!.MediaType.ShouldBe(icon.GetProperty("type").GetString());
    }

    [Fact]
    public async Task icons_that_browsers_ask_for_unprompted_are_drawn_from_the_clinics_own()
    {
        await using var app = ClinicApp.With(clinic => clinic.Write("images/favicon.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\"><circle cx=\"32\" cy=\"32\" r=\"32\" fill=\"#2040c0\"/></svg>"));
        using var ico = new MagickImageCollection(await app.Http.GetByteArrayAsync("/favicon.ico"), MagickFormat.Ico);
        ico.Select(image => image.Width).Order().ShouldBe([16u, 32u, 48u]);
        foreach (var path in new[] { "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png" })
        {
            using var touch = new MagickImage(await app.Http.GetByteArrayAsync(path), MagickFormat.Png);
            (touch.Width, touch.Height).ShouldBe((180u, 180u));
            var pixels = touch.GetPixels();
            pixels.GetPixel(90, 90).ToColor()!.ToHexString().ShouldStartWith("#2040C0");
            pixels.GetPixel(0, 0).ToColor()!.A.ShouldBe(byte.MaxValue);
        }
    }

    private static async Task<Dictionary<string, string>> SecurityAsync(ClinicApp app) =>
        (await app.Http.GetStringAsync("/.well-known/security.txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(": ", 2)).ToDictionary(field => field[0], field => field[1]);
}
