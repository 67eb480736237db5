using Ketamine.Content;
using Ketamine.Web.Ops;

namespace Ketamine.Web.Tests.Ops;

/// <summary>The exports in <c>exports/</c>, each with something that the import once got wrong.</summary>
public sealed class ImportCasesTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("ketamine-import-").FullName;
    private readonly ClinicFolder _folder;

    public ImportCasesTests() => _folder = new ClinicFolder(Path.Combine(_home, "content")).Write("people.yml", "admin:\n  name: Ann Lee\n");

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData("sup", "Platelets under 150 × 10⁹/L; CO₂; 40 kg/m².", "0 things")]
    [InlineData("del", "A course costs $2,400. We treat adults.", "struck out: $3,000")]
    [InlineData("del", "A course costs $2,400. We treat adults.", "struck out: We treat children.")]
    [InlineData(
        "rowspan",
        "| Drug | Dose | Wait |\n|---|---|---|\n| Ketamine | 0.5 mg/kg | 40 min |\n| Ketamine | 1.0 mg/kg | 60 min |\n| Esketamine |  | 2 h |",
        "0 things"
    )]
    [InlineData("latin1-label-cp1252-bytes", "From 0.5–1.0 mg, “slowly”.", "0 things")]
    [InlineData("windows-1252", "From 0.5–1.0 mg, “slowly”.", "0 things")]
    [InlineData("footnotes", "A claim.[^1] More words.\n\n[^1]: Doe J. A study. 2011.", "0 things")]
    [InlineData("shortcode-end", "Words of the text block.\n\nA note. Half. Go \\[sic\\]", "removed: av_textblock, btn, one_half, su_note")]
    [InlineData("block-ref", "We are at 12 Elm Street.\n\nWords.", "0 things")]
    [InlineData("control-char", "Words here.", "Invalid control characters removed: 1")]
    [InlineData("control-charref", "Words here.", "1 article ")]
    [InlineData("blank-first-line", "From 0.5–1.0 mg, “slowly”.", "0 things")]
    [InlineData("image-php", "Words.\n\nq", "the picture https://old.example.org/thumb.php?id=3, whose file type is unknown")]
    [InlineData("table-nohead", "|  |  |\n|---|---|\n| Monday | 9-5 |\n| Tuesday | 9-3 |", "0 things")]
    public void everything_in_an_export_is_imported_or_reported(string name, string body, string expected)
    {
        var (code, report) = Import(name);
        code.ShouldBe(0, report);
        var text = File.ReadAllText(Directory.EnumerateFiles(Path.Combine(_folder.Root, "articles")).Single());
        text.ShouldContain(body + "\n");
        report.ShouldContain(expected);
        // The folder has no new errors, and the text can be shown once its draft mark is removed.
        ContentFolder.Read(_folder.Root).Errors.Select(error => error.ToMessage()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("<p>HCO<span style=\"vertical-align: sub\">3</span>, <math><msup><mi>m</mi><mn>2</mn></msup></math></p>", "HCO₃, m²",
        "a formula, written as plain text: m2")]
    [InlineData("<p>Was <span style=\"color:red;text-decoration:line-through\">$400</span>$300</p>", "Was $300", "text that was struck out: $400")]
    [InlineData("<p>Words. <span style=\"display:none\">More.</span></p>", "Words. More.", "text that was hidden on the old page is visible now: More.")]
    [InlineData("<p>He said <q>never</q>. <a>None</a> <a href=\"\">here</a></p>", "He said “never”. None here", "0 things")]
    [InlineData("<p><a href=\"ftp://a.example/f\">the form</a></p>", "the form", "the link to ftp://a.example/f: only its words \"the form\" are kept")]
    [InlineData("<p>Words.</p><form><button>Ask us</button></form>", "Words.", "<form>: Ask us")]
    [InlineData("<p>Words. <img src=\"data:image/png;base64,iVBORw0KGgo=\" alt=\"A chart\"></p>", "Words. A chart",
        "a picture stored inside the text: A chart")]
    [InlineData("<p>Write {{price}} here</p>", "Write {\\{price}} here", "0 things")]
    [InlineData("<table><tr><th>A</th><th>B</th></tr><tr><td colspan=\"99\">one<br>two</td></tr></table>", "| A | B |\n|---|---|\n| one two |  |",
        "the lines of a table cell, which are now one: one two")]
    [InlineData("<p>A claim.<sup><a href=\"#fn1\" id=\"r1\">1</a></sup></p><ol><li id=\"fn1\">Doe J. <a href=\"#r1\">↩</a></li></ol>",
        "A claim.[^1]\n\n[^1]: Doe J.", "0 things")]
    [InlineData("<p>A claim.[efn_note]Doe J.[/efn_note]</p>", "A claim.[^1]\n\n[^1]: Doe J.", "0 things")]
    [InlineData("<p>[tab title=\"Doses\"]Words.[/tab]</p>", "Words.", "Shortcodes removed: tab, tab \"Doses\"")]
    [InlineData("<!-- wp:block {\"ref\":7,\"content\":{}} /--><!-- wp:embed {\"url\":\"https://a.example/v\"} /--><p>Words.</p>", "Words.",
        "the reusable block 7, which isn't in the file")]
    [InlineData("<p>caf\ufffd au lait</p>", "caf\ufffd au lait", "letters that can't be read")]
    public void what_html_shows_is_kept_or_reported(string html, string body, string expected)
    {
        var (code, report, text) = ImportHtml(html);
        code.ShouldBe(0, report);
        text.ShouldContain($"\n\n{body}\n");
        report.ShouldContain(expected);
        ContentFolder.Read(_folder.Root).Errors.Select(error => error.ToMessage()).ShouldBeEmpty();
    }

    [Fact]
    public void reusable_blocks_that_contain_themselves_or_each_other_end()
    {
        var block = string.Concat(Enumerable.Repeat("<!-- wp:block {\"ref\":99} /-->", 50));
        var export = File.ReadAllText(Export("block-ref")).Replace("<p>We are at 12 Elm Street.</p>", "<p>We are at 12 Elm Street.</p>" + block);
        var file = Path.Combine(_home, "loop.xml");
        File.WriteAllText(file, export);
        using var output = new StringWriter();
        ContentImport.Run(_folder.Root, file, null, null, output).ShouldBe(0, output.ToString());
        output.ToString().ShouldContain("the reusable block 99 within the same block");
        File.ReadAllText(Directory.EnumerateFiles(Path.Combine(_folder.Root, "articles")).Single()).ShouldContain("We are at 12 Elm Street.\n\nWords.\n");
    }

    [Fact]
    public void utf_8_that_declares_utf_16_is_read()
    {
        var file = Path.Combine(_home, "declared.xml");
        File.WriteAllText(file, File.ReadAllText(Export("sup")).Replace("UTF-8", "utf-16"));
        using var output = new StringWriter();
        ContentImport.Run(_folder.Root, file, null, null, output).ShouldBe(0, output.ToString());
        File.WriteAllText(file, File.ReadAllText(Export("sup")).Replace("UTF-8", "utf-7"));
        ContentImport.Run(_folder.Root, file, null, null, output).ShouldBe(1);
        output.ToString().ShouldContain("the encoding \"utf-7\" is unknown; save the file as UTF-8");
    }

    [Theory]
    [InlineData("22:30", null)]
    [InlineData("14 Mar", null)]
    [InlineData("March 2019", null)]
    [InlineData("Mon, 14 Mar 2019 22:30:00 GMT", "2019-03-14T22:30:00Z")] // it was a Thursday
    [InlineData("2019-03-14T22:30:00+02:00", "2019-03-14T20:30:00Z")]
    public void a_date_is_read_or_reported_but_never_completed_from_today(string written, string? published)
    {
        var file = Path.Combine(_home, "dated.xml");
        File.WriteAllText(file, File.ReadAllText(Export("pubdate-zone-name")).Replace("Thu, 14 Mar 2019 22:30:00 EDT", written));
        using var output = new StringWriter();
        ContentImport.Run(_folder.Root, file, null, null, output).ShouldBe(0, output.ToString());
        var text = File.ReadAllText(Directory.EnumerateFiles(Path.Combine(_folder.Root, "articles"), "*edt.md").Single());
        if (published is null) output.ToString().ShouldContain($"the date \"{written}\", which can't be read");
        else text.ShouldContain("published: " + published);
    }

    [Theory]
    [InlineData("sup", "Platelets under 150 × 10⁹/L; CO₂; 40 kg/m².")]
    [InlineData("del", "A course costs $2,400. We treat adults.")]
    [InlineData("footnotes", "A claim. More words.")]
    [InlineData("rowspan", "Words.")]
    [InlineData("table-nohead", "Words.")]
    public void a_summary_says_what_the_body_says(string name, string summary)
    {
        Import(name);
        File.ReadAllText(Directory.EnumerateFiles(Path.Combine(_folder.Root, "articles")).Single()).ShouldContain($"summary: \"{summary}\"\n");
    }

    [Theory]
    [InlineData("<p>Drug</p><table><tr><td>One</td><td>Two</td></tr></table>", "", "Drug")]
    [InlineData("<table><tr><td>One</td><td>Two</td></tr><tr><td>Three</td></tr></table>", "", "One Two Three")]
    [InlineData("<p>A claim.<sup><a href=\"#fn1\">1</a></sup> More.</p>", "", "A claim. More.")]
    [InlineData("<p>Words.</p>", "10<sup>9</sup> was <s>bad</s>good.", "10⁹ was good.")]
    [InlineData("<p>We give 0.5 mg per kilogram of body weight to each person over the course of forty minutes here. Then we wait for an hour, check the "
        + "blood pressure, and ask whether you feel able to leave with the person who drives you home. The end.</p>", "",
        "We give 0.5 mg per kilogram of body weight to each person over the course of forty minutes here.")]
    public void a_summary_is_plain_text_by_the_rules_of_the_body(string html, string excerpt, string summary)
    {
        ImportHtml(html, excerpt).Text.ShouldContain($"summary: \"{summary}\"\n");
    }

    [Fact]
    public void an_earlier_slug_of_a_text_redirects_to_it()
    {
        Import("old-slug").Code.ShouldBe(0);
        File.ReadAllText(Directory.EnumerateFiles(Path.Combine(_folder.Root, "articles")).Single())
            .ShouldContain("aliases: [\"/2019/03/14/new-slug\", \"/2019/03/14/older-slug\", \"/?p=1\"]");
    }

    [Fact]
    public void an_old_address_with_spaces_or_percent_signs_redirects_to_the_text()
    {
        var export = File.ReadAllText(Export("old-slug")).Replace("/2019/03/14/new-slug/", "/2019/100%25%20Our%20new%20way/")
            .Replace("older-slug", "older way");
        var file = Path.Combine(_home, "spaces.xml");
        File.WriteAllText(file, export);
        using var output = new StringWriter();
        ContentImport.Run(_folder.Root, file, null, null, output).ShouldBe(0, output.ToString());
        var text = Directory.EnumerateFiles(Path.Combine(_folder.Root, "articles")).Single();
        File.ReadAllText(text).ShouldContain("aliases: [\"/2019/100%25%20Our%20new%20way\", \"/2019/older%20way\", \"/?p=1\"]");
        File.WriteAllText(text, File.ReadAllText(text).Replace("draft: true\n", ""));
        ContentFolder.Read(_folder.Root).Content!.Redirects.Keys.Order().ShouldBe(["/?p=1", "/2019/100% Our new way", "/2019/older way"], ignoreOrder: true);
        // Importing the same file again finds the text by its old addresses.
        using var again = new StringWriter();
        ContentImport.Run(_folder.Root, file, null, null, again).ShouldBe(0, again.ToString());
        Directory.EnumerateFiles(Path.Combine(_folder.Root, "articles")).ShouldHaveSingleItem();
    }

    [Fact]
    public void a_date_with_a_zone_name_is_read_and_an_unreadable_one_is_reported_and_omitted()
    {
        Import("pubdate-zone-name").Code.ShouldBe(0);
        _folder.Read("articles/2019-03-15-edt.md").ShouldContain("published: 2019-03-15T02:30:00Z");
        _folder.Read("articles/2019-03-14-gmt.md").ShouldContain("published: 2019-03-14T22:30:00Z");

        var odd = File.ReadAllText(Export("pubdate-zone-name")).Replace("EDT</pubDate>", "somewhere</pubDate>").Replace("/post/edt", "/post/odd");
        File.WriteAllText(Path.Combine(_home, "odd.xml"), odd);
        using var output = new StringWriter();
        ContentImport.Run(_folder.Root, Path.Combine(_home, "odd.xml"), null, null, output).ShouldBe(0, output.ToString());
        _folder.Read("articles/odd.md").ShouldNotContain("published:");
        output.ToString().ShouldContain("Not kept in articles/odd.md:\n  the date \"Thu, 14 Mar 2019 22:30:00 somewhere\", which can't be read");
        ContentFolder.Read(_folder.Root).Errors.ShouldBeEmpty();
        _folder.Replace("articles/odd.md", "draft: true\n", "");
        ContentFolder.Read(_folder.Root).Errors.ShouldHaveSingleItem().Key.ShouldBe("published");
    }

    private static string Export(string name) => Repository.PathOf("tests/Ketamine.Web.Tests/Ops/exports", name + ".xml");

    private (int Code, string Report, string Text) ImportHtml(string html, string excerpt = "")
    {
        var export = File.ReadAllText(Export("sup"));
        var (before, after) = (export.IndexOf("<content:encoded>", StringComparison.Ordinal), export.IndexOf("<wp:post_id>", StringComparison.Ordinal));
        var file = Path.Combine(_home, "one.xml");
        File.WriteAllText(file, export[..before] + $"<content:encoded><![CDATA[{html}]]></content:encoded><excerpt:encoded><![CDATA[{excerpt}]]>"
            + "</excerpt:encoded>" + export[after..]);
        using var output = new StringWriter();
        var code = ContentImport.Run(_folder.Root, file, null, null, output);
        return (code, output.ToString(), File.ReadAllText(Directory.EnumerateFiles(Path.Combine(_folder.Root, "articles")).Single()));
    }

    private (int Code, string Report) Import(string name)
    {
        using var output = new StringWriter();
        var code = ContentImport.Run(_folder.Root, Export(name), null, null, output);
        return (code, output.ToString());
    }
}
