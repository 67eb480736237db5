using System.Text;
using Ketamine.Content;
using Ketamine.Web.Ops;

namespace Ketamine.Web.Tests.Ops;

public sealed class ContentImportTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("ketamine-import-").FullName;
    private readonly ClinicFolder _folder;

    public ContentImportTests()
    {
        _folder = new ClinicFolder(Path.Combine(_home, "content"));
        _folder.Write("people.yml", "editors:\n  name: Editorial Team\njo:\n  name: Jo Field\n")
            .Write("claims.yml", """
                authorities:
                  fda: {basis: seen, name: FDA}
                claims:
                  - id: cure
                    severity: block
                    why: Nothing cures depression for good.
                    rule: [fda]
                    patterns: ['\bcures? depression\b']
                    unless: []
                    examples: [Ketamine cures depression.]
                    fine: [Nothing is a remedy for good.]
                    sayInstead: It can ease depression.
                """);
    }

    private const string WordPress = """
        <?xml version="1.0" encoding="UTF-8"?>
        <rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
          xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
        <channel><title>Old clinic</title><link>https://old.example</link>
        <wp:author><wp:author_login><![CDATA[jfield]]></wp:author_login><wp:author_display_name><![CDATA[Jo Field]]></wp:author_display_name></wp:author>
        <wp:author><wp:author_login>guest</wp:author_login><wp:author_display_name>A Guest</wp:author_display_name></wp:author>
        <item><title>How it &amp; works: "quoted"</title><link>https://old.example/2019/05/how-it-works/</link><dc:creator>jfield</dc:creator>
          <content:encoded><![CDATA[Ketamine cures depression.

        See <a href="https://old.example/about-us/">about us</a> and [sic] <a href="/2020/01/second/">the second</a>.

        [caption id="a" width="300"]<img src="https://old.example/wp-content/uploads/2019/05/Room 1.JPG" alt="A room" /> Our room[/caption]

        [gallery ids="77,2"] [vc_row]]]></content:encoded>
          <excerpt:encoded><![CDATA[In short.]]></excerpt:encoded>
          <wp:post_id>10</wp:post_id><wp:post_date_gmt>2019-05-02 15:30:00</wp:post_date_gmt><wp:post_modified_gmt>2021-01-01 00:00:00</wp:post_modified_gmt>
          <wp:post_name>how-it-works</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
          <category domain="category" nicename="brain-science"><![CDATA[Brain Science]]></category><category domain="post_tag" nicename="tag">Tag</category>
          <category domain="category" nicename="uncategorized">Uncategorized</category>
          <wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>77</wp:meta_value></wp:postmeta></item>
        <item><title>Second</title><link>https://old.example/2020/01/second/</link><dc:creator>guest</dc:creator>
          <content:encoded><![CDATA[<!-- wp:paragraph --><p>Words of the second.</p><!-- /wp:paragraph -->]]></content:encoded>
          <excerpt:encoded></excerpt:encoded>
          <wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt><wp:post_name></wp:post_name><wp:status>draft</wp:status>
          <wp:post_type>post</wp:post_type></item>
        <item><title>About us</title><link>https://old.example/about-us/</link><dc:creator>jfield</dc:creator>
          <content:encoded><![CDATA[<p>Who we are.</p>]]></content:encoded>
          <wp:post_date_gmt>2018-01-01 00:00:00</wp:post_date_gmt><wp:post_name>about-us</wp:post_name><wp:status>publish</wp:status>
          <wp:post_type>page</wp:post_type></item>
        <item><title>Blog</title><link>https://old.example/blog/</link><content:encoded><![CDATA[<p>x</p>]]></content:encoded>
          <wp:post_name>blog</wp:post_name><wp:status>publish</wp:status><wp:post_type>page</wp:post_type></item>
        <item><title>Gone</title><link>https://old.example/gone/</link><content:encoded>x</content:encoded>
          <wp:post_name>gone</wp:post_name><wp:status>trash</wp:status><wp:post_type>post</wp:post_type></item>
        <item><title>room</title><link>https://old.example/room/</link>
          <wp:post_id>77</wp:post_id><wp:status>inherit</wp:status><wp:post_type>attachment</wp:post_type>
          <wp:attachment_url>https://old.example/wp-content/uploads/lead.png</wp:attachment_url>
          <wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value><![CDATA[The front]]></wp:meta_value></wp:postmeta></item>
        <item><title>Menu</title><wp:status>publish</wp:status><wp:post_type>nav_menu_item</wp:post_type></item>
        </channel></rss>
        """;

    [Fact]
    public void a_wordpress_export_becomes_drafts_with_their_old_addresses()
    {
        var (code, report) = Import(WordPress);
        code.ShouldBe(0, report);
        _folder.Read("articles/2019-05-02-how-it-works.md").ShouldBe("""
            ---
            title: "How it & works: \"quoted\""
            summary: "In short."
            slug: how-it-works
            published: 2019-05-02T15:30:00Z
            updated: 2021-01-01T00:00:00Z
            authors: [jo]
            topics: [brain-science]
            aliases: ["/2019/05/how-it-works", "/?p=10"]
            draft: true
            ---

            Ketamine cures depression.

            See [about us](page:about-us) and \[sic\] [the second](article:second).

            ![A room](room-1.jpg "Our room")

            ![The front](lead.png)

            """.ReplaceLineEndings("\n"));
        _folder.Read("pages/about-us.md").ShouldContain("Who we are.");
        var second = Directory.EnumerateFiles(Path.Combine(_folder.Root, "articles"), "second.md").Single();
        File.ReadAllText(second).ShouldContain("authors: [editors]");

        report.ShouldContain("cures depression");
        report.ShouldContain("https://old.example/wp-content/uploads/2019/05/Room%201.JPG -> images/room-1.jpg");
        report.ShouldContain("https://old.example/wp-content/uploads/lead.png -> images/lead.png");
        report.ShouldContain("A Guest by editors");
        report.ShouldContain("Shortcodes removed: vc_row");
        report.ShouldContain($"Not public on the old site (draft, private, or password-protected): articles/{Path.GetFileName(second)}");
        report.ShouldContain("Not kept in articles/second.md:\n  no date: add the publication date as published:");
        report.ShouldContain("left out: the page \"Blog\"");
        report.ShouldContain("left out: 1 of type \"nav_menu_item\"");
        report.ShouldContain("left out: 1 of type \"trash\"");
        report.ShouldContain("2 articles and 1 page written as drafts");
        ContentFolder.Read(_folder.Root).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void existing_files_stay_unchanged()
    {
        _folder.Write("articles/mine.md", "---\ntitle: Mine\nslug: second\nsummary: Mine.\npublished: 2026-01-01\nauthors: [jo]\n---\nMine.");
        Import(WordPress).Report.ShouldContain("left out: \"Second\": /blog/second already exists");
        var before = Snapshot();
        var (code, report) = Import(WordPress);
        code.ShouldBe(0);
        report.ShouldContain("0 articles and 0 pages");
        Snapshot().ShouldBe(before);

        Dictionary<string, string> Snapshot() =>
            Directory.EnumerateFiles(_folder.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToDictionary(file => file, File.ReadAllText);
    }

    [Fact]
    public void a_feed_of_wix_or_squarespace_becomes_drafts_too()
    {
        var (code, report) = Import(
            """
            <rss xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
              xmlns:media="http://search.yahoo.com/mrss/" version="2.0">
            <channel><title>Blog</title><link>https://www.old.example/blog</link>
            <item><title>What a visit is like</title><link>https://www.old.example/post/what-a-visit-is-like</link><guid>x</guid>
            <pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate><dc:creator>Jo Field</dc:creator><category>Your Visit</category>
            <description><![CDATA[You sit down.]]></description>
            <content:encoded><![CDATA[<p class="x">You <span style="font-weight:700">sit</span> down.</p><img
              src="https://static.example/media/abc~mv2.png/v1/fit/file.png" alt="Chair"/>]]></content:encoded>
            <enclosure url="https://static.example/lead.png" length="0" type="image/png"/></item>
            <item><title>Only a summary</title><link>https://www.old.example/post/only-a-summary</link><pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate>
              <description>&lt;p&gt;No more than this.&lt;/p&gt;</description></item>
            </channel></rss>
            """
        );
        code.ShouldBe(0, report);
        var text = _folder.Read("articles/2026-03-03-what-a-visit-is-like.md");
        text.ShouldContain("authors: [jo]");
        text.ShouldContain("topics: [your-visit]");
        text.ShouldContain("aliases: [\"/post/what-a-visit-is-like\"]");
        text.ShouldContain("\nYou sit down.\n\n![Chair](abc-mv2.png)\n");
        _folder.Read("articles/2026-03-03-only-a-summary.md").ShouldEndWith("\nNo more than this.\n");
    }

    // Differences in exports from WordPress.com and Squarespace: another namespace, paths as addresses, no names, other alphabets, and repeated names.
    private const string Strange = """
        <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="https://wordpress.org/export/1.2/">
        <channel><link>https://old.example</link>
        <item><title>Η επίσκεψη</title><link>https://old.example/2020/%CE%B5%CF%80%CE%AF</link>
          <content:encoded
            ><![CDATA[<p>Λόγια. <a href="http://www.old.example/?p=6">x</a>, <a href="/team/a">y</a>, <a href="/gone.pdf">z</a></p>]]></content:encoded>
          <wp:post_id>5</wp:post_id><wp:post_date>2020-02-03 10:00:00</wp:post_date><wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt>
          <wp:post_name>%ce%b5%cf%80%ce%af-2</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>
        <item><title>Second</title><link>/second.html</link><content:encoded><![CDATA[<img src="/up/a.jpg?w=604"> <img src="/up/a.jpg">]]></content:encoded>
          <wp:post_id>6</wp:post_id><wp:post_date_gmt>2020-02-04 10:00:00</wp:post_date_gmt><wp:post_name>second.html</wp:post_name>
          <wp:status>private</wp:status><wp:post_type>post</wp:post_type></item>
        <item><title>Team</title><link>https://old.example/team/a/</link><content:encoded><![CDATA[One.]]></content:encoded>
          <wp:post_id>7</wp:post_id><wp:post_name>a</wp:post_name><wp:status>publish</wp:status><wp:post_type>page</wp:post_type></item>
        <item><title>Team</title><link>https://old.example/room/a/</link><content:encoded><![CDATA[Two.

        [embed]https://video.example/x[/embed]<!-- wp:latest-posts {"a":1} /-->]]></content:encoded>
          <wp:post_id>8</wp:post_id><wp:post_name>a</wp:post_name><wp:status>publish</wp:status><wp:post_type>page</wp:post_type></item>
        <item><title>Menu</title><wp:status>publish</wp:status><wp:post_type>nav_menu_item</wp:post_type></item>
        </channel></rss>
        """;

    [Fact]
    public void differences_in_other_exports_are_handled()
    {
        var uploads = Directory.CreateDirectory(Path.Combine(_home, "uploads", "up")).FullName;
        File.WriteAllBytes(Path.Combine(uploads, "a.jpg"), [1]);
        File.WriteAllBytes(Path.Combine(_home, "uploads", "a.jpg"), [2]);
        var (_, report) = Import(Strange, uploads: Path.Combine(_home, "uploads"));
        var greek = _folder.Read("articles/2020-02-03-post-5.md");
        greek.ShouldContain("aliases: [\"/2020/επί\", \"/?p=5\"]");
        greek.ShouldContain("[x](article:second), [y](page:a), [z](https://old.example/gone.pdf)");
        report.ShouldContain("no counterpart here (1):\n  https://old.example/gone.pdf");
        var second = _folder.Read("articles/2020-02-04-second.md");
        second.ShouldContain("summary: \"Second\"");
        second.ShouldContain("aliases: [\"/second.html\", \"/?p=6\"]");
        second.ShouldEndWith("![](a.jpg) ![](a.jpg)\n");
        File.ReadAllBytes(Path.Combine(_folder.Root, "images/a.jpg")).ShouldBe([1]);
        _folder.Read("pages/a.md").ShouldContain("One.");
        _folder.Read("pages/a-2.md").ShouldEndWith("Two.\n\n[video.example/x](https://video.example/x)\n");
        report.ShouldContain("block latest-posts");
        report.ShouldContain("left out: 1 of type \"nav_menu_item\"");
    }

    [Fact]
    public void a_text_imported_before_and_edited_since_is_not_imported_again()
    {
        Import(Strange);
        File.Move(Path.Combine(_folder.Root, "articles/2020-02-04-second.md"), Path.Combine(_folder.Root, "articles/2020-02-04-better.md"));
        _folder.Write("articles/2020-02-04-better.md", _folder.Read("articles/2020-02-04-better.md").Replace("slug: second", "slug: better"));
        var (code, report) = Import(Strange);
        code.ShouldBe(0, report);
        report.ShouldContain("left out: \"Second\": already imported, as articles/2020-02-04-better.md");
        report.ShouldContain("0 articles and 0 pages");
    }

    [Theory]
    [InlineData("<link>https://counts.example/link/980/385</link>", "slug: a-visit\n", "aliases")]
    [InlineData(
        "<link>https://counts.example/link/980/385</link>"
            + "<feedburner:origLink xmlns:feedburner=\"http://rssnamespace.org/feedburner/ext/1.0\">"
            + "https://www.old.example/post/the-visit</feedburner:origLink>",
        "aliases: [\"/post/the-visit\"]",
        "980"
    )]
    public void an_address_of_another_site_is_not_kept_as_an_old_one(string link, string wanted, string unwanted)
    {
        Import(
            $"<rss version=\"2.0\"><channel><link>https://old.example/blog</link><item><title>A visit</title>{link}"
                + "<pubDate>Mon, 14 Jul 2025 22:19:17 GMT</pubDate><description>You sit down.</description></item></channel></rss>"
        );
        var text = File.ReadAllText(Directory.EnumerateFiles(Path.Combine(_folder.Root, "articles")).Single());
        text.ShouldContain(wanted);
        text.ShouldNotContain(unwanted);
    }

    [Fact]
    public void a_feed_that_only_begins_its_texts_says_so()
    {
        var (_, report) = Import(
            "<rss version=\"2.0\"><channel><link>https://old.example/blog</link><item><title>A visit</title>"
                + "<link>https://old.example/post/a-visit</link>"
                + "<pubDate>Mon, 14 Jul 2025 22:19:17 GMT</pubDate><description><![CDATA[You sit down and...]]></description></item></channel></rss>"
        );
        report.ShouldContain("only the beginning; copy the rest from the old site: articles/2025-07-14-a-visit.md");
    }

    [Fact]
    public void a_document_type_is_refused_before_it_can_load_a_file_or_expand()
    {
        var secret = Path.Combine(_home, "secret.txt");
        File.WriteAllText(secret, "hidden words");
        var (code, report) = Import(
            $"<!DOCTYPE rss [<!ENTITY x SYSTEM \"file://{secret}\">]><rss version=\"2.0\"><channel><item><title>&x;</title></item></channel></rss>"
        );
        code.ShouldBe(1);
        report.ShouldContain("document type");
        report.ShouldNotContain("hidden words");
        var bomb =
            "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\">"
            + string.Concat(
                Enumerable
                    .Range(1, 9)
                    .Select(level => $"<!ENTITY {(char)('a' + level)} \"{string.Concat(Enumerable.Repeat($"&{(char)('a' + level - 1)};", 10))}\">")
            )
            + "]><rss><channel><item><title>&j;</title></item></channel></rss>";
        Import(bomb).Code.ShouldBe(1);
        Directory.Exists(Path.Combine(_folder.Root, "articles")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "isn't an export")]
    [InlineData("<html><body>", "begins with <html>")]
    [InlineData("<rss><channel><item><title>a</item>", "title")]
    [InlineData("no xml at all", "isn't an export")]
    public void a_file_that_is_not_an_export_is_refused_with_the_reason(string xml, string reason)
    {
        var (code, report) = Import(xml);
        code.ShouldBe(1);
        report.ShouldContain(reason);
    }

    [Fact]
    public void an_unknown_author_is_refused_with_a_suggestion()
    {
        var (code, report) = Import(WordPress, "editor");
        code.ShouldBe(1);
        report.ShouldContain("editors");
    }

    [Fact]
    public void a_file_of_fifty_megabytes_is_read_one_text_at_a_time()
    {
        var file = Path.Combine(_home, "large.xml");
        var words = string.Concat(Enumerable.Repeat("<p>A sentence of quite ordinary words that goes on for a while.</p>\n", 800));
        using (var xml = new StreamWriter(file))
        {
            xml.Write("<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><link>https://old.example</link>");
            for (var i = 0; i < 1000; i++)
                xml.Write(
                    $"<item><title>Post {i}</title><link>https://old.example/p/{i}</link>"
                        + $"<pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate><content:encoded><![CDATA[{words}]]></content:encoded></item>"
                );
            xml.Write("</channel></rss>");
        }

        new FileInfo(file).Length.ShouldBeGreaterThan(50 << 20);
        using var stream = File.OpenRead(file);
        ExportFile.Read(stream).Texts.Count.ShouldBe(1000);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private (int Code, string Report) Import(string xml, string? author = null, string? uploads = null)
    {
        var file = Path.Combine(_home, "export.xml");
        File.WriteAllText(file, xml, new UTF8Encoding(false));
        using var output = new StringWriter();
        var code = ContentImport.Run(_folder.Root, file, author, uploads, output);
        return (code, output.ToString());
    }
}
