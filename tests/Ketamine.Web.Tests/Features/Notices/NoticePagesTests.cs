using AngleSharp.Dom;
using Ketamine.Web.Tests.Mail;

namespace Ketamine.Web.Tests.Features.Notices;

public sealed class NoticePagesTests(NoticePagesTests.Site site) : IClassFixture<NoticePagesTests.Site>
{
    [Fact]
    public async Task the_footer_of_every_page_leads_to_each_notice_and_names_the_license()
    {
        var page = await site.App.GetPageAsync("/");
        page.QuerySelectorAll(".footer__notices a").Select(link => link.GetAttribute("href")).ShouldBe(
            ["/privacy", "/consumer-health-data", "/practices", "/nondiscrimination", "/good-faith-estimate"]);
        foreach (var link in page.QuerySelectorAll(".footer__notices a"))
            (await site.App.GetPageAsync(link.GetAttribute("href")!)).One("h1").Words().ShouldNotBeEmpty();
        var footer = page.One("footer").Words();
        footer.ShouldContain("Medical director: Ann Lee, MD");
        footer.ShouldContain("License 123, Colorado Department of Public Health");
        page.One(".footer__notices [lang=es]").Words().ShouldContain("ayuda gratuita");
    }

    [Fact]
    public async Task the_privacy_page_shows_the_folders_words_first_and_the_configured_time()
    {
        var page = await site.App.GetPageAsync("/privacy");
        page.One("h1").Words().ShouldBe("Your privacy here");
        var text = page.One(".article__main").Words();
        text.IndexOf("Our own words.", StringComparison.Ordinal).ShouldBeInRange(0, text.IndexOf("When you only read", StringComparison.Ordinal));
        text.ShouldContain("90 days at most");
        text.ShouldContain("This is not legal advice.");
    }

    [Fact]
    public async Task prices_link_to_the_estimate_notice_and_the_practices_show_their_effective_date()
    {
        (await site.App.GetPageAsync("/services/one")).Body!.Words().ShouldContain("You have the right to a good faith estimate");
        (await site.App.GetPageAsync("/practices")).Body!.Words().ShouldContain("In effect since February 16, 2026");
    }

    [Fact]
    public async Task staff_are_reminded_once_that_a_fact_is_about_to_expire()
    {
        // Today is 2027-01-13; the FAQ is valid until the 31st.
        for (var patience = 0; patience < 40 && !site.App.Mailbox.OfKind("fact-due").Any(); patience++)
        {
            site.App.Clock.Advance(TimeSpan.FromHours(1));
            await Task.Delay(25); // the hourly turn is the site's own
            await site.App.DeliverMailAsync();
        }

        for (var hour = 0; hour < 3; hour++)
        {
            site.App.Clock.Advance(TimeSpan.FromHours(1));
            await Task.Delay(25);
            await site.App.DeliverMailAsync();
        }

        var mail = site.App.Mailbox.OfKind("fact-due").ShouldHaveSingleItem();
        mail.Subject.ShouldBe("Check by January 31, 2027: the question \"Can I start by video?\" in faqs.yml");
        mail.Text.ShouldContain("faqs.yml, line 5");
    }

    public sealed class Site : IDisposable
    {
        internal ClinicApp App { get; } = ClinicApp.With(clinic => clinic
            .Write("clinic.yml", ClinicFolder.SmallestClinic + """

                license: {number: "123", board: Colorado Department of Public Health, lookUp: https://example.org/}
                medicalDirector: ann
                federalFunds: true

                """)
            .Write("people.yml", "ann: {name: Ann Lee, credentials: MD}\n")
            .Write("faqs.yml", "- group: G\n  questions:\n    - question: Can I start by video?\n      answer: Yes.\n      validUntil: 2027-01-31\n")
            .Write("pages/privacy.md", "---\ntitle: Your privacy here\n---\nOur own words.\n")
            .Write("pages/practices.md", "---\ntitle: Notice of Privacy Practices\nkind: privacy-practices\neffective: 2026-02-16\n---\nText.\n")
            .Write("services/one.md", "---\ntitle: One\nsummary: Short.\nprice: $450\n---\nFine.\n")).Set("Leads:RetentionDays", "90");

        public void Dispose() => App.Dispose();
    }
}
