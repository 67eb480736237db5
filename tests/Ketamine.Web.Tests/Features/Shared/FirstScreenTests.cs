namespace Ketamine.Web.Tests.Features.Shared;

/// <summary>What the first screen of a phone says: who is there, what it costs, and how to reach the clinic.</summary>
public sealed class FirstScreenTests
{
    [Fact]
    public async Task the_forms_show_the_face_of_whoever_calls()
    {
        await using var app = new ClinicApp();
        var booking = await app.GetPageAsync("/consultation");
        booking.One(".greeting img").GetAttribute("src").ShouldNotBeNull().ShouldContain("person-nurse");
        booking.One(".greeting img").GetAttribute("alt").ShouldBe("");
        booking.One(".greeting__line").Words().ShouldBe("with Nursing Team");

        var contact = await app.GetPageAsync("/contact");
        contact.One(".greeting img");
        contact.One(".greeting__line a").GetAttribute("href").ShouldBe("tel:+13035550142");
    }

    [Fact]
    public async Task a_clinic_that_names_nobody_has_no_face_above_its_forms()
    {
        await using var app = ClinicApp.With(folder => folder.Sample().Replace("clinic.yml", "  with: nursing-team\n", ""));
        var booking = await app.GetPageAsync("/consultation");
        booking.One(".greeting h1").Words().ShouldBe("Book a free call");
        booking.QuerySelector(".greeting img, .greeting__line").ShouldBeNull();
    }

    [Fact]
    public async Task the_home_page_says_what_a_visit_costs_and_a_treatment_shows_its_room_first()
    {
        await using var app = new ClinicApp();
        var costs = (await app.GetPageAsync("/")).One(".hero .actions a[href='/insurance-and-cost']");
        costs.Words().ShouldBe("Evaluation $250 · Infusion for mood $450");
        (await app.GetPageAsync("/services/iv-ketamine")).One(".page-head__plate--scene img").GetAttribute("fetchpriority").ShouldBe("high");
    }
}
