using Ketamine.Web.Web;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Features.Shared;

public sealed class CachedPagesTests
{
    [Fact]
    public async Task the_sample_clinics_pages_are_rendered_ahead_without_errors()
    {
        await using var app = new ClinicApp().RenderPagesAhead();
        _ = app.Http;
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        var cache = await app.AskAsync<PageCache, PageCache>(Task.FromResult);
        // Until nothing is left to compress: about forty pages, each in two encodings.
        var (before, quiet) = (0L, 0);
        for (var tries = 0; tries < 600 && quiet < 20; tries++)
        {
            await Task.Delay(100);
            quiet = cache.Size > 100_000 && cache.Size == before ? quiet + 1 : 0;
            before = cache.Size;
        }

        before.ShouldBeGreaterThan(500_000);
        app.Log.Where(line => line.Contains("Can't render the page", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_saved_file_makes_every_page_new()
    {
        await using var app = ClinicApp.With(folder => folder.Write("pages/about.md", "---\ntitle: About us\n---\nThe old words."));
        (await app.GetPageAsync("/about")).One("main").Words().ShouldContain("The old words.");
        using var first = await app.Http.GetAsync("/contact");
        app.Folder.Replace("pages/about.md", "old", "new").Replace("clinic.yml", "Juniper House", "Juniper Home");
        for (var tries = 0; tries < 100 && !(await app.Http.GetStringAsync("/about")).Contains("The new words.", StringComparison.Ordinal); tries++)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(50);
        }

        (await app.GetPageAsync("/about")).One("main").Words().ShouldContain("The new words.");
        using var second = await app.Http.GetAsync("/contact");
        second.Headers.ETag.ShouldNotBe(first.Headers.ETag);
    }

    [Theory]
    [InlineData("nothing", true)]
    [InlineData("a text", false)]
    [InlineData("a setting", false)]
    public async Task a_site_that_starts_again_has_its_last_pages_unless_something_has_changed(string changed, bool has)
    {
        var home = Directory.CreateTempSubdirectory("ketamine-again-").FullName;
        var folder = new ClinicFolder(Path.Combine(home, "content"));
        string first;
        await using (var app = Start())
        {
            first = await app.Http.GetStringAsync("/privacy");
            await app.DoAsync<PageCache>(cache => Task.Run(cache.Save));
        }

        if (changed == "a text") folder.Replace("clinic.yml", "Juniper House", "Juniper Home");
        await using var again = Start();
        if (changed == "a setting") again.Set("Limits:Enabled", "true");
        var cache = again.Services.GetRequiredService<PageCache>();
        (cache.Find("/privacy", "") is not null).ShouldBe(has);
        if (has) (await again.Http.GetStringAsync("/privacy")).ShouldBe(first);
        Directory.Delete(home, recursive: true);

        ClinicApp Start() => new ClinicApp().Set("Content:Path", folder.Root).Set("Data:Path", Path.Combine(home, "data"));
    }

    [Fact]
    public async Task the_honeypot_is_a_field_that_people_neither_see_nor_reach()
    {
        await using var app = ClinicApp.With(_ => { });
        var page = await app.GetPageAsync("/contact");
        var field = page.One($"main form [name={Honeypot.Field}]");
        field.GetAttribute("type").ShouldBe("text");
        field.GetAttribute("tabindex").ShouldBe("-1");
        field.GetAttribute("autocomplete").ShouldBe("off");
        page.One($"label[for={Honeypot.Field}]").Words().ShouldNotBeEmpty();
        field.Closest(".honeypot").ShouldNotBeNull().GetAttribute("aria-hidden").ShouldBe("true");
    }
}
