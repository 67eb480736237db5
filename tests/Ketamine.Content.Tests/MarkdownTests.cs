using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Ketamine.Content.Tests;

public sealed class MarkdownTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private IElement Render(string body) => new HtmlParser().ParseDocument($"<body>{_folder.Html(body)}").Body!;

    [Fact]
    public void common_mark_is_supported()
    {
        var html = Render("A *quiet* **room**, `0.5 mg/kg`.  \nNext line\n\n- one\n- two\n\n3. three\n\n> said\n\n---\n");
        html.QuerySelector("p em")!.TextContent.ShouldBe("quiet");
        html.QuerySelector("p br").ShouldNotBeNull();
        html.QuerySelectorAll("ul > li").Length.ShouldBe(2);
        html.QuerySelector("ol")!.GetAttribute("start").ShouldBe("3");
        html.QuerySelector("blockquote > p")!.TextContent.ShouldBe("said");
        html.QuerySelector("hr").ShouldNotBeNull();
    }

    [Fact]
    public void straight_quotes_become_typographic_ones() =>
        Render("\"It's slow\" -- and the patients' 'own' words... `it's`").TextContent.Trim()
            .ShouldBe("“It’s slow” – and the patients’ ‘own’ words… it's");

    [Fact]
    public void a_wide_table_scrolls_in_a_named_box_that_the_keyboard_reaches()
    {
        var html = Render("| Dose | Effect |\n| --- | ---: |\n| low | *calm* |\n");
        var box = html.QuerySelector("div.table")!;
        box.GetAttribute("tabindex").ShouldBe("0");
        box.GetAttribute("role").ShouldBe("region");
        box.GetAttribute("aria-label").ShouldBe("Table 1: Dose, Effect");
        box.QuerySelectorAll("thead th[scope=col]").Length.ShouldBe(2);
        box.QuerySelector("tbody td:nth-child(2)")!.ClassName.ShouldBe("table__cell--right");
        box.InnerHtml.ShouldNotContain("style=");
    }

    [Fact]
    public void headings_have_readable_unique_anchors_and_are_in_the_table_of_contents()
    {
        var html = Render("## What it's like\n\ntext\n\n## What it's like\n\n### Añoranza & more\n\n[up](#what-its-like-2)\n");
        html.QuerySelectorAll("h2, h3").Select(heading => heading.Id).ShouldBe(["what-its-like", "what-its-like-2", "anoranza-more"]);
        html.QuerySelector("h2")!.TextContent.ShouldBe("What it’s like");
        var anchor = html.QuerySelector("h2 > a.anchor")!;
        (anchor.GetAttribute("aria-hidden"), anchor.GetAttribute("tabindex"), anchor.GetAttribute("href")).ShouldBe(("true", "-1", "#what-its-like"));
        var headings = _folder.Content().Articles[0].Body.Headings;
        headings
            .Select(heading => (heading.Level, heading.Id, heading.Title))
            .ShouldBe([(2, "what-its-like", "What it’s like"), (2, "what-its-like-2", "What it’s like"), (3, "anoranza-more", "Añoranza & more")]);
    }

    [Theory]
    [InlineData("note", "div", "Good to know")]
    [InlineData("warning", "div", "Important")]
    [InlineData("crisis", "div", "If you are in crisis")]
    [InlineData("key-points", "section", "Key points")]
    [InlineData("risks", "section", "Risks, and who should not have it")]
    public void a_callout_has_a_title_and_is_named_by_it(string kind, string element, string title)
    {
        var html = Render($"::: {kind}\n- one **point**\n:::\n");
        var callout = html.QuerySelector(".callout")!;
        callout.LocalName.ShouldBe(element);
        callout.ClassList.ShouldContain($"callout--{kind}");
        callout.QuerySelector(".callout__title")!.TextContent.ShouldBe(title);
        callout.GetAttribute("aria-labelledby").ShouldBe(callout.QuerySelector(".callout__title")!.Id);
        callout.QuerySelector("ul.callout__list strong").ShouldNotBeNull();
    }

    [Fact]
    public void a_callout_may_have_a_custom_title() =>
        Render("::: risks Who should wait\nText.\n:::\n").QuerySelector("h2.callout__title")!.TextContent.ShouldBe("Who should wait");

    [Fact]
    public void a_picture_alone_in_its_paragraph_is_a_numbered_figure_with_its_size()
    {
        _folder.Drawing("nerve.svg", 640, 480).Drawing("bare.svg");
        var html = Render("![A nerve cell](nerve.svg \"The cell, *drawn*.\")\n\n![](bare.svg)\n\n![Again](nerve.svg \"Second.\")\n");
        var figures = html.QuerySelectorAll("figure.figure");
        figures.Length.ShouldBe(3);
        figures[0].Id.ShouldBe("fig-1");
        figures[0].QuerySelector("figcaption")!.InnerHtml.ShouldBe("<span class=\"figure__number\">Fig. 1.</span> The cell, <em>drawn</em>.");
        var picture = figures[0].QuerySelector("img")!;
        picture.GetAttribute("alt").ShouldBe("A nerve cell");
        (picture.GetAttribute("width"), picture.GetAttribute("height"), picture.GetAttribute("loading"), picture.GetAttribute("decoding")).ShouldBe(
            ("640", "480", "lazy", "async")
        );
        var file = _folder.Content().Files["/images/nerve.svg"];
        picture.GetAttribute("src").ShouldBe(file.VersionedPath);
        figures[1].QuerySelector("img")!.GetAttribute("alt").ShouldBe("");
        figures[1].QuerySelector("figcaption").ShouldBeNull();
        figures[2].QuerySelector(".figure__number")!.TextContent.ShouldBe("Fig. 2.");
    }

    [Fact]
    public void a_tall_version_of_a_drawing_is_shown_on_phones()
    {
        _folder.Drawing("visit.svg", 1000, 300).Drawing("visit-tall.svg", 360, 800);
        var html = Render("![A visit](visit.svg \"A visit.\")\n");
        html.QuerySelector("figure")!.ClassList.ShouldContain("figure--tall-on-phones");
        var source = html.QuerySelector("picture > source")!;
        source.GetAttribute("media").ShouldBe("(max-width: 51.99rem)");
        source.GetAttribute("srcset")!.ShouldStartWith("/images/visit-tall.svg?v=");
        (source.GetAttribute("width"), source.GetAttribute("height")).ShouldBe(("360", "800"));
        html.QuerySelector("picture > img")!.GetAttribute("src")!.ShouldStartWith("/images/visit.svg?v=");
    }

    [Fact]
    public void links_between_texts_become_addresses()
    {
        _folder
            .Write("services/iv.md", "---\ntitle: IV\nsummary: S\n---\nText.")
            .Write("pages/about.md", "---\ntitle: About\n---\n## Us\n")
            .Write("pages/home.md", "---\ntitle: Home\n---\n");
        var html = Render("[a](article:one) [b](service:iv) [c](page:about#us) [d](page:home) [e](/contact) [f](tel:+13035550142) [g](mailto:a@b.example)");
        html.QuerySelectorAll("a")
            .Select(link => link.GetAttribute("href"))
            .ShouldBe(["/blog/one", "/services/iv", "/about#us", "/", "/contact", "tel:+13035550142", "mailto:a@b.example"]);
        html.QuerySelectorAll("a[rel], a.external").ShouldBeEmpty();
    }

    [Fact]
    public void a_link_to_another_site_says_so()
    {
        var link = Render("See [the trial](https://example.com/a?b=c&d=e).").QuerySelector("a")!;
        link.GetAttribute("href").ShouldBe("https://example.com/a?b=c&d=e");
        link.GetAttribute("rel").ShouldBe("noopener noreferrer");
        link.ClassName.ShouldBe("external");
        link.QuerySelector(".visually-hidden")!.TextContent.ShouldBe(" (opens another site)");
        link.HasAttribute("target").ShouldBeFalse();
    }

    [Fact]
    public void footnotes_are_lettered_and_linked_in_both_directions()
    {
        var html = Render("Said[^x] and[^y].\n\n[^x]: The first.\n[^y]: The second.\n");
        var marks = html.QuerySelectorAll("a.footnote");
        marks.Select(mark => mark.TextContent).ShouldBe(["a", "b"]);
        foreach (var mark in marks)
        {
            var note = html.QuerySelector($"[id='{mark.GetAttribute("href")![1..]}']")!;
            note.LocalName.ShouldBe("li");
            note.QuerySelector("a.footnote__back")!.GetAttribute("href").ShouldBe("#" + mark.Id);
        }
    }

    [Fact]
    public void definition_lists_are_supported() =>
        Render("Ketamine\n:   An anesthetic.\n\nEsketamine\n:   Its mirror image.\n")
            .QuerySelectorAll("dl > div > dt, dl > div > dd")
            .Select(item => item.TextContent.Trim())
            .ShouldBe(["Ketamine", "An anesthetic.", "Esketamine", "Its mirror image."]);

    [Fact]
    public void attributes_and_task_lists_stay_text()
    {
        var html = Render("A paragraph. {onclick=\"x()\" #id}\n\n- [ ] task\n");
        html.QuerySelector("[onclick], input, #id").ShouldBeNull();
        html.TextContent.ShouldContain("{onclick");
    }

    [Fact]
    public void a_comment_is_only_for_editors() =>
        Render("Seen. <!-- not seen -->\n\n<!-- nor this -->\n").InnerHtml.ShouldNotContain("seen -->");

    [Fact]
    public void the_plain_text_has_only_the_words()
    {
        _folder.Drawing("nerve.svg").Write("bibliography.yml", Zarate);
        _folder.Article(
            "one",
            "## A *title*\n\nWords [linked](/contact), cited [@zarate-2006].\n\n![Alt](nerve.svg \"Caption.\")\n\n| a | b |\n|---|---|\n| c | d |\n"
        );
        var body = _folder.Content().Articles[0].Body;
        body.PlainText.Split('\n').ShouldBe(["A title", "Words linked, cited.", "Caption.", "a", "b", "c", "d"]);
        body.Words.ShouldBe(10);
    }

    [Theory]
    [InlineData("Of those asked [@zarate-2006], few", "Of those asked, few")]
    [InlineData("Of those asked\n[@zarate-2006], few", "Of those asked, few")]
    [InlineData("Of those *asked* [@zarate-2006], few", "Of those asked, few")]
    [InlineData("Of those *asked*\n[@zarate-2006]; few", "Of those asked; few")]
    [InlineData("Of those asked [@zarate-2006] few", "Of those asked few")]
    [InlineData("Of those asked[@zarate-2006]\nfew", "Of those asked few")]
    [InlineData("Of those asked [^n], few\n\n[^n]: Note.", "Of those asked, few\nNote.")]
    [InlineData("[@zarate-2006] Few", "Few")]
    public void a_removed_mark_leaves_no_gap(string markdown, string plain)
    {
        _folder.Write("bibliography.yml", Zarate).Article("one", markdown);
        var body = _folder.Content().Articles[0].Body;
        body.PlainText.ShouldBe(plain);
        if (markdown.Contains("*asked*", StringComparison.Ordinal)) body.Html.ShouldContain("<em>asked</em><span class=\"citation\">");
        if (markdown.Contains("asked\n", StringComparison.Ordinal)) body.Html.ShouldContain("asked<span class=\"citation\">");
    }

    [Fact]
    public void citations_are_numbered_by_first_use_and_linked_in_both_directions()
    {
        _folder.Write("bibliography.yml", Zarate + Berman);
        var html = Render("One [@zarate-2006]. Two [@berman-2000; @zarate-2006].\n");
        html.QuerySelectorAll(".citation")
            .Select(mark => string.Concat(mark.QuerySelectorAll(".citation__link").Select(link => link.TextContent + " ")))
            .ShouldBe(["1 ", "2 1 "]);
        html.QuerySelector("p")!.InnerHtml.ShouldStartWith("One<span class=\"citation\">[");
        foreach (var link in html.QuerySelectorAll(".citation__link"))
        {
            var entry = html.QuerySelector($".references__entry[id='{link.GetAttribute("href")![1..]}']")!;
            entry.QuerySelectorAll("a[role=doc-backlink]").Select(back => back.GetAttribute("href")).ShouldContain("#" + link.Id);
            link.GetAttribute("aria-label").ShouldBe($"Reference {link.TextContent}");
            var note = html.QuerySelector($"[id='{link.GetAttribute("aria-describedby")}']")!;
            note.ShouldBe(link.NextElementSibling);
            note.ClassName.ShouldBe("citation__note");
            // Read aloud only with the link, and hidden even without a stylesheet.
            (note.GetAttribute("aria-hidden"), note.HasAttribute("hidden")).ShouldBe(("true", true));
        }

        html.QuerySelectorAll("[id]").Select(element => element.Id).ShouldBeUnique();
        _folder.Content().Articles[0].Body.Citations.ShouldBe(["zarate-2006", "berman-2000"]);
        _folder.Content().Articles[0].Body.Headings[^1].Id.ShouldBe("references");
    }

    [Fact]
    public void a_reference_shows_who_studied_what_where_and_in_how_many_people()
    {
        _folder.Write("bibliography.yml", Zarate);
        var entry = Render("One [@zarate-2006].").QuerySelector("#ref-1")!;
        foreach (var hidden in entry.QuerySelectorAll(".visually-hidden, .references__back")) hidden.Remove();
        entry
            .TextContent.Trim()
            .ShouldBe(
                "Zarate CA Jr, Singh JB. A randomized trial. Archives of General Psychiatry 2006;63(8):856–864. "
                    + "Randomized trial, 18 people. doi:10.1001/archpsyc.63.8.856 PubMed"
            );
        entry
            .QuerySelectorAll("a.external")
            .Select(link => link.GetAttribute("href"))
            .ShouldBe(["https://doi.org/10.1001/archpsyc.63.8.856", "https://pubmed.ncbi.nlm.nih.gov/16894061/"]);
    }

    [Fact]
    public void ids_of_several_answers_on_one_page_are_unique()
    {
        _folder.Write("bibliography.yml", Zarate);
        _folder.Write(
            "faqs.yml",
            "- group: A\n  questions:\n"
                + "    - question: Is it safe?\n      answer: Mostly [@zarate-2006].\n    - question: Is it safe?\n      answer: Mostly [@zarate-2006].\n"
        );
        var questions = _folder.Content().Faqs[0].Questions;
        questions.Select(question => question.Anchor).ShouldBe(["is-it-safe", "is-it-safe-2"]);
        new HtmlParser()
            .ParseDocument(string.Concat(questions.Select(question => question.Answer.Html)))
            .QuerySelectorAll("[id]")
            .Select(element => element.Id)
            .ShouldBeUnique();
    }

    private const string Zarate = """
        - key: zarate-2006
          authors: [Zarate CA Jr, Singh JB]
          title: A randomized trial
          journal: Archives of General Psychiatry
          year: 2006
          volume: "63"
          issue: "8"
          pages: 856-864
          doi: 10.1001/archpsyc.63.8.856
          pmid: "16894061"
          kind: rct
          population: 18 people with treatment-resistant depression
          finding: It was quick.

        """;

    private const string Berman = """
        - key: berman-2000
          authors: [Berman RM]
          title: Antidepressant effects
          kind: rct
          finding: The first.

        """;
}
