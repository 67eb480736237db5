using System.Text;
using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Ops;

namespace Ketamine.Web.Tests.Features.Newsletter;

public sealed class ComposingTests
{
    private const string Article = """
        ---
        title: What a visit is like
        summary: From the door to the ride home.
        authors: [nursing-team]
        published: 2027-01-01
        ---

        Wear *loose* clothes. [Call us](/contact) first.

        | Time | What |
        |---|---|
        | 9:00 | Arrival |

        """;

    private static ClinicApp Clinic(string clinic = Readers.Clinic) => ClinicApp.With(folder => folder.Write("clinic.yml", clinic));

    private static ClinicApp Sample(string article = Article) => ClinicApp.With(folder => folder.Sample().Write("articles/a-visit.md", article));

    private static Task<(NewsletterEmail? Letter, IReadOnlyList<string> Problems)> OfArticleAsync(ClinicApp app) =>
        app.UseAsync<IssueComposer, (NewsletterEmail?, IReadOnlyList<string>)>(composer => Task.FromResult(composer.OfArticle("a-visit", null, app.Clock.Now)));

    private static Task<(NewsletterEmail? Letter, IReadOnlyList<string> Problems)> OfFileAsync(ClinicApp app, string text) =>
        app.UseAsync<IssueComposer, (NewsletterEmail?, IReadOnlyList<string>)>(composer =>
            Task.FromResult(composer.OfFile("november.md", Encoding.UTF8.GetBytes(text), null))
        );

    private static string File(string words) => $"---\ntitle: November\nsummary: Evening hours.\n---\n\n{words}\n";

    [Fact]
    public async Task both_parts_say_the_same_with_whole_addresses_the_postal_address_and_why_they_get_it()
    {
        await using var app = Clinic();
        var (letter, problems) = await OfFileAsync(app, File("We open at **eight**. [Call us](/contact).\n\n- one\n- two"));
        problems.ShouldBeEmpty();
        letter!.Subject.ShouldBe("November");
        letter.Html.ShouldContain("Evening hours.");
        foreach (var part in new[] { letter.Text, letter.Html })
        {
            part.ShouldContain("https://juniper.example/contact");
            part.ShouldContain("12 Aspen Way, Boulder, CO 80301, US");
            part.ShouldContain("getting this because you subscribed");
            part.ShouldContain(NewsletterEmail.UnsubscribeLink);
        }

        letter.Html.ShouldAllBe(c => c < 128);
        letter.Html.ShouldNotContain("<script");
        letter.Html.ShouldNotContain("<img");
        letter.Text.Split('\n').ShouldAllBe(line => line.Length <= 72 || !line.Contains(' '));
    }

    [Theory]
    [InlineData("published: 2027-01-01", "published: 2027-01-01\ndraft: true", "draft")]
    [InlineData("published: 2027-01-01", "published: 2027-03-01", "choose a later --at")]
    [InlineData("Wear *loose* clothes.", "Ketamine cures depression.", "cure")]
    public async Task a_draft_an_article_that_is_not_yet_on_the_site_and_a_forbidden_claim_are_not_sent(string old, string now, string expected)
    {
        await using var app = Sample(Article.Replace(old, now, StringComparison.Ordinal));
        var (letter, problems) = await OfArticleAsync(app);
        letter.ShouldBeNull();
        problems.ShouldContain(problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task at_a_clinic_with_reviewers_an_article_is_sent_only_after_a_reviewer_signed_it()
    {
        await using var app = Sample();
        var (letter, problems) = await OfArticleAsync(app);
        letter.ShouldBeNull();
        problems.ShouldHaveSingleItem().ShouldContain("not signed by a medical reviewer");
        Ketamine.Content.Editing.ContentSign.Run(app.Folder.Root, "a-visit", "medical-director", app.Clock, TextWriter.Null).ShouldBe(0);
        (letter, problems) = await OfArticleAsync(app);
        problems.ShouldBeEmpty();
        letter!.Text.ShouldContain("9:00\n  What: Arrival");
        letter.Text.ShouldContain("/blog/a-visit");
    }

    [Fact]
    public async Task a_separate_file_is_checked_against_the_claims_rules_too()
    {
        await using var app = Sample();
        var (letter, problems) = await OfFileAsync(app, File("Ketamine cures depression."));
        letter.ShouldBeNull();
        problems.ShouldContain(problem => problem.Contains("cure", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_clinic_without_a_postal_address_sends_nothing()
    {
        await using var app = Clinic(ClinicFolder.SmallestClinic + "\nnewsletter:\n  heading: News\n  invitation: Monthly.\n  thanks: Thanks!\n");
        var (letter, problems) = await OfFileAsync(app, File("Hello."));
        letter.ShouldBeNull();
        problems.ShouldHaveSingleItem().ShouldContain("CAN-SPAM");
    }
}
