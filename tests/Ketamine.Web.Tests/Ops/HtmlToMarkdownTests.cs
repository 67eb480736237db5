using Ketamine.Web.Ops;

namespace Ketamine.Web.Tests.Ops;

public sealed class HtmlToMarkdownTests
{
    [Theory]
    [InlineData("<p>One <strong>bold </strong>word and <em>an <b>other</b></em>.</p>", "One **bold** word and _an **other**_.")]
    [InlineData("<h1>Title</h1><h3>Part #1</h3><p>x</p>", "## Title\n\n### Part #1\n\nx")]
    [InlineData("<ul><li>a</li><li>b<ol><li>c</li><li>d</li></ol></li></ul>", "- a\n- b\n  1. c\n  2. d")]
    [InlineData("<ol start=\"3\"><li><p>a</p><p>b</p></li></ol>", "3. a\n\n   b")]
    [InlineData("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b")]
    [InlineData("<pre><code>if (a) {\n  b\n}</code></pre>", "```\nif (a) {\n  b\n}\n```")]
    [InlineData("<p>Use <code>a*b</code></p>", "Use `a*b`")]
    [InlineData("<table><tr><th>A</th><th>B</th></tr><tr><td>1 | 2</td><td>x<br>y</td></tr></table>", "| A | B |\n|---|---|\n| 1 \\| 2 | x y |")]
    [InlineData("<p><a href=\"https://a.example/x (1)\"> words </a>here</p>", "[words](<https://a.example/x%20(1)>) here")]
    [InlineData("<p>a<br>b</p>", "a\\\nb")]
    [InlineData("<p><a href=\"javascript:alert(1)\">words</a></p>", "words")]
    [InlineData(
        "<figure><img src=\"https://a.example/p.jpg\" alt=\"A room\"><figcaption>The \"room\"</figcaption></figure>",
        "![A room](p.jpg \"The \\\"room\\\"\")"
    )]
    [InlineData("<p>Text <img src=\"data:image/gif;base64,xx\" data-src=\"https://a.example/p.jpg\" alt=\"\"></p>", "Text ![](p.jpg)")]
    [InlineData("<iframe src=\"//www.youtube.com/embed/abc\"></iframe>", "[Watch](https://www.youtube.com/embed/abc)")]
    [InlineData("<div>loose <div><p>inner</p></div> tail</div>", "loose\n\ninner\n\ntail")]
    [InlineData("<p>a</p><script>evil()</script><style>p{}</style><p>b</p>", "a\n\nb")]
    [InlineData("<dl><dt>Dose</dt><dd>0.5 mg/kg</dd></dl>", "Dose\n:   0.5 mg/kg")]
    [InlineData("<p>2 * 3 * 4 [@key] _x_ &lt;b&gt; `c` a|b</p>", "2 \\* 3 \\* 4 \\[@key\\] \\_x\\_ \\<b\\> \\`c\\` a\\|b")]
    [InlineData(
        "<p># no heading</p><p>1. no list</p><p>::: no callout</p><p>- no list</p>",
        "\\# no heading\n\n1\\. no list\n\n\\::: no callout\n\n\\- no list"
    )]
    [InlineData("<p>&amp;copy; stays, Q&amp;A too</p>", "&amp;copy; stays, Q&A too")]
    [InlineData("<p>a<br><br><b>b<br>c</b></p>", "a\n\n**b**\\\n**c**")]
    [InlineData("<p>a</p>\n\nb <i>c</i>\n\nd<pre>e\n\nf</pre>", "a\n\nb *c*\n\nd\n\n```\ne\n\nf\n```")]
    [InlineData("<table><tr><td><p>a</p><p>b</p></td><td><ul><li>c</li><li>d</li></ul></td></tr></table>", "|  |  |\n|---|---|\n| a b | c d |")]
    [InlineData(
        "<ul><li><figure><img src=\"https://a.example/p.jpg\"><figcaption>One</figcaption></figure></li><li><img src=\"https://a.example/q.jpg\"></li></ul>",
        "![](p.jpg \"One\")\n\n![](q.jpg)"
    )]
    [InlineData(
        "<figure><figure><img src=\"https://a.example/p.jpg\">"
            + "<figcaption>One</figcaption></figure><figure><img src=\"https://a.example/q.jpg\"></figure><figcaption>Both</figcaption></figure>",
        "![](p.jpg \"One\")\n\n![](q.jpg)\n\nBoth"
    )]
    [InlineData("<a href=\"https://a.example/whole.JPG?x\"><img src=\"https://a.example/small-150x150.jpg\" alt=\"A room\"></a>", "![A room](whole.JPG?x)")]
    [InlineData(
        "<div>https://a.example/watch?v=a_b</div><p><a href=\"https://a.example/\">https://a.example/</a></p>",
        "[a.example/watch?v=a\\_b](https://a.example/watch?v=a_b)\n\n[https://a.example/](https://a.example/)"
    )]
    [InlineData("<p>a<img src=\"https://a.example/count.gif\" width=\"1\" height=\"1\"></p>", "a")]
    [InlineData("<!-- wp:paragraph --><p>a</p><!-- /wp:paragraph --><p>&nbsp;</p>", "a")]
    [InlineData("<a href=\"https://a.example/\"><h3>A card</h3><p>words</p></a>", "### A card\n\nwords")]
    public void html_becomes_the_markdown_that_an_editor_would_write(string html, string markdown) =>
        Converter().Convert(html).TrimEnd('\n').ShouldBe(markdown);

    [Theory]
    [InlineData("One\ntwo\n\nthree", "One\\\ntwo\n\nthree")]
    [InlineData("<h2>\nA\nb\n</h2>\n<ul>\n<li>c</li>\n</ul>\n<em>d\n\ne</em>", "## A b\n\n- c\n\n*d*\n\n*e*")]
    [InlineData("See:\nhttps://a.example/v\nand", "See:\\\n[a.example/v](https://a.example/v)\\\nand")]
    public void line_breaks_that_the_writer_typed_are_kept(string html, string markdown) =>
        new HtmlToMarkdown(address => address, _ => null, lines: true).Convert(html).TrimEnd('\n').ShouldBe(markdown);

    [Fact]
    public void words_in_adjacent_blocks_stay_separate_and_a_summary_has_no_headings()
    {
        const string html = "<h2>Top</h2><p>You sit down in a chair that leans back.</p><p>A nurse stays.</p>";
        HtmlToMarkdown.Words(html).ShouldBe("Top You sit down in a chair that leans back. A nurse stays.");
        HtmlToMarkdown.Words(html, prose: true).ShouldBe("You sit down in a chair that leans back. A nurse stays.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("<p> </p><script>x</script>")]
    public void empty_html_becomes_empty_markdown(string html) => Converter().Convert(html).ShouldBe("");

    [Fact]
    public void deeply_nested_elements_are_read_up_to_a_limit()
    {
        Converter().Convert(Nested("div", 300)).ShouldBe("deep\n");
        Converter().Convert(Nested("span", 300)).ShouldBe("deep\n");
        HtmlToMarkdown.IsTooDeep(Nested("div", 300)).ShouldBeFalse();
        HtmlToMarkdown.IsTooDeep(Nested("span", 100_000)).ShouldBeTrue();
        HtmlToMarkdown.IsTooDeep(string.Concat(Enumerable.Repeat("<p>Unclosed<br>", 1000))).ShouldBeFalse();

        static string Nested(string element, int depth) =>
            string.Concat(Enumerable.Repeat($"<{element}>", depth)) + "deep" + string.Concat(Enumerable.Repeat($"</{element}>", depth));
    }

    private static HtmlToMarkdown Converter() => new(
        address => address.StartsWith("https://", StringComparison.Ordinal) ? address : null,
        address => address.StartsWith("https://", StringComparison.Ordinal) ? address.Split('/')[^1] : null);
}
