using Ketamine.Content.Claims;
using Ketamine.Content.Notices;

namespace Ketamine.Content.Tests.Notices;

public sealed class LegalNoticeTests : IDisposable
{
    private static readonly KeptData Kept = new(MessageDays: 730, SpamDays: 90, NetworkDays: 7, FullMailToStaff: false);
    private readonly TestFolder _folder = new TestFolder()
        .Write("services/one.md", "---\ntitle: Infusions\nsummary: Short.\nprice: $450 a visit\n---\nFine.\n");

    public void Dispose() => _folder.Dispose();

    private Dictionary<string, LegalNotice> Notices(string clinic = "", KeptData? kept = null)
    {
        _folder.Write("clinic.yml", TestFolder.Clinic + "phone: \"+13032920142\"\n" + clinic);
        return LegalNotice.Of(new Edition(_folder.Content(), DateTimeOffset.UtcNow), kept ?? Kept).ToDictionary(notice => notice.Path);
    }

    private const string Everything = """
        consultation: {title: A call, questions: [{name: tried, label: What have you tried?}]}
        newsletter: {heading: News, thanks: Thanks}
        federalFunds: true
        civilRightsCoordinator: {name: Ann Lee, phone: "+13032920143"}
        languageHelp: {vi: "Có trợ giúp ngôn ngữ miễn phí."}
        processors: ["Hill Hosting, which runs the server"]
        affiliates: [Fir Clinic]
        backupDays: 30
        noticesEffective: 2026-12-01

        """;

    [Fact]
    public void every_notice_reads_at_an_eighth_graders_level_at_most()
    {
        foreach (var notice in Notices(Everything).Values)
            Readability
                .Grade(MarkdownSentences.OfText(notice.Body.PlainText.Replace('\n', ' ')).Select(sentence => sentence.Text))
                .ShouldBeLessThanOrEqualTo(8, notice.Path);
    }

    [Fact]
    public void every_notice_says_that_it_is_not_legal_advice_and_names_its_sources_and_date()
    {
        foreach (var notice in Notices(Everything).Values)
        {
            notice.Body.PlainText.ShouldContain("This is not legal advice.", customMessage: notice.Path);
            notice.Body.PlainText.ShouldContain("last checked this notice against them on November 28, 2026");
            notice.Sources.ShouldNotBeEmpty();
            foreach (var source in notice.Sources)
                notice.Body.Html.ShouldContain($"href=\"{source.Href.AbsoluteUri.Replace("&", "&amp;", StringComparison.Ordinal)}\"");
        }
    }

    [Fact]
    public void no_words_of_a_notice_are_shown_as_code()
    {
        foreach (var notice in Notices(Everything).Values) notice.Body.Html.ShouldNotContain("<code", customMessage: notice.Path);
    }

    [Fact]
    public void no_notice_makes_a_claim_that_the_gate_would_block()
    {
        foreach (var notice in Notices(Everything).Values)
        {
            MarkdownSentences
                .OfText(notice.Body.PlainText.Replace('\n', ' '), ClaimSetting.Text)
                .SelectMany(sentence => Claims.Rules.Gate.Examine(sentence.Text, sentence.Cited, sentence.Setting))
                .Where(finding => finding.Verdict == ClaimVerdict.Block)
                .Select(finding => finding.Rule.Id)
                .ShouldBeEmpty(notice.Path);
        }
    }

    [Fact]
    public void retention_periods_come_from_the_configuration()
    {
        var usual = Notices()["/privacy"].Body.PlainText;
        usual.ShouldContain("two years at most");
        var text = Notices(kept: new KeptData(90, 30, 7, FullMailToStaff: true))["/privacy"].Body.PlainText;
        text.ShouldContain("90 days at most");
        text.ShouldContain("30 days");
        text.ShouldNotContain("two years");
        Notices(kept: new KeptData(90, 30, 7, true))["/consumer-health-data"].Body.PlainText.ShouldContain("after 90 days at most");
    }

    [Fact]
    public void the_privacy_notice_says_what_staff_get_by_email()
    {
        Notices(kept: Kept with { FullMailToStaff = true })["/privacy"].Body.PlainText.ShouldContain("Our staff get what you wrote by email.");
        Notices(kept: Kept)["/privacy"].Body.PlainText.ShouldContain("your first name and a link");
    }

    [Fact]
    public void notices_mention_only_what_the_clinic_offers()
    {
        var few = Notices()["/privacy"].Body.PlainText;
        few.ShouldNotContain("newsletter");
        few.ShouldNotContain("book");
        var all = Notices(Everything)["/privacy"].Body.PlainText;
        all.ShouldContain("newsletter");
        all.ShouldContain("the time of a call that you book");
        all.ShouldContain("your answers to our questions about the call");
        all.ShouldContain("Backups may keep deleted data for 30 days more.");
    }

    /// <summary>RCW 19.373.020(1)(a) and NRS 603A.495(1), point by point.</summary>
    [Theory]
    [InlineData("What we collect")]
    [InlineData("Why we collect it")]
    [InlineData("Where it comes from")]
    [InlineData("Who gets it")]
    [InlineData("Hill Hosting")]
    [InlineData("Fir Clinic")]
    [InlineData("get a list of those with whom we have shared it")]
    [InlineData("have a mistake fixed")]
    [InlineData("take back your consent")]
    [InlineData("have your data deleted")]
    [InlineData("within 45 days")]
    [InlineData("you can appeal")]
    [InlineData("no one else can track you on this one")]
    [InlineData("This notice has been in effect since December 1, 2026.")]
    [InlineData("we say so here and ask you first")]
    public void the_health_data_policy_has_what_washington_and_nevada_require(string words) =>
        Notices(Everything)["/consumer-health-data"].Body.PlainText.ShouldContain(words);

    [Fact]
    public void the_nondiscrimination_notice_exists_only_if_the_clinic_takes_federal_money()
    {
        Notices("federalFunds: false\n").ShouldNotContainKey("/nondiscrimination");
        Notices().ShouldNotContainKey("/nondiscrimination");
        var text = Notices(Everything)["/nondiscrimination"].Body.PlainText;
        foreach (var ground in new[] { "race", "color", "national origin", "age", "disability", "sex" }) text.ShouldContain(ground);
        text.ShouldContain("ask Ann Lee, (303) 292-0143");
        text.ShouldContain("Office for Civil Rights");
        CivilRightsNotice.LanguageLines(_folder.Content().Clinic).Select(line => line.Language).ShouldBe(["en", "es", "vi"]);
    }

    [Fact]
    public void the_estimate_notice_exists_only_if_there_is_a_price()
    {
        Notices()["/good-faith-estimate"].Body.PlainText.ShouldContain("$400 or more above the estimate");
        _folder.Write("services/one.md", "---\ntitle: Infusions\nsummary: Short.\n---\nFine.\n");
        Notices().ShouldNotContainKey("/good-faith-estimate");
    }

    [Fact]
    public void a_link_to_a_notice_is_checked_like_any_other()
    {
        _folder.Write(
            "pages/about.md",
            "---\ntitle: About\n---\n[Privacy](/privacy), [health data](/consumer-health-data), [estimates](/good-faith-estimate).\n"
        );
        Notices();
        _folder.Write("pages/about.md", "---\ntitle: About\n---\n[Help](/nondiscrimination)\n");
        _folder.Read().Errors.ShouldHaveSingleItem().Key.ShouldBe("link");
    }

    [Fact]
    public void the_health_data_policy_links_to_the_notice_of_privacy_practices()
    {
        _folder.Write("pages/practices.md", "---\ntitle: Notice of Privacy Practices\nkind: privacy-practices\neffective: 2026-02-16\n---\nText.\n");
        Notices()["/consumer-health-data"].Body.Html.ShouldContain("href=\"/practices\"");
        _folder.Content().Pages.Single(page => page.Kind == PageKind.PrivacyPractices).Effective.ShouldBe(new NodaTime.LocalDate(2026, 2, 16));
    }

    [Theory]
    [InlineData("kind: privacy-practices\n", "effective: missing")]
    [InlineData("effective: 2026-02-16\n", "effective: only a notice of privacy practices")]
    [InlineData("kind: privacy\neffective: 2026-02-16\n", "is not one of privacy-practices")]
    public void a_privacy_practices_page_needs_its_kind_and_its_effective_date(string keys, string reported)
    {
        _folder.Write("pages/practices.md", $"---\ntitle: Practices\n{keys}---\nText.\n");
        _folder.Read().Errors.Select(error => error.ToMessage()).ShouldContain(message => message.Contains(reported, StringComparison.Ordinal));
    }
}
