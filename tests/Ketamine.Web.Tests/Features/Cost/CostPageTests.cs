using System.Net;
using System.Text.Json;
using AngleSharp.Dom;

namespace Ketamine.Web.Tests.Features.Cost;

/// <summary>Prices, insurance, and ways to pay, at a clinic without its own page about them.</summary>
public sealed class CostPageTests(CostPageTests.Priced app) : IClassFixture<CostPageTests.Priced>
{
    public sealed class Priced : ClinicApp
    {
        public Priced() => Serve(folder => folder
            .Write("clinic.yml", ClinicFolder.SmallestClinic + """

                prices:
                  - {key: infusion, name: Infusion, amount: 450, per: an infusion, includes: The drug and the nurse}
                  - {key: pain, name: Infusion for pain, amount: 200, per: an hour, most: 800, mostPer: a visit, extra: The lab bills blood tests}
                  - {key: first, name: First call, amount: 0}
                insurance:
                  - {name: Aetna, network: in, note: Esketamine only}
                  - {name: Anthem, also: [BCBS, Blue Cross], network: out}
                  - {name: Medicaid, network: none}
                payment:
                  plans: Half today and half in a month.
                  hsaFsa: We take both cards.
                  superbill: A bill with codes for your insurer.
                """
        )
        .Write(
            "services/iv.md",
            "---\ntitle: Infusions\nsummary: A drip.\nprices: [pain, first]\n---\n"
                + "One is {{price infusion}}, and four with the first call are {{price 4 infusion + first}}. Call {{phone}}."
        )
        .Write("pages/about.md", "---\ntitle: About us\n---\nWe.")
);
    }

    [Fact]
    public async Task prices_show_the_amount_in_large_type_what_it_is_for_and_what_it_includes()
    {
        var page = await app.GetPageAsync("/insurance-and-cost");
        page.QuerySelectorAll(".prices dd > p:first-child > strong:only-child").Select(sum => sum.Words()).ShouldBe(["$450", "$200", "Free"]);
        page.QuerySelectorAll(".prices > div")[1].Words().ShouldBe("Infusion for pain $200 an hour; at most $800 a visit The lab bills blood tests");
        page.QuerySelectorAll(".prices > div")[0].Words().ShouldContain("The drug and the nurse");
        page.One("main a[href='/good-faith-estimate']").Words().ShouldBe("How it works");
        (await app.GetPageAsync("/good-faith-estimate")).One("h1").Words().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task plans_are_listed_by_network_and_ways_to_pay_are_explained()
    {
        var words = (await app.GetPageAsync("/insurance-and-cost")).One("main").Words();
        var expectations = new[]
        {
            "In network Aetna Esketamine only", "Out of network Anthem", "Not accepted Medicaid", "Half today", "We take both cards",
            "A bill with codes",
        };
        foreach (var told in expectations)
            words.ShouldContain(told);
    }

    [Theory]
    [InlineData("aetna")]
    [InlineData("do you take blue cross")]
    [InlineData("bcbs")]
    [InlineData("hsa")]
    [InlineData("superbill")]
    public async Task search_finds_a_plan_and_a_way_to_pay(string typed) =>
        (await app.GetPageAsync("/search?q=" + Uri.EscapeDataString(typed)))
            .QuerySelectorAll(".search-result__title a")[0]
            .GetAttribute("href")
            .ShouldBe("/insurance-and-cost");

    [Fact]
    public async Task cost_is_in_the_bar_the_menu_and_the_footer_of_every_page()
    {
        foreach (var path in new[] { "/", "/contact", "/services/iv", "/search" })
        {
            var page = await app.GetPageAsync(path);
            foreach (var place in new[] { ".nav__list", ".menu", ".footer" })
                page.QuerySelectorAll($"{place} a[href='/insurance-and-cost']").Length.ShouldBe(1, $"{place} of {path}");
        }
    }

    [Fact]
    public async Task a_service_carries_its_prices_in_the_head_in_a_block_and_in_its_data()
    {
        var page = await app.GetPageAsync("/services/iv");
        page.One(".offer-facts dd").Words().ShouldBe("$200an hour");
        page.QuerySelectorAll(".prices dt").Select(name => name.Words()).ShouldBe(["Infusion for pain", "First call"]);
        var graph = JsonDocument.Parse(page.One("script[type='application/ld+json']").TextContent).RootElement.GetProperty("@graph");
        var offers = graph
            .EnumerateArray()
            .Single(node => node.GetProperty("@type").GetString() == "OfferCatalog")
            .GetProperty("itemListElement")
            .EnumerateArray()
            .ToList();
        offers
            .Select(offer => (offer.GetProperty("name").GetString(), offer.GetProperty("price").GetString()))
            .ShouldBe([("Infusion for pain", "200"), ("First call", "0")]);
        page.One(".article__body").Words().ShouldContain("One is $450, and four with the first call are $1,800. Call (303) 555-0142.");
    }

    [Fact]
    public async Task a_clinic_without_prices_plans_or_payment_has_no_cost_page()
    {
        await using var without = ClinicApp.With(_ => { });
        using var response = await without.Http.GetAsync("/insurance-and-cost");
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await without.GetPageAsync("/")).QuerySelectorAll("a[href='/insurance-and-cost']").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{{price ivf}}", "infusion")]
    [InlineData("{{price 2 first.most}}", "first")]
    [InlineData("{{email}}", "email: … in clinic.yml")]
    [InlineData("{{phnoe}}", "phone")]
    public void a_mark_that_nothing_can_fill_is_an_error_with_file_line_and_what_to_write(string mark, string wanted)
    {
        var error = Ketamine
            .Content.ContentFolder.Read(
                new ClinicFolder(Directory.CreateTempSubdirectory("ketamine-test-").FullName)
                    .Write("clinic.yml", app.Folder.Read("clinic.yml"))
                    .Write("pages/other.md", $"---\ntitle: Other\n---\nWords.\n\nIt is {mark}.")
                    .Root
            )
            .Errors.ShouldHaveSingleItem();
        (error.File, error.Line).ShouldBe(("pages/other.md", 6));
        error.Found.ShouldContain(mark);
        error.Wanted.ShouldContain(wanted);
    }
}
