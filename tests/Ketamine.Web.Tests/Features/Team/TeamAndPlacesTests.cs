using System.Net;

namespace Ketamine.Web.Tests.Features.Team;

public sealed class TeamAndPlacesTests
{
    private const string People = """
        ana-ruiz:
          name: Ana Ruiz
          role: Nurse practitioner
          credentials: DNP, PMHNP-BC
          license: {number: APN.0990001, board: Colorado Board of Nursing, lookUp: "https://apps.example/license"}
          does: Sees people for the evaluation.
          languages: [English, Spanish]
          bio: Writes about visits.
        """;

    [Fact]
    public async Task a_person_has_a_page_with_license_languages_and_what_they_wrote_and_is_linked_where_they_speak()
    {
        await using var app = ClinicApp.With(folder => folder
            .Write("people.yml", People)
            .Write("articles/a-visit.md", "---\ntitle: A visit\nsummary: A summary.\npublished: 2026-01-10\nauthors: [ana-ruiz]\n---\nWords."));
        (await app.GetPageAsync("/team")).One(".person a[href='/team/ana-ruiz']").Words().ShouldBe("Ana Ruiz");
        var page = await app.GetPageAsync("/team/ana-ruiz");
        var facts = page.One(".member__facts").Words();
        facts.ShouldContain("DNP, PMHNP-BC");
        facts.ShouldContain("APN.0990001");
        facts.ShouldContain("English, Spanish");
        page.One(".member__facts a[href='https://apps.example/license']").Words().ShouldBe("Check it with Colorado Board of Nursing");
        page.One("main").Words().ShouldContain("Sees people for the evaluation.");
        page.QuerySelectorAll(".stories a[href='/blog/a-visit']").ShouldNotBeEmpty();
        (await app.GetPageAsync("/blog/a-visit")).One(".byline a[href='/team/ana-ruiz']").Words().ShouldBe("Ana Ruiz");
        var sitemap = await app.Http.GetStringAsync("/sitemap.xml");
        sitemap.ShouldContain("https://juniper.example/team<");
        sitemap.ShouldContain("https://juniper.example/team/ana-ruiz<");
    }

    [Fact]
    public async Task a_clinic_without_people_has_no_team_page()
    {
        await using var app = ClinicApp.With(_ => { });
        using var response = await app.Http.GetAsync("/team");
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await app.GetPageAsync("/")).QuerySelectorAll("a[href='/team']").ShouldBeEmpty();
    }

    [Fact]
    public async Task a_place_has_its_own_page_with_map_directions_parking_access_and_holidays()
    {
        await using var app = ClinicApp.With(folder => folder.Write("clinic.yml", ClinicFolder.SmallestClinic + """

            holidays: [{date: 2027-01-18, closed: true, note: Holiday}]
            locations:
              - name: Denver West
                phone: "+13035550143"
                geo: {latitude: 39.7, longitude: -105.1}
                hours: [{days: [mon], opens: "09:00", closes: "12:00"}]
                directions: Two blocks from the W Line.
                parking: Behind the house, free.
                stepFree: The rear door has no step.
            """));
        var page = await app.GetPageAsync("/locations/denver-west");
        var facts = page.One(".place__facts").Words();
        foreach (var told in new[]
            { "Two blocks from the W Line.", "Behind the house, free.", "The rear door has no step.", "(303) 555-0143", "Closed: Holiday" })
            facts.ShouldContain(told);
        page.One(".place__facts a[href*='maps']").GetAttribute("href")!.ShouldContain("39.7,-105.1");
        (await app.GetPageAsync("/locations")).One(".places a").GetAttribute("href").ShouldBe("/locations/denver-west");
        (await app.GetPageAsync("/")).QuerySelectorAll(".footer a[href='/locations/denver-west']").ShouldNotBeEmpty();
        (await app.Http.GetStringAsync("/sitemap.xml")).ShouldContain("https://juniper.example/locations/denver-west<");
    }
}
