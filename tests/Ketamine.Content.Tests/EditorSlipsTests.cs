using Ketamine.Content.Editing;
using Ketamine.Language;

namespace Ketamine.Content.Tests;

/// <summary>What people who aren't technical do to a folder: one message each, in the right place, with what was found and what to write.</summary>
public sealed class EditorSlipsTests : IDisposable
{
    private const string Clinic = "name: Cedar\nurl: https://cedar.clinic\ntimeZone: America/Denver\n";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>An article's file from its first line on.</summary>
    [Theory]
    [InlineData("", 1, "it is empty", "--- (then the keys, one per line; --- again; then the text)")]
    [InlineData("\n \n", 1, "it is empty", "--- (then the keys, one per line; --- again; then the text)")]
    [InlineData("—\ntitle: One\n—\nWords.\n", 1, "the first line is \"—\" instead of ---", "--- (then the keys, one per line; --- again; then the text)")]
    [InlineData("title: One\n---\n", 1, "the first line is \"title: One\" instead of ---", "--- (then the keys, one per line; --- again; then the text)")]
    [InlineData("\n---\ntitle: One\n---\n", 1, "an empty line before ---", "--- in the first line, at its very beginning")]
    [InlineData("---\ntitle: One\n—\nWords.\n", 3, "\"—\" instead of ---, so it isn't closed", "---")]
    [InlineData("---\ntitle: One\nsummary: S.\n\nWords: many.\n", 3, "it isn't closed", "--- (on a separate line, after the last key)")]
    [InlineData("---\ntitle One\nsummary: S.\n---\n", 2, "no colon after \"title\"", "title: One")]
    [InlineData("---\ntitle = One\nsummary: S.\n---\n", 2, "an equals sign instead of a colon after \"title\"", "title: One")]
    [InlineData("---\ntitle: One\nauthors [ann]\n---\n", 3, "no colon after \"authors\"", "authors: [ann]")]
    [InlineData("---\ntitle: \"What\" to bring\n---\n", 2, "quotation marks within quotation marks", "title: '\"What\" to bring'")]
    [InlineData("---\ntitle: \"Yes,\" she said, \"no\"\n---\n", 2, "quotation marks within quotation marks", "title: '\"Yes,\" she said, \"no\"'")]
    [InlineData("---\ntitle: 'What's new'\n---\n", 2, "quotation marks within quotation marks", "title: \"What's new\"")]
    [InlineData("---\ntitle: One\nsummary: A list\nfor the day.\n---\n", 4, "\"for the day.\" is neither a key with a colon nor part of the line above",
        "summary: A list for the day. (all in one line); or, if it is a key, a colon after it")]
    [InlineData("---\ntitle: One\nauthors: [ann\nsummary: S.\n---\n", 3, "a [ that is opened and never closed", "authors: [ann]")]
    [InlineData("---\n\u200btitle: One\n---\n", 2, "the invisible character U+200B, probably copied from a web page or word processor", "title: One")]
    [InlineData(
        "---\ntitle: One\n---\n<<<<<<< HEAD\nA list.\n=======\nThe list.\n>>>>>>> theirs\n",
        4,
        "two versions of the same lines, which git couldn't combine",
        "keep the version that is right, and delete the lines that begin with <<<<<<<, =======, and >>>>>>>")]
    [InlineData(
        "{\\rtf1\\ansi Words}", 1, "formatted text (RTF), as TextEdit and WordPad save it", "save it as plain text; in TextEdit: Format, Make Plain Text")]
    [InlineData(
        "PK\u0003\u0004word/document.xml",
        1,
        "a document of Word, Pages, or a similar program under another name",
        "open it in that program, copy its words, and paste them as plain text into a new file of this name")]
    public void a_text_that_cannot_be_read_says_what_was_found(string file, int line, string found, string write)
    {
        _folder.Write("articles/one.md", file);
        var error = _folder.Read().Errors.ShouldHaveSingleItem();
        (error.Line, error.Found, error.Wanted).ShouldBe((line, found, write));
    }

    /// <summary>In the body of an article, which begins on line 8.</summary>
    [Theory]
    [InlineData("See [us](about us).", "\"[us]\" isn't a link: \"about us\" has spaces", "[us](…)")]
    [InlineData("See [us] (/about).", "\"[us]\" isn't a link: there is a space before the address", "[us](/about)")]
    [InlineData("![Our room](our room (1).jpg)", "\"[Our room]\" isn't a picture: \"our room (1).jpg\" has spaces",
        "![Our room](our-room-1.jpg), with the picture's name changed to match")]
    [InlineData("Call [us](303-555-0142).", "\"303-555-0142\" isn't an address that the site can link to", "tel:+13035550142")]
    [InlineData("See [us](https://www.cedar.clinic/abuot).", "there is no page \"https://www.cedar.clinic/abuot\"", "[words](/about)")]
    [InlineData("<p class=MsoNormal>Bring <b>a list</b>.</p>", "\"<p class=MsoNormal>Bring <b>a list</b>.</p>\" is HTML, which isn't supported",
        "Bring a list.")]
    [InlineData("<!-- to do\n\nWords.", "it isn't closed, so visitors don't see anything below it", "--> (at its end)")]
    [InlineData("Call {{phoen}}.", "\"{{phoen}}\" isn't one of the site's marks", "{{phone}}")]
    [InlineData("Call {{phone}}.", "\"{{phone}}\", but clinic.yml has no phone", "phone: … in clinic.yml")]
    public void what_visitors_would_see_as_brackets_or_a_dead_link_is_an_error(string body, string found, string write)
    {
        _folder.Write("pages/about.md", "---\ntitle: About\n---\nWords.\n").Write("clinic.yml", Clinic)
            .Write("articles/one.md", $"---\ntitle: One\nsummary: S.\npublished: 2026-03-14\nauthors: [ann]\ntopics: [visits]\n---\n{body}\n");
        var error = _folder.Read().Errors.ShouldHaveSingleItem();
        (error.Line, error.Found, error.Wanted).ShouldBe((8, found, write));
    }

    [Theory]
    [InlineData("She said [sic] (see below).")]
    [InlineData("One [of] these (and those), \\[us\\](about us), and `[us] (/about)`.")]
    public void brackets_that_are_no_link_stay(string body)
    {
        _folder.Article("one", body + "\n");
        _folder.Read().Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("• One\n• Two", "- One")]
    [InlineData("-One\n-Two", "- One")]
    [InlineData("1)One\n2)Two", "1. One")]
    [InlineData("| A | B |\n| 1 | 2 |", "|---|---| (on the line below)")]
    [InlineData("- One\n- Two\n\n1. One\n2. Two", null)]
    [InlineData("| A | B |\n|---|---|\n| 1 | 2 |", null)]
    [InlineData("-5 degrees, | as it is |, and 5.5 mg.", null)]
    public void a_list_or_table_that_visitors_would_see_with_its_marks_is_a_warning(string body, string? write)
    {
        _folder.Article("one", body + "\n");
        (_folder.Read().Problems.FirstOrDefault()?.Wanted).ShouldBe(write);
        _folder.Read().Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("people.yml", "ann:\nname: Ann Lee\nrole: Nurse\n", 2, "two spaces before name:, and before every other detail of a person")]
    [InlineData("faqs.yml", "- question: How long?\n  answer: An hour.\n", 1,
        "- group: Before the first visit (then, two spaces in, questions: and below it the questions)")]
    public void a_list_without_its_levels_is_one_error(string file, string text, int line, string write)
    {
        _folder.Write(file, text);
        var error = _folder.Read().Errors.ShouldHaveSingleItem();
        (error.File, error.Line, error.Wanted).ShouldBe((file, line, write));
    }

    [Fact]
    public void an_address_copied_from_the_browser_works_and_its_path_is_suggested()
    {
        _folder.Write("pages/about.md", "---\ntitle: About\n---\nWords.\n").Write("clinic.yml", Clinic)
            .Article("one", "See [us](https://www.cedar.clinic/about) and [them](https://other.clinic/nowhere).\n");
        var reading = _folder.Read();
        reading.Errors.ShouldBeEmpty();
        reading.Fixes.ShouldHaveSingleItem().Now.ShouldBe("](/about)");
    }

    /// <summary>In clinic.yml, after its first three lines.</summary>
    [Theory]
    [InlineData("holidays:\n  - Thanksgiving", 5, "- date: 2026-12-25 (and below it, two spaces in, the entry's other keys)")]
    [InlineData("address:\n  street: 1 Main\n  city: Denver\n  byAppointmentOnly: true", 7,
        "one of street, city, region, postalCode, country; if it isn't part of address, delete the spaces before it")]
    [InlineData("address: 12 Main Street, Denver", 4, "address: and below it, two spaces in, one key per line, such as street: 12 Main Street")]
    [InlineData("prices:\n  visit: $450", 5, "- key: infusion (a hyphen before the first key of each entry)")]
    [InlineData("holidays:\n  - Dec 24 - Jan 1: closed", 5, "one of date, from, to, closed, opens, closes, note")]
    [InlineData("prices:\n  - {key: visit, name: A visit, amount: about 450}", 5, "amount: 450")]
    [InlineData("holidays:\n  - date: 2026-11-31\n    closed: true", 5, "date: 2026-11-30 (November 2026 has 30 days)")]
    [InlineData("holidays:\n  - date: 31/11/2026\n    closed: true", 5, "date: 2026-11-30 (November 2026 has 30 days)")]
    public void a_slip_in_clinic_yml_is_reported_once_with_the_line_to_write(string slip, int line, string write)
    {
        _folder.Write("clinic.yml", Clinic + slip + "\n");
        var error = _folder.Read().Errors.ShouldHaveSingleItem();
        (error.File, error.Line, error.Wanted).ShouldBe(("clinic.yml", line, write));
    }

    [Theory]
    [InlineData("hours:\n  Mon-Thu: 9-5\n  Fri: 9-1\n  Sat: closed")]
    [InlineData("hours:\n  - Mon-Thu: 9-5\n  - Friday: 9am to 1pm\n  - Sat: closed")]
    [InlineData("hours: Mon-Thu 9-5, Fri 9-1")]
    public void hours_may_be_written_one_line_for_each_day(string hours)
    {
        _folder.Write("clinic.yml", Clinic + hours + "\n");
        _folder.Content().Clinic.Hours.Select(open => (open.Days.Length, open.Opens.Hour, open.Closes.Hour)).ShouldBe([(4, 9, 17), (1, 9, 13)]);
    }

    [Theory]
    [InlineData("$450", 450)]
    [InlineData("1,450", 1450)]
    [InlineData("\"$1,450.50\"", 1450.5)]
    public void an_amount_may_have_a_dollar_sign_and_commas(string written, double amount)
    {
        _folder.Write("clinic.yml", $"{Clinic}prices:\n  - key: visit\n    name: A visit\n    amount: {written}\n");
        _folder.Content().Clinic.Prices.ShouldHaveSingleItem().Amount.ShouldBe((decimal)amount);
    }

    [Fact]
    public void an_entry_of_something_else_is_one_error_without_all_that_it_lacks()
    {
        _folder.Write("reviews.yml", "- And so kind: really\n");
        _folder.Read().Errors.ShouldHaveSingleItem().Key.ShouldBe("And so kind");
    }

    [Theory]
    [InlineData("https://old.org/x/y: /about\n", "only the part after the site's name, which begins with /", "/x/y: /about")]
    [InlineData("/old -> /about\n", "\"/old -> /about\" instead of keys and values", "/old-page: /about, each on a separate line")]
    public void an_old_address_in_another_form_gets_the_line_to_write(string line, string found, string write)
    {
        _folder.Write("redirects.yml", line).Write("pages/about.md", "---\ntitle: About\n---\nWords.\n");
        var error = _folder.Read().Errors.ShouldHaveSingleItem();
        (error.Found, error.Wanted).ShouldBe((found, write));
    }

    [Theory]
    [InlineData("<<<<<<< HEAD\nphone: \"(303) 555-0142\"\n=======\n>>>>>>> theirs\n")]
    [InlineData("PK\u0003\u0004")]
    [InlineData("")]
    public void a_clinic_yml_that_cannot_be_read_is_no_error_in_the_texts(string clinic)
    {
        _folder.Write("clinic.yml", clinic).Article("one", "Call {{phone}}.\n");
        _folder.Read().Errors.Select(error => error.File).Distinct().ShouldBe(["clinic.yml"]);
    }

    [Fact]
    public void a_public_switch_that_cannot_be_read_does_not_make_errors_of_what_is_still_to_write()
    {
        _folder.Write("clinic.yml", Clinic + "published: no way\n").Article("one", "[[Write: what to bring]]\n");
        Report().Problems.Where(problem => problem.Severity is DiagnosticSeverity.Error).ShouldHaveSingleItem().Key.ShouldBe("published");
    }

    [Theory]
    [InlineData("room.jpg", "png", "the name says JPG, but it is a PNG picture", "rename it to images/room.png, here and in the texts that show it")]
    [InlineData("room.avif", "heic", "the name says AVIF, but it is a HEIC picture", "rename it to images/room.heic, here and in the texts that show it")]
    [InlineData("room.heic", "avif", "the name says HEIC, but it is an AVIF picture", "rename it to images/room.avif, here and in the texts that show it")]
    [InlineData("room.jpg", "other", "this isn't a jpg picture, or it is damaged", "export the picture again from the program that made it")]
    public void a_picture_with_the_wrong_ending_is_named_for_what_it_is(string name, string kind, string found, string write)
    {
        _folder.Write("images/" + name, Picture(kind)).Article("one", $"![Our room]({name})\n");
        var error = _folder.Read().Errors.ShouldHaveSingleItem();
        (error.File, error.Found, error.Wanted).ShouldBe(("images/" + name, found, write));
    }

    [Fact]
    public void a_picture_of_a_kind_that_is_not_shown_is_an_error_once_a_text_shows_it()
    {
        _folder.Write("images/scan.tif", "II*");
        _folder.Article("one", "Words.\n");
        Severities().ShouldBe([DiagnosticSeverity.Warning]);
        _folder.Article("one", "![Our room](scan.tif)\n", "draft: true\n");
        Severities().ShouldBe([DiagnosticSeverity.Warning]);
        _folder.Article("one", "![Our room](scan.tif)\n");
        Severities().ShouldBe([DiagnosticSeverity.Error]);

        IEnumerable<DiagnosticSeverity> Severities() => _folder.Read().Problems.Select(problem => problem.Severity);
    }

    [Theory]
    [InlineData("what-to-bring (1).md", true)]
    [InlineData("what-to-bring - Copy.md", true)]
    [InlineData("what-to-bring copy 2.md", true)]
    [InlineData("what-to-bring (Ann's conflicted copy 2026-11-30).md", true)]
    [InlineData("what-to-bring.sync-conflict-20261130-101112-ABCDEFG.md", true)]
    [InlineData("what-to-bring-2.md", false)]
    [InlineData("what-to-bring-for-your-copy.md", false)]
    public void a_copy_of_a_text_that_visitors_would_see_is_a_warning(string name, bool warns)
    {
        _folder.Article("what-to-bring", "Words.\n").Write("articles/" + name, File.ReadAllText(_folder.File("articles/what-to-bring.md")));
        var warnings = Report().Problems.Where(problem => problem.Found.Contains("copy of articles/what-to-bring.md")).Select(problem => problem.File);
        warnings.ShouldBe(warns ? ["articles/" + name] : []);
    }

    [Fact]
    public void the_clinics_made_up_number_is_reported_once_however_many_texts_repeat_it()
    {
        _folder.Write("clinic.yml", Clinic + "phone: \"(303) 555-0142\"\n").Article("one", "Call {{phone}}, or (303) 555-0142.\n")
            .Article("two", "Call (303) 555-0177.\n");
        var report = Report().Problems.Where(problem => problem.Key == "phone").Select(problem => problem.File);
        report.ShouldBe(["articles/two.md", "clinic.yml"]);
    }

    [Fact]
    public void nobody_signs_whose_name_is_still_to_write()
    {
        _folder.Write("people.yml", "ann:\n  name: \"[[Write: the reviewer]]\"\n").Article("one", "Words.\n");
        using var output = new StringWriter();
        ContentSign.Run(_folder.Path, "one", "ann", TimeProvider.System, output).ShouldBe(1);
        output.ToString().ShouldContain("people.yml doesn't say yet who ann is");
        File.ReadAllText(_folder.File("articles/one.md")).ShouldNotContain("reviewHash");
    }

    private CheckReport Report() => CheckReport.Of(_folder.Path, new FixedClock(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero)), cards: null);

    // The first bytes are enough to tell a picture's kind.
    private static byte[] Picture(string kind) => kind switch
    {
        "png" => [0x89, .. "PNG\r\n\x1a\n"u8, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 10, 0, 0, 0, 10, 8, 2, 0, 0, 0],
        "heic" or "avif" =>
        [
            0, 0, 0, 24, .. "ftyp"u8, .. System.Text.Encoding.ASCII.GetBytes(kind), 0, 0, 0, 0, .. "mif1"u8, .. System.Text.Encoding.ASCII.GetBytes(kind),
            0, 0, 0, 20, .. "ispe"u8, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 10,
        ],
        _ => [.. "something else altogether"u8],
    };
}
