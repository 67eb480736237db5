using System.Text;
using Ketamine.Web.Content;
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

        [gallery ids="1,2"]]]></content:encoded>
          <excerpt:encoded><![CDATA[In short.]]></excerpt:encoded>
          <wp:post_id>10</wp:post_id><wp:post_date_gmt>2019-05-02 15:30:00</wp:post_date_gmt><wp:post_modified_gmt>2021-01-01 00:00:00</wp:post_modified_gmt>
          <wp:post_name>how-it-works</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
          <category domain="category" nicename="brain-science"><![CDATA[Brain Science]]></category><category domain="post_tag" nicename="tag">Tag</category>
          <category domain="category" nicename="uncategorized">Uncategorized</category>
          <wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>77</wp:meta_value></wp:postmeta></item>
        <item><title>Second</title><link>https://old.example/2020/01/second/</link><dc:creator>guest</dc:creator>
          <content:encoded><![CDATA[<!-- wp:paragraph --><p>Words of the second.</p><!-- /wp:paragraph -->]]></content:encoded><excerpt:encoded></excerpt:encoded>
          <wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt><wp:post_name></wp:post_name><wp:status>draft</wp:status><wp:post_type>post</wp:post_type></item>
        <item><title>About us</title><link>https://old.example/about-us/</link><dc:creator>jfield</dc:creator><content:encoded><![CDATA[<p>Who we are.</p>]]></content:encoded>
          <wp:post_date_gmt>2018-01-01 00:00:00</wp:post_date_gmt><wp:post_name>about-us</wp:post_name><wp:status>publish</wp:status><wp:post_type>page</wp:post_type></item>
        <item><title>Blog</title><link>https://old.example/blog/</link><content:encoded><![CDATA[<p>x</p>]]></content:encoded><wp:post_name>blog</wp:post_name><wp:status>publish</wp:status><wp:post_type>page</wp:post_type></item>
        <item><title>Gone</title><link>https://old.example/gone/</link><content:encoded>x</content:encoded><wp:post_name>gone</wp:post_name><wp:status>trash</wp:status><wp:post_type>post</wp:post_type></item>
        <item><title>room</title><link>https://old.example/room/</link><wp:post_id>77</wp:post_id><wp:status>inherit</wp:status><wp:post_type>attachment</wp:post_type><wp:attachment_url>https://old.example/wp-content/uploads/lead.png</wp:attachment_url></item>
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
            aliases: ["/2019/05/how-it-works"]
            draft: true
            ---

            Ketamine cures depression.

            See [about us](page:about-us) and \[sic\] [the second](article:second).

            ![A room](room-1.jpg "Our room")

            """.ReplaceLineEndings("\n"));
        _folder.Read("pages/about-us.md").ShouldContain("Who we are.");
        var second = Directory.EnumerateFiles(Path.Combine(_folder.Root, "articles"), "*-second.md").Single();
        File.ReadAllText(second).ShouldContain("authors: [editors]");

        report.ShouldContain("cures depression");
        report.ShouldContain("https://old.example/wp-content/uploads/2019/05/Room%201.JPG -> images/room-1.jpg");
        report.ShouldContain("https://old.example/wp-content/uploads/lead.png -> images/lead.png");
        report.ShouldContain("A Guest by editors");
        report.ShouldContain("Shortcodes that were dropped: gallery");
        report.ShouldContain("left out: the page \"Blog\"");
        report.ShouldContain("left out: 1 of the kind \"nav_menu_item\"");
        report.ShouldContain("left out: 1 of the kind \"trash\"");
        report.ShouldContain("2 articles and 1 pages written as drafts");
        ContentFolder.Read(_folder.Root).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void what_is_there_stays_as_it_is()
    {
        _folder.Write("articles/mine.md", "---\ntitle: Mine\nslug: second\nsummary: Mine.\npublished: 2026-01-01\nauthors: [jo]\n---\nMine.");
        Import(WordPress).Report.ShouldContain("left out: \"Second\": /blog/second is there already");
        var before = Snapshot();
        var (code, report) = Import(WordPress);
        code.ShouldBe(0);
        report.ShouldContain("0 articles and 0 pages");
        Snapshot().ShouldBe(before);

        Dictionary<string, string> Snapshot() => Directory.EnumerateFiles(_folder.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToDictionary(file => file, File.ReadAllText);
    }

    [Fact]
    public void a_feed_of_wix_or_squarespace_becomes_drafts_too()
    {
        var (code, report) = Import("""
            <rss xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" version="2.0">
            <channel><title>Blog</title><link>https://www.old.example/blog</link>
            <item><title>What a visit is like</title><link>https://www.old.example/post/what-a-visit-is-like</link><guid>x</guid>
            <pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate><dc:creator>Jo Field</dc:creator><category>Your Visit</category>
            <description><![CDATA[You sit down.]]></description>
            <content:encoded><![CDATA[<p class="x">You <span style="font-weight:700">sit</span> down.</p><img src="https://static.example/media/abc~mv2.png/v1/fit/file.png" alt="Chair"/>]]></content:encoded>
            <enclosure url="https://static.example/lead.png" length="0" type="image/png"/></item>
            <item><title>Only a summary</title><link>https://www.old.example/post/only-a-summary</link><pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate><description>&lt;p&gt;No more than this.&lt;/p&gt;</description></item>
            </channel></rss>
            """);
        code.ShouldBe(0, report);
        var text = _folder.Read("articles/2026-03-03-what-a-visit-is-like.md");
        text.ShouldContain("authors: [jo]");
        text.ShouldContain("topics: [your-visit]");
        text.ShouldContain("aliases: [\"/post/what-a-visit-is-like\"]");
        text.ShouldContain("\nYou sit down.\n\n![Chair](file.png)\n");
        _folder.Read("articles/2026-03-03-only-a-summary.md").ShouldEndWith("\nNo more than this.\n");
    }

    [Fact]
    public void a_document_type_is_refused_before_it_can_name_a_file_or_grow()
    {
        var secret = Path.Combine(_home, "secret.txt");
        File.WriteAllText(secret, "hidden words");
        var (code, report) = Import($"<!DOCTYPE rss [<!ENTITY x SYSTEM \"file://{secret}\">]><rss version=\"2.0\"><channel><item><title>&x;</title></item></channel></rss>");
        code.ShouldBe(1);
        report.ShouldContain("document type");
        report.ShouldNotContain("hidden words");
        var bomb = "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\">" + string.Concat(Enumerable.Range(1, 9).Select(level => $"<!ENTITY {(char)('a' + level)} \"{string.Concat(Enumerable.Repeat($"&{(char)('a' + level - 1)};", 10))}\">")) + "]><rss><channel><item><title>&j;</title></item></channel></rss>";
        Import(bomb).Code.ShouldBe(1);
        Directory.Exists(Path.Combine(_folder.Root, "articles")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "Root element")]
    [InlineData("<html><body>", "begins with <html>")]
    [InlineData("<rss><channel><item><title>a</item>", "title")]
    [InlineData("no xml at all", "invalid")]
    public void what_is_no_export_is_refused_with_the_reason(string xml, string reason)
    {
        var (code, report) = Import(xml);
        code.ShouldBe(1);
        report.ShouldContain(reason);
    }

    [Fact]
    public void an_author_that_nobody_knows_is_refused_with_the_nearest()
    {
        var (code, report) = Import(WordPress, "editor");
        code.ShouldBe(1);
        report.ShouldContain("editors");
    }

    [Fact]
    public void fifty_megabytes_are_read_text_by_text()
    {
        var file = Path.Combine(_home, "large.xml");
        var words = string.Concat(Enumerable.Repeat("<p>A sentence of quite ordinary words that goes on for a while.</p>\n", 800));
        using (var xml = new StreamWriter(file))
        {
            xml.Write("<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><link>https://old.example</link>");
            for (var i = 0; i < 1000; i++) xml.Write($"<item><title>Post {i}</title><link>https://old.example/p/{i}</link><pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate><content:encoded><![CDATA[{words}]]></content:encoded></item>");
            xml.Write("</channel></rss>");
        }

        new FileInfo(file).Length.ShouldBeGreaterThan(50 << 20);
        using var stream = File.OpenRead(file);
        ExportFile.Read(stream).Texts.Count.ShouldBe(1000);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private (int Code, string Report) Import(string xml, string? author = null)
    {
        var file = Path.Combine(_home, "export.xml");
        File.WriteAllText(file, xml, new UTF8Encoding(false));
        using var output = new StringWriter();
        var code = ContentImport.Run(_folder.Root, file, author, new FakeClock(), output);
        return (code, output.ToString());
    }
}
