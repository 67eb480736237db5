using Ketamine.Content.Editing;
using Ketamine.Language;

namespace Ketamine.Content.Tests;

/// <summary>One mistake in an otherwise correct folder is reported once, with its file, its line, and what to write.</summary>
public sealed class EditorMistakesTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private const string Clinic = "name: Cedar\nurl: https://cedar.clinic\ntimeZone: America/Denver\n";

    [Fact]
    public void placeholders_are_not_errors_just_because_clinic_yml_cannot_be_read()
    {
        _folder.Write("clinic.yml", Clinic + "published: false\n").Article("one", "[[Write: what to bring]]\n");
        Errors().ShouldBeEmpty();
        _folder.Write("clinic.yml", Clinic + "published: false\nhours: Mon-Fri 9-5\n  - days: [mon]\n");
        Errors().ShouldHaveSingleItem().File.ShouldBe("clinic.yml");
        _folder.Write("clinic.yml", Clinic);
        Errors().ShouldHaveSingleItem().Key.ShouldBe("to write");

        IEnumerable<Diagnostic> Errors() => CheckReport.Of(_folder.Path, new FixedClock(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero)), cards: null)
            .Problems.Where(problem => problem.Severity is DiagnosticSeverity.Error);
    }

    /// <summary>In clinic.yml, after its first three lines: the mistake, the line of the message, and the line to write.</summary>
    [Theory]
    [InlineData("phone: call us", 4, "phone: \"(303) 555-0142\"")]
    [InlineData("email: hello at cedar.clinic", 4, "email: hello@cedar.clinic")]
    [InlineData("hours:\n  - days: [mon]\n    opens: \"09:00\"\n    closes: \"24:00\"", 7, "closes: \"23:59\"")]
    [InlineData("hours:\n  - days: [mon]\n    opens: \"12:00\"\n    closes: \"09:00\"", 7, "closes: a time after \"12:00\"")]
    [InlineData("hours:\n  - days: [mon]\n    opens: \"09:00\"", 5, "closes: \"17:00\"")]
    [InlineData("hours: Mon-Thu 9-5, Fri morning", 4, "hours: Mon-Thu 9-5, Fri 9-1")]
    [InlineData("hours:\n  - days: [mno]\n    opens: 9am\n    closes: 5pm", 5, "days: mon")]
    [InlineData("sample: maybe", 4, "sample: true")]
    [InlineData("tagLnie: Quiet rooms", 4, "tagline: Quiet rooms")]
    [InlineData("tagline: Ketamine: what we know", 4, "tagline: \"Ketamine: what we know\"")]
    [InlineData("tagline: \"Quiet rooms", 4, "tagline: \"Quiet rooms\"")]
    [InlineData("tagline: @cedar", 4, "tagline: \"@cedar\"")]
    [InlineData("address:\n\tstreet: 1 Main", 5, "  street: 1 Main")]
    [InlineData("address:\n  street: 1 Main\n  ctiy: Denver", 6, "city: Denver")]
    [InlineData("address:\n  street: 1 Main\n  city: Denver\n  zip: \"80205\"", 7, "postalCode: \"80205\"")]
    [InlineData("logo: lgoo.svg", 4, "logo: logo.svg")]
    [InlineData("logo: Logo.PNG", 4, "logo: logo.svg")]
    [InlineData("theme:\n  accent: #0f4a4f", 5, "accent: \"#0f4a4f\"")]
    [InlineData("consultation:\n  title: A call\n  minutes: twenty", 6, "minutes: 20")]
    [InlineData("consultation:\n  title: A call\n  closed: [12/25/2026]", 6, "- 2026-12-25")]
    [InlineData("navigation:\n  - title: About\n    href: /abuot", 6, "href: /about")]
    [InlineData("holidays:\n  - date: 12/25/2026\n    closed: true", 5, "date: 2026-12-25")]
    [InlineData("holidays:\n  - date: 2026-12-25", 5, "closed: true")]
    [InlineData(
        "holidays:\n  - date: 2026-12-25\n    closed: true\n    opens: \"09:00\"\n    closes: \"12:00\"",
        6,
        "closed: true (and remove opens and closes)"
    )]
    [InlineData("holidays:\n  - date: 2026-12-24\n    opens: \"09:00\"", 5, "closes: \"17:00\"")]
    [InlineData("holidays:\n  - from: 2026-12-24\n    to: 2026-12-20\n    closed: true", 6, "to: 2026-12-24, or a later day")]
    [InlineData("notice:\n  text: Closed.\n  from: 2026-12-24\n  until: 2026-12-20", 7, "until: 2026-12-24, or a later day")]
    [InlineData("locations:\n  - name: West\n    parking: In the yard.\n    stepfree: A ramp.", 7, "stepFree: A ramp.")]
    [InlineData("name: Again", 4, "remove one of the two lines")]
    public void a_mistake_in_clinic_yml_is_reported_once_with_the_line_to_write(string mistake, int line, string write)
    {
        _folder.Write("clinic.yml", Clinic + mistake + "\n").Write("pages/about.md", "---\ntitle: About\n---\nWords.\n").Drawing("logo.svg");
        Only("clinic.yml", line, write);
    }

    [Theory]
    [InlineData("timeZone: Mountain", "timeZone: America/Denver")]
    [InlineData("timeZone: Eastern Time", "timeZone: America/New_York")]
    [InlineData("timeZone: MST", "timeZone: America/Denver")]
    [InlineData("timeZone: Denver, CO", "timeZone: America/Denver")]
    [InlineData("timezone: America/Denver", "timeZone: America/Denver")]
    public void an_everyday_name_of_a_time_zone_gets_a_suggestion(string zone, string write)
    {
        _folder.Write("clinic.yml", $"name: Cedar\nurl: https://cedar.clinic\n{zone}\n");
        Only("clinic.yml", 3, write);
    }

    /// <summary>In an article whose body begins on line 8: a key, the body, the line of the message, and what to write.</summary>
    [Theory]
    [InlineData("", "See [the visit](article:a-vist).", 8, "[words](article:a-visit)")]
    [InlineData("", "See [the visit](a-vist.md).", 8, "[words](article:a-visit)")]
    [InlineData("", "See [it](www.example.org).", 8, "https://www.example.org")]
    [InlineData("", "It helped some [@zarat-2006].", 8, "[@zarate-2006]")]
    [InlineData("", "It helped some [@zarate-2006, @other-2010].", 8, "[@zarate-2006; @other-2010]")]
    [InlineData("", "It helped some [@zarate-2006, p. 3-5; @x].", 8, "[@zarate-2006; @x]")]
    [InlineData("", "It helped some [@zarate-2006, other-2010].", 8, "[@zarate-2006; @other-2010]")]
    [InlineData("", "## The visit\n\nSee [it](#vsit).\n\n## Visit", 10, "[words](#visit)")]
    [InlineData("", "## The visit\n\nSee [it](#nowhere).\n\n## After", 10, "one of #the-visit, #after")]
    [InlineData("", "See [it](#your-ride).", 8, "## Your ride (above what it should lead to; this text has no headings)")]
    [InlineData("updated: 2226-02-03", "Words.", 7, "updated: 2026-02-03")]
    [InlineData("updated: 1026-02-03T09:00:00Z", "Words.", 7, "updated: 2026-02-03")]
    [InlineData("validUntil: 2227-02-03", "Words.", 7, "validUntil: 2027-02-03")]
    [InlineData("aliases: [/old page]", "Words.", 7, "aliases: [/old%20page]")]
    [InlineData("", "This is <b>bold</b>.", 8, "**words**")]
    [InlineData("", "![A leaf](LEAF.PNG)", 8, "![A leaf](leaf.svg)")]
    [InlineData("", "::: notes\nWords.\n:::", 8, "::: note")]
    [InlineData("author: ann", "Words.", 7, "authors: ann")]
    [InlineData("image: leaf.svg", "Words.", 7, "imageAlt: what the picture shows, or \"\" if it is only decoration")]
    [InlineData("updated: 3/15/2026", "Words.", 7, "updated: 2026-03-15")]
    [InlineData("updated: 2026-03-01", "Words.", 7, "updated: 2026-03-14, or a later day")]
    [InlineData("reviewedBy: ann", "Words.", 7, "reviewed: 2026-03-14")]
    [InlineData("related: [a-vist]", "Words.", 7, "related: [a-visit]")]
    public void a_mistake_in_an_article_is_reported_once_with_what_to_write(string key, string body, int line, string write)
    {
        var authors = key.StartsWith("author:", StringComparison.Ordinal) ? "draft: false" : "authors: [ann]";
        _folder
            .Drawing("leaf.svg")
            .Article("a-visit", "Words.\n")
            .Write(
                "bibliography.yml",
                "- {key: zarate-2006, authors: [Zarate CA Jr], title: A trial, kind: rct, finding: It found something.}\n"
                    + "- {key: other-2010, authors: [Other A], title: T, kind: rct, finding: F.}\n"
            )
            .Write(
                "articles/one.md",
                $"---\ntitle: One\nsummary: S.\npublished: 2026-03-14\n{authors}\ntopics: [visits]\n{(key.Length > 0 ? key + "\n" : "")}---\n{body}\n"
            );
        Only("articles/one.md", line, write);
    }

    [Theory]
    [InlineData("people.yml", "ann:\n  name: Ann Lee\nBen Smith:\n  name: Ben\n", 3, "ben-smith:")]
    [InlineData("people.yml", "ann:\n  name: Ann Lee\n  credential: MD\n", 3, "credentials: MD")]
    [InlineData("faqs.yml", "- group: Visits\n  questions:\n    - question: How long?\n      anwser: An hour.\n", 4, "answer: An hour.")]
    [InlineData("redirects.yml", "old: /about\n", 1, "/old: /about")]
    [InlineData("redirects.yml", "/old page: /about\n", 1, "/old%20page: /about")]
    [InlineData("redirects.yml", "/old\\page: /about\n", 1, "/old/page: /about")]
    [InlineData("images.yml", "lef.svg:\n  alt: A leaf\n", 1, "leaf.svg:")]
    [InlineData("images.yml", "leaf.svg:\n  focus: middle\n", 2, "focus: 40% 30%")]
    [InlineData("search.yml", "cost: [afford, {a: b}]\n", 1, "cost: [afford, \"how much\"]")]
    [InlineData("reviews.yml", "- text: Kind people.\n  by: R.\n  date: 2026-03-14\n  consent: March 15, 2026 maybe\n", 4, "consent: 2026-03-14")]
    public void a_mistake_in_another_list_is_reported_once_with_the_line_to_write(string file, string text, int line, string write)
    {
        _folder.Write(file, text).Write("pages/about.md", "---\ntitle: About\n---\nWords.\n").Drawing("leaf.svg");
        Only(file, line, write);
    }

    [Fact]
    public void a_wrong_date_citation_or_address_gets_a_message_that_says_what_is_wrong()
    {
        _folder.Write("redirects.yml", "/old page: /about\n").Write("pages/about.md", "---\ntitle: About\n---\nWords.\n")
            .Write("articles/one.md", "---\ntitle: One\nsummary: S.\npublished: 2226-02-03\nauthors: [ann]\n---\nIt helped [@a-2000, p. 3].\n");
        _folder.Read().Errors.Select(error => error.Found).ShouldBe([
            "2226-02-03 is too far in the future; did you mean 2026?",
            "\"[@a-2000, p. 3]\" isn't a valid citation: it can't name pages",
            "an address has no spaces; a space in an old address is written %20",
        ]);
    }

    [Theory]
    [InlineData("/old%20page", "/old page")]
    [InlineData("/caf%C3%A9", "/café")]
    [InlineData("/100%", "/100%")]
    public void an_old_address_is_found_as_the_server_decodes_it(string written, string decoded)
    {
        _folder.Write("redirects.yml", written + ": /about\n").Write("pages/about.md", "---\ntitle: About\n---\nWords.\n");
        _folder.Content().Redirects[decoded].To.ShouldBe("/about");
    }

    [Theory]
    [InlineData("![](/images/leaf.svg)", "image: \"/images/leaf.svg\" is a picture without alternative text")]
    [InlineData("![IMG_1234.jpg](leaf.svg)", "image: the alternative text \"IMG_1234.jpg\" doesn't say what the picture shows")]
    [InlineData("![image](leaf.svg)", "image: the alternative text \"image\" doesn't say what the picture shows")]
    [InlineData("Words ![Photo 2](leaf.svg) here.", "image: the alternative text \"Photo 2\" doesn't say what the picture shows")]
    [InlineData("![Image of a leaf](leaf.svg)", null)]
    [InlineData("##NoSpace", "heading: \"##NoSpace\" needs a space after ## to be a heading")]
    [InlineData("Words.\n###No *space*\nMore.", "heading: \"###No \" needs a space after ### to be a heading")]
    [InlineData("\\##NoSpace and #1 and ## two\n\n#1 is rest.\n\n`##x`\n", null)]
    public void a_warning_names_what_visitors_would_not_understand(string body, string? warning)
    {
        _folder.Drawing("leaf.svg").Article("one", body, "topics: [visits]\n");
        var found = CheckReport.Of(_folder.Path, new FixedClock(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero)), cards: null)
            .Problems.Where(problem => problem.Key is "image" or "heading").Select(problem => $"{problem.Key}: {problem.Found}");
        found.ShouldBe(warning is null ? [] : [warning]);
    }

    /// <summary>The first line of each message says what is wrong, and no message has the form "found this, wanted that".</summary>
    [Fact]
    public void no_message_makes_the_editor_guess_what_is_wrong()
    {
        var expectations = Directory.EnumerateFiles(Repository.PathOf("tests/Ketamine.Content.Tests/broken"), "expected.txt", SearchOption.AllDirectories);
        foreach (var line in expectations.SelectMany(File.ReadLines))
        {
            line.ShouldNotContain("; wanted");
            line.ShouldNotContain(": found ");
            line.ShouldNotEndWith(": nothing");
        }
    }

    [Theory]
    [InlineData("phone: (303) 555-0142")]
    [InlineData("hours: Mon-Thu 9-5, Fri 9-1")]
    [InlineData("hours:\n  - Mon-Fri 9am to 5pm\n  - Saturday 10–2")]
    [InlineData("hours:\n  - days: weekdays\n    opens: 9\n    closes: 5")]
    [InlineData("sample: yes")]
    [InlineData("url: www.cedar.clinic", true)]
    [InlineData("theme: {accent: 0f4a4f}")]
    [InlineData("social: {instagram: \"@cedar\"}")]
    [InlineData("consultation: {title: A call, minutes: 20 minutes, weekly: Mon-Wed 9-12, closed: [\"December 25, 2026\"], by: Phone}")]
    public void unambiguous_values_are_accepted(string line, bool insteadOfUrl = false)
    {
        _folder.Write("clinic.yml", (insteadOfUrl ? "name: Cedar\ntimeZone: America/Denver\n" : Clinic) + line + "\n");
        _folder.Read().Errors.Select(error => error.ToMessage()).ShouldBeEmpty();
    }

    [Fact]
    public void a_link_to_a_file_works_and_its_better_form_is_suggested()
    {
        _folder
            .Write("pages/about.md", "---\ntitle: About\n---\n## Team\n\nWords.\n")
            .Article("one", "See [us](about.md#team) and [more](../pages/about.md).\n");
        var reading = _folder.Read();
        reading.Errors.ShouldBeEmpty();
        reading.Content!.Articles.Single().Body.Html.ShouldContain("href=\"/about#team\"");
        reading.Fixes.Select(fix => fix.Now).ShouldContain("](page:about#team)");
    }

    [Fact]
    public void an_unreadable_list_is_reported_once_and_not_wherever_it_is_used()
    {
        _folder
            .Write("people.yml", "ann:\n\tname: Ann\n")
            .Write("bibliography.yml", "- key: a: b\n")
            .Article("one", "It helped [@a-2000].\n")
            .Article("two", "See [one](article:one).\n");
        _folder.Read().Errors.Select(error => error.File).ShouldBe(["bibliography.yml", "people.yml"]);
        _folder
            .Write("people.yml", "ann:\n  name: Ann Lee\n")
            .Write("bibliography.yml", "- {key: a-2000, authors: [A B], title: T, kind: rct, finding: F.}\n")
            .Write("articles/one.md", "title: One\n");
        _folder.Read().Errors.ShouldHaveSingleItem().File.ShouldBe("articles/one.md");
    }

    [Fact]
    public void a_title_cut_off_by_a_hash_is_reported_with_the_needed_quotation_marks()
    {
        _folder.Write(
            "articles/one.md",
            "---\ntitle: The #1 question we get\nsummary: Our #1 tip is to wait.\npublished: 2026-01-20\nauthors: [ann]\n---\n\nText.\n"
        );
        _folder
            .Read()
            .Problems.Select(problem => (problem.Line, problem.Wanted))
            .ShouldBe([(2, "title: \"The #1 question we get\""), (3, "summary: \"Our #1 tip is to wait.\"")]);
    }

    [Theory]
    [InlineData("title:\u3000T one", "space")]
    [InlineData("title:\u2003T one", "space")]
    [InlineData("title：T one", "a wide colon, as in Chinese text")]
    public void wide_spaces_and_colons_around_a_key_are_named_with_the_plain_line(string line, string found)
    {
        _folder.Write("articles/one.md", $"---\n{line}\nsummary: s\npublished: 2026-01-20\nauthors: [ann]\n---\n\nText.\n");
        var error = _folder.Read().Errors.ShouldHaveSingleItem();
        (error.Line, error.Wanted).ShouldBe((2, "title: T one"));
        error.Found.ShouldContain(found);
    }

    [Theory]
    [InlineData("phone: \"12\"\n", "phone")]
    [InlineData("email: nobody\n", "email")]
    [InlineData("prices:\n  - {key: visit, amount: many}\n", "prices.amount")]
    [InlineData("address: {city: Denver}\n", "address.street")]
    public void a_value_that_can_not_be_read_is_one_error_and_not_another_in_every_text(string line, string key)
    {
        _folder.Write("clinic.yml", Clinic + line).Article("one", "Call {{phone}}, write {{email}}, visit {{street}}, pay {{price visit}}.\n");
        var word = key.Split('.')[0].Replace("prices", "price");
        var errors = _folder.Read().Errors.Where(error => error.File == "clinic.yml" || error.Found.Contains(word)).ToList();
        errors.Select(error => error.Key).ShouldContain(key);
        errors.ShouldAllBe(error => error.File == "clinic.yml");
    }

    [Fact]
    public void marks_that_turn_letters_around_are_reported_except_around_the_clinics_phone_number()
    {
        _folder.Write("clinic.yml", Clinic + "phone: \"\u202a+1 303 555 0142\u202c\"\n").Article("one", "Give 0.5 \u202emg 5.0\u202c.\n");
        var problem = _folder.Read().Problems.ShouldHaveSingleItem();
        (problem.File, problem.Line, problem.Severity).ShouldBe(("articles/one.md", 7, DiagnosticSeverity.Warning));
        problem.Found.ShouldContain("U+202E");
    }

    [Fact]
    public void a_text_nested_too_deeply_is_one_error_in_the_whole_check()
    {
        _folder.Article("one", new string('[', 50_000) + "\n").Article("two", new string('>', 5_000) + " x\n");
        using var output = new StringWriter();
        ContentCheck.Run(_folder.Path, output, TimeProvider.System).ShouldBe(1);
        output.ToString().ShouldContain("one.md:7: Markdown: quotations, lists, or emphasis nested too deeply to read");
        output.ToString().ShouldContain("two.md:7: Markdown: ");
    }

    [Fact]
    public void a_no_break_space_after_a_key_is_reported_and_unicode_line_ends_are_accepted()
    {
        _folder.Write("articles/one.md", "---\ntitle:\u00a0T one\nsummary: s\npublished: 2026-01-20\nauthors: [ann]\n---\n\nText.\n");
        _folder
            .Read()
            .Errors.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(error => error.Line.ShouldBe(2), error => error.Wanted.ShouldBe("title: T one"));
        _folder.Article("one", "| A | B |\n|---|---|\n| one\u2028two | x |\n\n[dead](/nowhere)\n");
        _folder.Read().Errors.ShouldHaveSingleItem().Line.ShouldBe(11);
    }

    [Fact]
    public void safe_corrections_are_shown_and_then_written_and_nothing_else_changes()
    {
        var before = Clinic + "# ours\nphone: 303-555-0142   # the front desk\nsample: yes\ntagLnie: Quiet rooms\n";
        _folder.Write("clinic.yml", before).Write("pages/about.md", "---\ntitle: About\n---\nWords.\n").Article("one", "See [us](about.md).\n");
        var output = new StringWriter();
        ContentFixes.Run(_folder.Path, output, TimeProvider.System, agree: null).ShouldBe(0);
        output.ToString().ShouldContain("- sample: yes\n");
        output.ToString().ShouldContain("+ sample: true\n");
        File.ReadAllText(_folder.File("clinic.yml")).ShouldBe(before);

        ContentFixes.Run(_folder.Path, output, TimeProvider.System, agree: () => true).ShouldBe(4);
        File.ReadAllText(_folder.File("clinic.yml"))
            .ShouldBe(Clinic + "# ours\nphone: \"+13035550142\"   # the front desk\nsample: true\ntagline: Quiet rooms\n");
        File.ReadAllText(_folder.File("articles/one.md")).ShouldContain("See [us](page:about).");
        _folder.Read().Fixes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(CheckFormat.GitHub, "::error file=", ",line=4,title=phone::phone: \"call us\" is not a phone number%0Aphone: \"(303) 555-0142\"")]
    [InlineData(CheckFormat.Json, "\"key\": \"phone\"", "\"errors\": 1")]
    [InlineData(CheckFormat.Sarif, "\"version\": \"2.1.0\"", "\"startLine\": 4")]
    public void findings_are_available_in_machine_readable_formats(CheckFormat format, string one, string other)
    {
        _folder.Write("clinic.yml", Clinic + "phone: call us\n");
        var output = new StringWriter();
        ContentCheck.Run(_folder.Path, output, format: format).ShouldBe(1);
        output.ToString().ShouldContain(one);
        output.ToString().ShouldContain(other);
    }

    private void Only(string file, int line, string write)
    {
        var error = _folder.Read().Errors.ShouldHaveSingleItem(string.Join('\n', _folder.Read().Errors.Select(error => error.ToMessage())));
        (error.File, error.Line, error.Wanted).ShouldBe((file, line, write));
        error.InTwoLines().Split('\n').Length.ShouldBe(2);
    }
}
