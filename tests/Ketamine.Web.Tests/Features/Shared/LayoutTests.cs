using System.Net;

namespace Ketamine.Web.Tests.Features.Shared;

/// <summary>What every page has, and what disappears when a file is missing from the folder.</summary>
public sealed class LayoutTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/about")]
    [InlineData("/blog")]
    [InlineData("/research")]
    [InlineData("/consultation")]
    public async Task every_page_has_a_way_to_the_main_text_the_crisis_line_the_phone_and_a_call(string path)
    {
        await using var app = new ClinicApp();
        var page = await app.GetPageAsync(path);

        page.One(".skip-link").GetAttribute("href").ShouldBe("#main");
        page.One("main").Id.ShouldBe("main");
        page.One(".strip a[href='tel:988']").Words().ShouldBe("Call 988");
        page.One(".strip a[href='sms:988']").Words().ShouldBe("text 988");
        page.One(".strip a[href='tel:911']");
        page.One(".header__actions .call").GetAttribute("href").ShouldBe("tel:+13035550142");
        page.One(".header__book").GetAttribute("href").ShouldBe("/consultation");
        page.One(".footer address").Words().ShouldContain("2140 Larkspur Street");
        page.One("h1");
    }

    [Theory]
    [InlineData("/services", "/services/iv-ketamine", "Treatments", "Services")]
    [InlineData("/blog", "/blog/nmda-receptor", "Articles", "Blog")]
    public async Task a_section_is_called_what_the_navigation_calls_it(string section, string below, string named, string own)
    {
        await using var sample = new ClinicApp();
        (await sample.GetPageAsync(section)).One("h1").Words().ShouldBe(named);
        (await sample.GetPageAsync(below)).QuerySelector(".page-head__trail a")!.Words().ShouldBe(named);

        await using var unnamed = ClinicApp.With(folder => folder.Sample()
            .Replace("clinic.yml", $"  - title: {named}\n    href: {section}\n", ""));
        (await unnamed.GetPageAsync(section)).One("h1").Words().ShouldBe(own);
        (await unnamed.GetPageAsync(below)).QuerySelector(".page-head__trail a")!.Words().ShouldBe(own);
    }

    [Fact]
    public async Task heads_have_the_pictures_of_the_theme_and_the_search_has_its_own_only_beside_the_title()
    {
        await using var app = new ClinicApp();
        foreach (var (path, picture) in new[] { ("/reviews", "still-cards"), ("/research", "still-shelf"), ("/privacy", "still-drawer") })
        {
            var shown = (await app.GetPageAsync(path)).One(".page-head__plate:not(.page-head__plate--aside) img");
            shown.GetAttribute("src").ShouldNotBeNull().ShouldContain(picture);
            shown.GetAttribute("alt").ShouldBe("");
        }

        // A phone hides it, and must not load it.
        var search = (await app.GetPageAsync("/search")).One(".page-head__plate--aside img");
        search.GetAttribute("src").ShouldNotBeNull().ShouldContain("seat-desk");
        search.GetAttribute("loading").ShouldBe("lazy");
        (await app.GetPageAsync("/search?q=depression")).QuerySelector(".page-head__plate").ShouldBeNull();
    }

    [Fact]
    public async Task the_bar_leads_someone_who_may_be_in_danger_to_the_crisis_line_and_not_to_a_booking()
    {
        await using var app = new ClinicApp();
        async Task<string?[]> WaysAsync(string path) => [.. (await app.GetPageAsync(path)).QuerySelectorAll(".bar a").Select(way => way.GetAttribute("href"))];

        (await WaysAsync("/crisis-help")).ShouldBe(["tel:988", "sms:988", "tel:911"]);
        (await WaysAsync("/search?q=i+want+to+die")).ShouldBe(["tel:988", "sms:988", "tel:911"]);
        (await WaysAsync("/search?q=depression")).ShouldBe(["/consultation", "tel:+13035550142", "tel:988"]);

        using var sent = await app.PostFormAsync("/contact", ("name", "Robin"), ("email", "robin@example.org"), ("reach", "email"), ("consent", "yes"),
            ("danger", "yes"));
        (await WaysAsync(sent.Headers.Location!.OriginalString)).ShouldBe(["tel:988", "sms:988", "tel:911"]);

        (await WaysAsync("/search?q=friend+not+waking+up+after+ketamine")).ShouldBe(["tel:911", "tel:988"]);
        using var emergency = await app.PostFormAsync("/contact", ("name", "Al"), ("email", "al@example.org"), ("reach", "email"), ("consent", "yes"),
            ("message", "my friend did a lot of ket and she's not waking up"));
        (await WaysAsync(emergency.Headers.Location!.OriginalString)).ShouldBe(["tel:911", "tel:988"]);
    }

    [Fact]
    public async Task the_strip_names_911_first_in_a_medical_emergency()
    {
        await using var app = new ClinicApp();
        async Task<string?[]> WaysAsync(string path) =>
            [.. (await app.GetPageAsync(path)).QuerySelectorAll(".strip a").Select(way => way.GetAttribute("href"))];

        (await WaysAsync("/search?q=friend+not+waking+up+after+ketamine")).ShouldBe(["tel:911", "tel:988", "sms:988"]);
        (await WaysAsync("/search?q=depression")).ShouldBe(["tel:988", "sms:988", "tel:911"]);
    }

    [Fact]
    public async Task structured_data_comes_after_everything_that_is_shown()
    {
        await using var app = new ClinicApp();
        (await app.GetPageAsync("/blog/nmda-receptor")).Body!.LastElementChild!.GetAttribute("type").ShouldBe("application/ld+json");
    }

    [Fact]
    public async Task a_sample_says_so_and_stays_out_of_search_engines_and_a_real_clinic_does_not()
    {
        await using var sample = new ClinicApp();
        var made = await sample.GetPageAsync("/");
        made.One("meta[name=robots]").GetAttribute("content").ShouldBe("noindex");
        made.One(".strip").Words().ShouldContain("This is a sample clinic.");

        await using var real = ClinicApp.With(_ => { });
        var page = await real.GetPageAsync("/");
        page.QuerySelector("meta[name=robots]").ShouldBeNull();
        page.One(".strip").Words().ShouldNotContain("sample");
    }

    [Fact]
    public async Task the_smallest_clinic_works_and_missing_sections_are_neither_linked_nor_served()
    {
        await using var app = ClinicApp.With(_ => { });
        var page = await app.GetPageAsync("/");

        page.One("h1").Words().ShouldBe("Juniper House");
        page.QuerySelectorAll(".menu a").Select(link => link.GetAttribute("href")).ShouldBe(["/", "/contact", "/search"]);
        page.QuerySelector(".header__book").ShouldBeNull();
        page.QuerySelector("form[action='/newsletter']").ShouldBeNull();
        (await app.GetPageAsync("/privacy")).One("h1").Words().ShouldBe("Privacy"); // the site writes it from what it does
        foreach (
            var path in new[]
            {
                "/about", "/services", "/faqs", "/research", "/blog", "/reviews", "/insurance-and-cost", "/nondiscrimination",
                "/good-faith-estimate",
            }
        )
            (await app.GetPageAsync(path, HttpStatusCode.NotFound)).One("h1").Words().ShouldBe("We can’t find that page");
    }

    [Fact]
    public async Task a_clinic_in_spanish_is_in_spanish_throughout()
    {
        await using var app = ClinicApp.With(folder => folder.Sample().Replace("clinic.yml", "locale: en-US", "locale: es-US"));
        var page = await app.GetPageAsync("/");

        page.DocumentElement.GetAttribute("lang").ShouldBe("es-US");
        page.QuerySelectorAll(".footer__links a").Select(link => link.Words()).ShouldContain("Opiniones");
        page.One(".skip-link").Words().ShouldBe("Ir al contenido principal");
        page.One(".footer .hours").Words().ShouldContain("a. m.");
    }

    [Fact]
    public async Task the_first_screens_styles_are_inline_in_the_clinics_own_colors_and_the_rest_is_cached_forever()
    {
        await using var app = ClinicApp.With(folder => folder.Write("clinic.yml", ClinicFolder.SmallestClinic + "\ntheme:\n  accent: \"#7a1f3d\"\n"));
        var page = await app.GetPageAsync("/");
        var first = string.Concat(page.QuerySelectorAll("head style").Select(style => style.TextContent));
        first.ShouldNotContain("@import");
        first.ShouldContain("--action:#7a1f3d;");
        first.TrimStart().IndexOf("@layer reset,tokens,base,layout,components,utilities;", StringComparison.Ordinal).ShouldBe(0);

        page.QuerySelectorAll("head link[rel=stylesheet]:not([media])").ShouldBeEmpty("nothing that the first screen waits for");
        using var more = await app.Http.GetAsync(page.One("body link[rel=stylesheet]:not([media])").GetAttribute("href")!);
        more.Headers.CacheControl!.ToString().ShouldContain("immutable");
        (await more.Content.ReadAsStringAsync()).ShouldNotContain("@import");
    }
}
