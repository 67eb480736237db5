using Ketamine.Web.Web;

namespace Ketamine.Web.Tests.Web;

public sealed class StyleRulesTests
{
    [Theory]
    // Each selector of a list for itself.
    [InlineData(".a, .b { x: y; }", """<p class="b c">""", ".b{x:y}")]
    [InlineData(".a > p, #b p { x: y }", """<p class="a">""", ".a>p{x:y}")]
    [InlineData("h2, h3, .b { x: y }", """<h3><p class="b">""", "h3,.b{x:y}")]
    [InlineData(".a .b { x: y }", """<p class="a">""", "")]
    [InlineData("h2 { x: y }", "<h3>h2</h3>", "")]
    // States, attributes, and what is in parentheses may come later.
    [InlineData(".a[open]:hover::after { x: y }", """<p class="a">""", ".a[open]:hover::after{x:y}")]
    [InlineData(".a:not(.b, :has(.c)) { x: y }", """<p class="a">""", ".a:not(.b,:has(.c)){x:y}")]
    [InlineData(":is(h2, .b):focus { x: y }", "<p>", ":is(h2,.b):focus{x:y}")]
    [InlineData("[hidden], :root, * { x: y }", "<p>", "[hidden],:root,*{x:y}")]
    // Groups without rules disappear, and other at-rules stay.
    [InlineData("@layer a, b; @layer a { .a { x: y } @media print { .a { x: y } .b { x: y } } }", """<p class="b">""",
        "@layer a,b;@layer a{@media print{.b{x:y}}}")]
    [InlineData("@layer a { .a { x: y } }", "<p>", "")]
    // A layer is named once while it goes on.
    [InlineData("@layer a { p { x: y } } @layer a { .b { x: y } } @layer a { p { x: z } } @layer b { p { x: y } }", "<p>",
        "@layer a{p{x:y}p{x:z}}@layer b{p{x:y}}")]
    [InlineData("@media print { p { x: y } } p { x: y } @media print { p { x: z } }", "<p>", "@media print{p{x:y}}p{x:y}@media print{p{x:z}}")]
    [InlineData("@font-face { src: url(\"/a;b}.woff2\"); } @page { margin: 2cm; }", "<p>", "@font-face{src:url(\"/a;b}.woff2\")}@page{margin:2cm}")]
    [InlineData("@keyframes k { from { x: y } to { x: z } } .a { content: \"}\" }", """<p class="a">""", "@keyframes k{from {x:y }to {x:z }}.a{content:\"}\"}")]
    // A bracket in an attribute doesn't end the tag.
    [InlineData(".a { x: y }", """<p title="1 > 0" class='a'>""", ".a{x:y}")]
    public void a_page_has_only_the_rules_that_its_markup_can_match(string css, string markup, string kept)
    {
        var names = new HashSet<string>();
        StyleRules.AddNames(markup, names);
        StyleRules.Parse(css).For(names).ShouldBe(kept);
    }

    [Theory]
    [InlineData("@media print { .a { x: y }")]
    [InlineData(".a { x: y")]
    [InlineData(".a { content: \"x }")]
    public void a_style_sheet_without_an_end_is_refused(string css) => Should.Throw<FormatException>(() => StyleRules.Parse(css));
}
