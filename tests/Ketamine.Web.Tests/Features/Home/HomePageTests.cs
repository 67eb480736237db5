namespace Ketamine.Web.Tests.Features.Home;

public sealed class HomePageTests
{
    [Fact]
    public async Task the_folders_home_page_is_split_at_headings_and_laid_out_by_their_marks()
    {
        await using var app = ClinicApp.With(folder => folder.Write("pages/home.md", """
            ---
            title: Slowly, in a quiet room.
            summary: What is known and what is not.
            ---

            Off-label, in plain words.

            ## What we do not promise {limits}

            You have been promised enough.

            That it will help
            :   It may not.

            ## Plain facts {prices}

            The call
            :   Free.

            Insurance
            :   Rarely.

            ## Whatever {columns}

            Words.
            """));
        var page = await app.GetPageAsync("/");

        page.One("h1").Words().ShouldBe("Slowly, in a quiet room.");
        page.One(".hero__lede").Words().ShouldBe("What is known and what is not.");
        page.One(".hero__terms").Words().ShouldBe("Off-label, in plain words.");
        page.One("section[aria-labelledby=what-we-do-not-promise] .limits__lede").Words().ShouldBe("You have been promised enough.");
        page.One("section[aria-labelledby=what-we-do-not-promise] dt").Words().ShouldBe("That it will help");
        page.QuerySelectorAll("section[aria-labelledby=plain-facts] dl.prices dt").Select(term => term.Words()).ShouldBe(["The call", "Insurance"]);
        page.One("#plain-facts").Words().ShouldBe("Plain facts");
        page.One("section[aria-labelledby=whatever-columns] h2").Words().ShouldBe("Whatever {columns}"); // no mark of ours: left in sight
    }

    [Fact]
    public async Task sections_missing_from_the_folder_disappear_from_the_home_page()
    {
        await using var app = ClinicApp.With(_ => { });
        var page = await app.GetPageAsync("/");

        foreach (var section in new[] { "services", "reading", "said" }) page.QuerySelector($"section[aria-labelledby={section}]").ShouldBeNull();
        page.One(".hero a.button").GetAttribute("href").ShouldBe("/contact");
    }

    [Fact]
    public async Task a_review_is_one_persons_experience_and_says_so()
    {
        await using var app = ClinicApp.With(folder =>
            folder.Write("reviews.yml", "- text: They took their time.\n  by: R.\n  date: 2026-01-02\n  consent: 2026-01-02\n")
        );
        var said = (await app.GetPageAsync("/")).One("section[aria-labelledby=said]").Words();

        said.ShouldContain("“They took their time.”");
        said.ShouldContain("One person’s experience; yours may differ.");
    }
}
