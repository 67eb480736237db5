using System.Collections.Frozen;
using Markdig.Extensions.CustomContainers;
using Markdig.Extensions.DefinitionLists;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.SmartyPants;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Ketamine.Content.Markdown;

/// <summary>What the HTML of a text depends on beside the text itself.</summary>
public sealed record RenderContext(FrozenDictionary<string, ContentFile> Files, FrozenDictionary<string, Reference> Bibliography, MarkdownStrings Words)
{
    /// <summary>The site's paths of the folder's texts by what a link may call them: pages/about.md, about.md.</summary>
    public FrozenDictionary<string, string> Texts { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The path on this site that a link to a file of the folder means, its fragment kept; null where there is no such text.</summary>
    public string? PathOfFile(string url) =>
        Texts.GetValueOrDefault(Links.FileOf(url)) is { } path ? path + (url.IndexOf('#', StringComparison.Ordinal) is >= 0 and var hash ? url[hash..] : "") : null;
}

/// <summary>
/// Writes a parsed text as HTML. Every element is written by a renderer of this file or by one of Markdig's that writes neither addresses nor
/// attributes, so that nothing of a text reaches the page unescaped even if a check was forgotten.
/// </summary>
internal static class ProseRenderer
{
    public static string Render(string markdown, string idPrefix, RenderContext setting)
    {
        var document = MarkdownParser.Parse(markdown, idPrefix);
        using var writer = new StringWriter(System.Globalization.CultureInfo.InvariantCulture) { NewLine = "\n" };
        var html = new HtmlRenderer(writer);
        html.ObjectRenderers.Clear();
        var citations = new CitationWriter(idPrefix, setting.Bibliography, setting.Words);
        html.ObjectRenderers.AddRange(new Writers(idPrefix, setting, citations).All());
        html.Render(document);
        citations.List(html);
        return writer.ToString();
    }

    /// <summary>A renderer as a function.</summary>
    private sealed class Element<T>(Action<HtmlRenderer, T> write) : HtmlObjectRenderer<T> where T : MarkdownObject
    {
        protected override void Write(HtmlRenderer renderer, T obj) => write(renderer, obj);
    }

    private sealed class Writers(string prefix, RenderContext setting, CitationWriter citations)
    {
        private int _tables;

        public IEnumerable<IMarkdownObjectRenderer> All() =>
        [
            new ParagraphRenderer(), new Markdig.Renderers.Html.Inlines.LiteralInlineRenderer(), new Markdig.Renderers.Html.Inlines.EmphasisInlineRenderer(),
            new Element<LinkInline>(Link), new Element<AutolinkInline>(Autolink), new Element<HeadingBlock>(Heading),
            new Element<SmartyPant>((html, quote) => html.WriteEscape(MarkdownParser.Character(quote))),
            new Element<Citation>(citations.Mark), new Element<Figure>(Figure), new Element<CustomContainer>(Callout), new Element<ListBlock>(List), new Element<Table>(Table),
            new Element<FootnoteGroup>(Footnotes), new Element<FootnoteLink>(FootnoteMark),
            new Element<HtmlBlock>((_, _) => { }), new Element<HtmlInline>((_, _) => { }), new Element<LinkReferenceDefinitionGroup>((_, _) => { }),
            new Element<QuoteBlock>((html, quote) => Wrapped(html, "blockquote", quote)), new Element<DefinitionList>(Definitions),
            new CodeBlockRenderer(), new ThematicBreakRenderer(), new Markdig.Renderers.Html.Inlines.CodeInlineRenderer(),
            new Markdig.Renderers.Html.Inlines.DelimiterInlineRenderer(), new Markdig.Renderers.Html.Inlines.HtmlEntityInlineRenderer(),
            new Markdig.Renderers.Html.Inlines.LineBreakInlineRenderer(),
        ];

        private static void Wrapped(HtmlRenderer html, string element, ContainerBlock block)
        {
            html.EnsureLine();
            html.Write($"<{element}>").WriteLine();
            Loose(html, block);
            html.EnsureLine();
            html.WriteLine($"</{element}>");
        }

        // Markdig leaves out <p> in tight lists by a switch on the renderer; what stands inside a list may need its paragraphs back.
        private static void Loose(HtmlRenderer html, ContainerBlock block)
        {
            var before = html.ImplicitParagraph;
            html.ImplicitParagraph = false;
            html.WriteChildren(block);
            html.ImplicitParagraph = before;
        }

        private static void Heading(HtmlRenderer html, HeadingBlock heading)
        {
            // The page's title is its only h1.
            var level = Math.Max(2, heading.Level);
            var id = heading.GetAttributes().Id;
            html.EnsureLine();
            // For the mouse alone, drawn by the stylesheet: keyboards and screen readers have the contents list.
            html.Write($"<h{level} id=\"{id}\"><a class=\"anchor\" href=\"#{id}\" aria-hidden=\"true\" tabindex=\"-1\"></a>");
            html.WriteLeafInline(heading);
            html.WriteLine($"</h{level}>");
        }

        private void Autolink(HtmlRenderer html, AutolinkInline link) =>
            Anchor(html, link.IsEmail ? "mailto:" + link.Url : link.Url, () => html.WriteEscape(link.Url));

        private void Link(HtmlRenderer html, LinkInline link)
        {
            if (link.IsImage) Picture(html, link.Url ?? "", MarkdownParser.Plain(Markdown.Figure.Text(link)), "", inline: true);
            else Anchor(html, link.Url ?? "", () => html.WriteChildren(link));
        }

        private void Anchor(HtmlRenderer html, string url, Action words)
        {
            var kind = Links.Kind(url);
            if (kind == LinkKind.File && setting.PathOfFile(url) is { } path) (kind, url) = (LinkKind.Own, path);
            if (kind is LinkKind.Refused or LinkKind.File)
            {
                words();
                return;
            }

            html.Write("<a href=\"").WriteEscapeUrl(kind == LinkKind.Text ? Links.PathOf(url) : url).Write('"');
            if (kind == LinkKind.External) html.Write(" class=\"external\" rel=\"noopener noreferrer\"");
            html.Write('>');
            words();
            if (kind == LinkKind.External) html.Write("<span class=\"visually-hidden\"> (").WriteEscape(setting.Words["opens another site"]).Write(")</span>");
            html.Write("</a>");
        }

        private void Figure(HtmlRenderer html, Figure figure)
        {
            var source = figure.Picture.Url ?? "";
            var path = Links.Picture(source);
            var tall = path is null ? null : setting.Files.GetValueOrDefault(Tall(path));
            html.EnsureLine();
            html.Write(tall is null ? "<figure class=\"figure\"" : "<figure class=\"figure figure--tall-on-phones\"");
            if (figure.Number > 0) html.Write($" id=\"{figure.GetAttributes().Id}\"");
            html.Write('>');
            if (tall is not null)
                html.Write($"<picture><source media=\"(max-width: 51.99rem)\" srcset=\"{Address(tall)}\" width=\"{tall.Width}\" height=\"{tall.Height}\">");
            Picture(html, source, figure.Alt, "figure__drawing", inline: false);
            if (tall is not null) html.Write("</picture>");
            if (figure.Inline is not null)
            {
                html.Write("<figcaption class=\"figure__caption\"><span class=\"figure__number\">").WriteEscape(setting.Words.Format("Fig. {0}.", figure.Number)).Write("</span> ");
                html.WriteLeafInline(figure);
                html.Write("</figcaption>");
            }

            html.WriteLine("</figure>");
        }

        private static string Tall(string path) => path.LastIndexOf('.') is > 0 and var dot ? $"{path[..dot]}-tall{path[dot..]}" : path + "-tall";

        private void Picture(HtmlRenderer html, string source, string alt, string css, bool inline)
        {
            if (Links.Picture(source) is not { } path || setting.Files.GetValueOrDefault(path) is not { Width: > 0 } file)
            {
                html.WriteEscape(alt);
                return;
            }

            html.Write($"<img src=\"{Address(file)}\" alt=\"").WriteEscape(alt).Write($"\" width=\"{file.Width}\" height=\"{file.Height}\" loading=\"lazy\" decoding=\"async\"");
            html.Write(css.Length > 0 ? $" class=\"{css}\">" : ">");
        }

        private static string Address(ContentFile file) => file.VersionedPath;

        private void Callout(HtmlRenderer html, CustomContainer callout)
        {
            var kind = callout.Info ?? "note";
            if (!Callouts.Kinds.Contains(kind, StringComparer.Ordinal)) kind = "note";
            var id = callout.GetAttributes().Id;
            var title = callout.Arguments is { Length: > 0 } own ? own : setting.Words[Callouts.Title(kind)];
            html.EnsureLine();
            // Key points and risks are sections of the text with a heading that a screen reader finds; the others are remarks beside it.
            var (open, close, heading) = Callouts.IsSection(kind) ? ("section", "section", "h2") : ("div role=\"note\"", "div", "p");
            html.Write($"<{open} class=\"callout callout--{kind}\" aria-labelledby=\"{id}\"><{heading} class=\"callout__title\" id=\"{id}\">").WriteEscape(title).WriteLine($"</{heading}>");
            Loose(html, callout);
            html.EnsureLine();
            html.WriteLine($"</{close}>");
        }

        private static void List(HtmlRenderer html, ListBlock list)
        {
            html.EnsureLine();
            html.Write(list.IsOrdered ? "<ol" : "<ul");
            if (list.IsOrdered && list.OrderedStart is { } start && start != "1" && int.TryParse(start, out var first)) html.Write($" start=\"{first}\"");
            if (list.Parent is CustomContainer) html.Write(" class=\"callout__list\"");
            html.WriteLine(">");
            foreach (var item in list.OfType<ListItemBlock>())
            {
                var before = html.ImplicitParagraph;
                html.ImplicitParagraph = !list.IsLoose;
                html.EnsureLine();
                html.Write("<li>");
                html.WriteChildren(item);
                html.WriteLine("</li>");
                html.ImplicitParagraph = before;
            }

            html.WriteLine(list.IsOrdered ? "</ol>" : "</ul>");
        }

        private static void Definitions(HtmlRenderer html, DefinitionList list)
        {
            html.EnsureLine();
            html.WriteLine("<dl>");
            foreach (var item in list.OfType<DefinitionItem>())
            {
                html.WriteLine("<div>");
                foreach (var term in item.OfType<DefinitionTerm>())
                {
                    html.Write("<dt>");
                    html.WriteLeafInline(term);
                    html.WriteLine("</dt>");
                }

                var before = html.ImplicitParagraph;
                var meaning = item.Where(block => block is not DefinitionTerm).ToList();
                html.ImplicitParagraph = meaning is [ParagraphBlock];
                html.Write("<dd>");
                foreach (var block in meaning) html.Write(block);
                html.WriteLine("</dd></div>");
                html.ImplicitParagraph = before;
            }

            html.WriteLine("</dl>");
        }

        private void Table(HtmlRenderer html, Table table)
        {
            var rows = table.OfType<TableRow>().ToList();
            var head = rows.TakeWhile(row => row.IsHeader).ToList();
            var label = string.Join(", ", head.SelectMany(row => row.OfType<TableCell>()).Select(cell => MarkdownParser.Plain(cell.Descendants<ParagraphBlock>().FirstOrDefault()?.Inline)).Where(text => text.Length > 0));
            html.EnsureLine();
            // A wide table scrolls in its own box, which keyboards must reach (WCAG 2.1.1) and screen readers must be able to name.
            html.Write("<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"").WriteEscape($"{setting.Words.Format("Table {0}", ++_tables)}{(label.Length > 0 ? ": " + label : "")}").WriteLine("\"><table>");
            if (head.Count > 0) Rows(html, table, "thead", head);
            if (rows.Count > head.Count) Rows(html, table, "tbody", rows.Skip(head.Count));
            html.WriteLine("</table></div>");
        }

        private static void Rows(HtmlRenderer html, Table table, string section, IEnumerable<TableRow> rows)
        {
            html.WriteLine($"<{section}>");
            foreach (var row in rows)
            {
                html.Write("<tr>");
                for (var i = 0; i < row.Count; i++)
                {
                    if (row[i] is not TableCell cell) continue;
                    var empty = cell.Descendants<ParagraphBlock>().All(text => text.Inline?.FirstChild is null);
                    var element = row.IsHeader && !empty ? "th" : "td";
                    html.Write($"<{element}{(element == "th" ? " scope=\"col\"" : "")}");
                    var side = i < table.ColumnDefinitions.Count ? table.ColumnDefinitions[i].Alignment : null;
                    if (side is TableColumnAlign.Right or TableColumnAlign.Center) html.Write(side == TableColumnAlign.Right ? " class=\"table__cell--right\"" : " class=\"table__cell--center\"");
                    html.Write('>');
                    var before = html.ImplicitParagraph;
                    html.ImplicitParagraph = cell.Count == 1;
                    html.WriteChildren(cell);
                    html.ImplicitParagraph = before;
                    html.Write($"</{element}>");
                }

                html.WriteLine("</tr>");
            }

            html.WriteLine($"</{section}>");
        }

        private void FootnoteMark(HtmlRenderer html, FootnoteLink mark)
        {
            // Letters, because numbers in brackets are the references'.
            var letter = Letter(mark.Footnote.Order);
            if (mark.IsBackLink)
                html.Write($" <a class=\"footnote__back\" href=\"#{prefix}fnref-{mark.Index}\" role=\"doc-backlink\" aria-label=\"").WriteEscape(setting.Words.Format("Back to note {0} in the text", letter)).Write("\">↩</a>");
            else
                html.Write($"<a class=\"footnote\" id=\"{prefix}fnref-{mark.Index}\" href=\"#{prefix}fn-{mark.Footnote.Order}\" role=\"doc-noteref\" aria-label=\"").WriteEscape(setting.Words.Format("Note {0}", letter)).Write($"\">{letter}</a>");
        }

        private void Footnotes(HtmlRenderer html, FootnoteGroup group)
        {
            html.EnsureLine();
            html.Write("<section class=\"footnotes\" aria-label=\"").WriteEscape(setting.Words["Notes"]).WriteLine("\"><ol type=\"a\">");
            foreach (var note in group.OfType<Footnote>())
            {
                html.Write($"<li id=\"{prefix}fn-{note.Order}\">");
                Loose(html, note);
                html.WriteLine("</li>");
            }

            html.WriteLine("</ol></section>");
        }

        private static string Letter(int number)
        {
            var text = "";
            for (; number > 0; number = (number - 1) / 26) text = (char)('a' + ((number - 1) % 26)) + text;
            return text;
        }
    }
}
