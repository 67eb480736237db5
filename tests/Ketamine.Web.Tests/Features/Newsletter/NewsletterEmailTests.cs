using System.Text;
using AngleSharp.Html.Parser;
using Ketamine.Content;
using Ketamine.Web.Features.Newsletter;

namespace Ketamine.Web.Tests.Features.Newsletter;

public sealed class NewsletterEmailTests
{
    private static readonly Uri Site = new("https://cedar-and-sage.example");

    private const string Everything = """
        ---
        title: November
        summary: Evening hours.
        ---

        We open at *eight*, on **Thursdays** too. [Call us](/contact), [see below](#risks) or write to <hello@juniper.example>.

        - One
          - Nested, with `code`
        - Two

        3. Third
        4. Fourth

        | Day | Opens |
        |---|---:|
        | Monday | 9:00 |

        > Quoted, and long enough that it goes on in a second line of the mail.
        >
        > Twice.

        ![Two receptors.](nmda-receptor.svg "Where it *sits*.")

        ![The wordmark.](window.svg "Not drawn for mails.")

        ::: key-points
        - Short.
        :::

        ## Risks

        ::: risks
        Two trials watched for them [@zarate-2006; @murrough-2013].[^1]
        :::

        ::: warning Mind
        Do not drive.
        :::

            <b>as typed</b>
              indented

        ---

        [^1]: A small trial.

        Term
        :   Its meaning.
        """;

    /// <summary>A clinic without safety.yml, which would require a list of risks in the file.</summary>
    private static ClinicApp Clinic(string theme = "") => ClinicApp.With(folder =>
    {
        folder.Write("clinic.yml", Readers.Clinic.Replace("juniper.example", Site.Host, StringComparison.Ordinal) + "\n" + theme);
        foreach (var file in new[] { "bibliography.yml", "images/nmda-receptor.svg", "images/nmda-receptor.png", "images/window.svg" })
        {
            var target = Path.Combine(folder.Root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Repository.PathOf("content", file), target);
        }
    });

    private static Task<NewsletterEmail> OfFileAsync(ClinicApp app, string text) => app.UseAsync<IssueComposer, NewsletterEmail>(composer =>
    {
        var (letter, problems) = composer.OfFile("november.md", Encoding.UTF8.GetBytes(text), null);
        problems.ShouldBeEmpty();
        return Task.FromResult(letter!);
    });

    private static Task<NewsletterEmail> OfArticleAsync(ClinicApp app, string slug, bool whole = true) =>
        app.UseAsync<IssueComposer, NewsletterEmail>(composer =>
        {
        var (letter, problems) = composer.OfArticle(slug, null, app.Clock.Now, whole);
        problems.ShouldBeEmpty();
        return Task.FromResult(letter!);
    });

    [Fact]
    public async Task every_sample_article_is_an_email_that_programs_render_with_the_same_links_in_both_parts()
    {
        await using var app = new ClinicApp();
        var articles = app.UseAsync<ContentStore, IReadOnlyList<string>>(store =>
            Task.FromResult<IReadOnlyList<string>>([
                .. store.Current.Content.Articles.Where(article => !article.Draft).Select(article => article.Slug.ToString()),
            ])
        );
        foreach (var slug in await articles)
        {
            var letter = await OfArticleAsync(app, slug);
            MailProgramRules.Broken(letter.Html, Site).ShouldBeEmpty(slug);
            MailProgramRules.Broken((await OfArticleAsync(app, slug, whole: false)).Html, Site).ShouldBeEmpty(slug);
            var links = new HtmlParser()
                .ParseDocument(letter.Html)
                .QuerySelectorAll("a")
                .Select(link => link.GetAttribute("href")!)
                .Where(link => link.StartsWith("https:", StringComparison.Ordinal));
            foreach (var link in links)
                letter.Text.ShouldContain(link, Case.Sensitive, slug);
            letter.Text.Split('\n').ShouldAllBe(line => line.Length <= 72 || !line.Trim().Contains(' '));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("theme:\n  accent: \"#7a1f5c\"\n  paper: \"#e8e2f4\"\n  ink: \"#241a33\"\n")]
    [InlineData("theme:\n  accent: \"#b3005e\"\n  ink: \"#5a5a5a\"\n  dark:\n    paper: \"#3a3340\"\n    ink: \"#d8d0e0\"\n    accent: \"#f0b0d8\"\n")]
    public async Task a_file_with_every_markdown_feature_is_rendered_in_the_clinics_colors(string theme)
    {
        await using var app = Clinic(theme);
        MailProgramRules.Broken((await OfFileAsync(app, Everything)).Html, Site).ShouldBeEmpty();
    }

    [Fact]
    public async Task the_confirmation_email_renders_too()
    {
        await using var app = Readers.WithNewsletter();
        await app.SignUpAsync("ada@reader.example");
        MailProgramRules.Broken((await app.ConfirmationAsync("ada@reader.example")).Html, new Uri("https://juniper.example")).ShouldBeEmpty();
    }

    [Fact]
    public async Task the_rules_notice_what_email_programs_do_not_support()
    {
        await using var app = Clinic();
        var html = (await OfFileAsync(app, Everything)).Html;
        foreach (var (old, now, expected) in new[]
        {
            ("<h1", "<script></script><h1", "<script>"),
            ("<h1", "<svg></svg><h1", "<svg>"),
            ("<h1", "<p>a<p>b</div></span><h1", "no valid HTML"),
            ("<h1", "<img src=\"https://tracker.example/images/a.png?v=00000000\" alt=\"\" width=\"16\"><h1", "a picture from"),
            ("<h1", "<img src=\"https://cedar-and-sage.example/images/a.png?v=00000000\" alt=\"\" width=\"1\"><h1", "width 1"),
            ("<h1", "<a href=\"https://cedar-and-sage.example/blog?utm_source=mail\">x</a><h1", "tells more"),
            ("<h1", "<a href=\"/blog\">x</a><h1", "a link to /blog"),
            ("role=\"presentation\"", "", "layout"),
            ("margin:0 0 16px", "margin:1rem", "rem"),
            ("margin:0 0 16px", "display:flex", "flex"),
            ("color:#2b2c26", "color:#999999", "light:"),
            ("class=\"soft\"", "", "dark:"),
        })
        {
            MailProgramRules
                .Broken(html.Replace(old, now, StringComparison.Ordinal), Site)
                .ShouldContain(wrong => wrong.Contains(expected, StringComparison.Ordinal), expected);
        }
    }

    [Fact]
    public async Task the_text_part_reads_well_alone()
    {
        await using var app = Clinic();
        var letter = await OfFileAsync(app, Everything);
        var drawing = letter.Text.Split('\n').Single(line => line.Contains("/images/nmda-receptor.svg", StringComparison.Ordinal));
        var mark = letter.Text.Split('\n').Single(line => line.Contains("/images/window.svg", StringComparison.Ordinal));
        letter.Text[..letter.Text.IndexOf("References\n", StringComparison.Ordinal)].ShouldBe($"""
            November
            ========

            We open at eight, on Thursdays too. Call us
            (https://cedar-and-sage.example/contact), see below or write to
            hello@juniper.example.

            - One
              - Nested, with code
            - Two

            3. Third
            4. Fourth

            - Monday
              Opens: 9:00

            > Quoted, and long enough that it goes on in a second line of the mail.
            >
            > Twice.

            [Picture: Two receptors.]
            {drawing}

            Fig. 1. Where it sits.

            [Picture: The wordmark.]
            {mark}

            Fig. 2. Not drawn for mails.

            KEY POINTS

            - Short.

            Risks
            -----

            RISKS, AND WHO SHOULD NOT HAVE IT

            Two trials watched for them[1, 2].[a]

            MIND

            Do not drive.

              <b>as typed</b>
                indented

            ------------------------------------------------------------------------

            Term
              Its meaning.

            a. A small trial.


            """.ReplaceLineEndings("\n"));
        letter.Text.ShouldContain("Randomized trial, 18 people.\n   https://doi.org/10.1001/archpsyc.63.8.856\n2. Murrough");
        letter.Text.ShouldNotContain("pubmed");
    }

    [Fact]
    public async Task a_drawing_is_replaced_by_its_raster_version_or_by_text_and_a_link()
    {
        await using var app = Clinic();
        var html = (await OfFileAsync(app, Everything)).Html;
        var document = new HtmlParser().ParseDocument(html);
        var image = document.QuerySelectorAll("img").ShouldHaveSingleItem();
        image.GetAttribute("src")!.ShouldStartWith("https://cedar-and-sage.example/images/nmda-receptor.png?v=");
        (image.GetAttribute("alt"), image.GetAttribute("width")).ShouldBe(("Two receptors.", "560"));
        // A separate file has no page on the site, so the link goes to the drawing itself.
        document
            .QuerySelectorAll("a")
            .Select(link => link.GetAttribute("href")!)
            .ShouldContain(link => link.StartsWith("https://cedar-and-sage.example/images/window.svg", StringComparison.Ordinal));
        html.ShouldNotContain("example/#");
        await using var sample = new ClinicApp();
        (await OfArticleAsync(sample, "what-a-visit-is-like")).Html.ShouldContain("/images/visit-tall.png?v=");
    }

    [Fact]
    public async Task an_article_is_sent_as_an_opening_of_about_150_words_with_a_button_unless_the_whole_is_requested()
    {
        await using var app = new ClinicApp();
        var (opening, whole) = (await OfArticleAsync(app, "nmda-receptor", whole: false), await OfArticleAsync(app, "nmda-receptor"));
        const string page = "https://cedar-and-sage.example/blog/nmda-receptor";
        new HtmlParser().ParseDocument(opening.Html).QuerySelector("a.button")!.GetAttribute("href").ShouldBe(page);
        opening.Text.ShouldContain($"Read the whole article:\n{page}\n");
        var words = opening
            .Text[..opening.Text.IndexOf("Read the whole article", StringComparison.Ordinal)]
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Length;
        words.ShouldBeInRange(100, 280);
        // A mark without its list would lead nowhere.
        foreach (var part in new[] { opening.Text, opening.Html })
        {
            part.ShouldNotContain("[1]");
            part.ShouldNotContain("References");
            part.ShouldContain(NewsletterEmail.UnsubscribeLink);
        }

        whole.Text.ShouldContain("References");
        whole.Html.ShouldNotContain("class=\"button\"");
    }

    [Fact]
    public async Task a_box_does_not_repeat_the_heading_above_it()
    {
        await using var app = new ClinicApp();
        var letter = await OfArticleAsync(app, "nmda-receptor");
        (letter.Html.Split("Risks, and who should not have it").Length - 1).ShouldBe(1);
        (letter.Text.Split("Risks, and who should not have it", StringSplitOptions.None).Length - 1).ShouldBe(1);
        letter.Text.ShouldNotContain("RISKS", Case.Sensitive);
        letter.Html.ShouldNotContain("&#xA;");
    }
}
