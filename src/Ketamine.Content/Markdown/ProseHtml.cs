using System.Collections.Immutable;
using System.Globalization;
using Markdig.Renderers;

namespace Ketamine.Content.Markdown;

/// <summary>Writes a <see cref="ProseDocument"/> as HTML, for the site's pages or for feeds. All text is escaped here.</summary>
public sealed class ProseHtml
{
    private readonly string _prefix;
    private readonly MarkdownStrings _words;
    private readonly Func<string, string>? _absolute;
    private readonly HtmlRenderer _html;

    private ProseHtml(ProseDocument document, Func<string, string>? absolute = null)
    {
        (_prefix, _words, _absolute) = (document.IdPrefix, document.Words, absolute);
        // Used only for escaping and line breaks.
        _html = new HtmlRenderer(new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" });
    }

    /// <summary>Writes a whole piece for a page, with its references.</summary>
    public static string Page(ProseDocument document) => Page(document, document.Blocks) + References(document);

    /// <summary>Writes some of a piece's blocks for a page.</summary>
    /// <param name="listClass">The CSS class of definition lists among <paramref name="blocks"/>; null for none.</param>
    public static string Page(ProseDocument document, IEnumerable<ProseBlock> blocks, string? listClass = null)
    {
        var writer = new ProseHtml(document);
        foreach (var block in blocks)
        {
            if (block is ProseDefinitions list) writer.Definitions(list, listClass);
            else writer.Block(block);
        }

        return writer.ToString();
    }

    /// <summary>A piece's reference list for a page; empty if nothing is cited.</summary>
    public static string References(ProseDocument document)
    {
        var writer = new ProseHtml(document);
        writer.References(document.References);
        return writer.ToString();
    }

    /// <summary>
    /// A whole piece for readers without the site's style sheet and scripts: without classes, ids, and anything else that only the site's pages use, and
    /// with absolute addresses.
    /// </summary>
    /// <param name="absolute">Makes a path on this site or a fragment of the piece absolute.</param>
    public static string Feed(ProseDocument document, Func<string, string> absolute)
    {
        var writer = new ProseHtml(document, absolute);
        writer.Blocks(document.Blocks);
        writer.References(document.References);
        return writer.ToString();
    }

    /// <summary>The HTML so far.</summary>
    public override string ToString() => _html.Writer.ToString()!;

    private bool OnPage => _absolute is null;

    /// <summary>Returns markup only for pages.</summary>
    private string Own(string markup) => OnPage ? markup : "";

    private void Blocks(ImmutableArray<ProseBlock> blocks)
    {
        foreach (var block in blocks) Block(block);
    }

    /// <summary>Writes an element's content; a first paragraph follows the tag on the same line.</summary>
    private void Inside(ImmutableArray<ProseBlock> blocks)
    {
        for (var i = 0; i < blocks.Length; i++)
        {
            if (i == 0 && blocks[0] is ProseParagraph paragraph) Paragraph(paragraph);
            else Block(blocks[i]);
        }
    }

    private void Block(ProseBlock block)
    {
        if (block is not ProseParagraph { Tight: true }) _html.EnsureLine();
        switch (block)
        {
            case ProseParagraph paragraph: Paragraph(paragraph); break;
            case ProseHeadingBlock heading: Heading(heading); break;
            case ProseList list: List(list, css: null); break;
            case ProseDefinitions list: Definitions(list, css: null); break;
            case ProseQuote quote: Wrapped("blockquote", quote.Blocks); break;
            case ProseCodeBlock code:
                _html.Write("<pre><code");
                if (code.Language is { Length: > 0 } language) _html.Write(Own(" class=\"language-")).WriteEscape(Own(language)).Write(Own("\""));
                _html.Write('>').WriteEscape(code.Code).WriteLine("</code></pre>");
                break;
            case ProseRule: _html.WriteLine("<hr />"); break;
            case ProseTable table: Table(table); break;
            case ProseCallout callout: Callout(callout); break;
            case ProseFigure figure: Figure(figure); break;
            case ProseNotes notes: Notes(notes); break;
        }
    }

    private void Paragraph(ProseParagraph paragraph)
    {
        if (paragraph.Tight)
        {
            Content(paragraph.Content);
            return;
        }

        _html.Write("<p>");
        Content(paragraph.Content);
        _html.WriteLine("</p>");
    }

    private void Wrapped(string element, ImmutableArray<ProseBlock> blocks)
    {
        _html.WriteLine($"<{element}>");
        Blocks(blocks);
        _html.EnsureLine();
        _html.WriteLine($"</{element}>");
    }

    private void Heading(ProseHeadingBlock heading)
    {
        _html.Write($"<h{heading.Level}{Own($" id=\"{heading.Id}\"")}>");
        // Only for the mouse, drawn by the style sheet: keyboards and screen readers have the table of contents.
        _html.Write(Own($"<a class=\"anchor\" href=\"#{heading.Id}\" aria-hidden=\"true\" tabindex=\"-1\"></a>"));
        Content(heading.Content);
        _html.WriteLine($"</h{heading.Level}>");
    }

    private void List(ProseList list, string? css)
    {
        var element = list.Start is null ? "ul" : "ol";
        _html.EnsureLine();
        _html.WriteLine($"<{element}{(list.Start is { } start and not 1 ? $" start=\"{start}\"" : "")}{(css is null ? "" : Own($" class=\"{css}\""))}>");
        foreach (var item in list.Items)
        {
            _html.EnsureLine();
            _html.Write("<li>");
            Inside(item);
            _html.WriteLine("</li>");
        }

        _html.WriteLine($"</{element}>");
    }

    private void Definitions(ProseDefinitions list, string? css)
    {
        _html.EnsureLine();
        _html.WriteLine(css is null ? "<dl>" : $"<dl class=\"{css}\">");
        foreach (var item in list.Items)
        {
            _html.WriteLine("<div>");
            foreach (var term in item.Terms)
            {
                _html.Write("<dt>");
                Content(term);
                _html.WriteLine("</dt>");
            }

            _html.Write("<dd>");
            Inside(item.Meaning);
            _html.WriteLine("</dd></div>");
        }

        _html.WriteLine("</dl>");
    }

    private void Table(ProseTable table)
    {
        // A wide table scrolls in a box that must be reachable by keyboard (WCAG 2.1.1) and have a name for screen readers.
        if (OnPage) _html.Write("<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"").WriteEscape(table.Label).WriteLine("\"><table>");
        else _html.WriteLine("<table>");
        Rows("thead", table.Head);
        Rows("tbody", table.Rows);
        _html.WriteLine("</table>" + Own("</div>"));
    }

    private void Rows(string section, ImmutableArray<ImmutableArray<ProseCell>> rows)
    {
        if (rows.IsEmpty) return;
        _html.WriteLine($"<{section}>");
        foreach (var row in rows)
        {
            _html.Write("<tr>");
            foreach (var cell in row)
            {
                _html.Write(cell.Heads ? "<th scope=\"col\"" : "<td");
                if (cell.Alignment is ProseAlignment.Right) _html.Write(Own(" class=\"table__cell--right\""));
                if (cell.Alignment is ProseAlignment.Center) _html.Write(Own(" class=\"table__cell--center\""));
                _html.Write('>');
                Inside(cell.Blocks);
                _html.Write(cell.Heads ? "</th>" : "</td>");
            }

            _html.WriteLine("</tr>");
        }

        _html.WriteLine($"</{section}>");
    }

    private void Callout(ProseCallout callout)
    {
        // Key points and risks are sections with a heading for screen readers; the others are notes beside the text.
        var (element, role, title) = callout.IsSection ? ("section", "", "h2") : ("div", " role=\"note\"", "p");
        _html.Write($"<{element}{Own($"{role} class=\"callout callout--{callout.Kind}\" aria-labelledby=\"{callout.Id}\"")}>");
        _html.Write($"<{title}{Own($" class=\"callout__title\" id=\"{callout.Id}\"")}>").WriteEscape(callout.Title).WriteLine($"</{title}>");
        foreach (var block in callout.Blocks)
        {
            if (block is ProseList list) List(list, "callout__list");
            else Block(block);
        }

        _html.EnsureLine();
        _html.WriteLine($"</{element}>");
    }

    private void Figure(ProseFigure figure)
    {
        _html.Write("<figure");
        _html.Write(Own(figure.Tall is null ? " class=\"figure\"" : " class=\"figure figure--tall-on-phones\""));
        if (figure.Id is not null) _html.Write(Own($" id=\"{figure.Id}\""));
        _html.Write('>');
        var tall = OnPage ? figure.Tall : null;
        if (tall is not null)
            _html.Write($"<picture><source media=\"(max-width: 51.99rem)\" srcset=\"{tall.VersionedPath}\" width=\"{tall.Width}\" height=\"{tall.Height}\">");
        Image(figure.Picture, " class=\"figure__drawing\"", inPicture: tall is not null);
        if (tall is not null) _html.Write("</picture>");
        if (figure.Label is { } label)
        {
            _html.Write(OnPage ? "<figcaption class=\"figure__caption\"><span class=\"figure__number\">" : "<figcaption>");
            _html.WriteEscape(label).Write(Own("</span>")).Write(' ');
            Content(figure.Caption);
            _html.Write("</figcaption>");
        }

        _html.WriteLine("</figure>");
    }

    private void Notes(ProseNotes notes)
    {
        _html.Write("<section");
        if (OnPage) _html.Write(" class=\"footnotes\" aria-label=\"").WriteEscape(_words["Notes"]).Write('"');
        _html.WriteLine("><ol type=\"a\">");
        foreach (var note in notes.Notes)
        {
            _html.Write($"<li{Own($" id=\"{_prefix}fn-{note.Order}\"")}>");
            Inside(note.Blocks);
            _html.WriteLine("</li>");
        }

        _html.WriteLine("</ol></section>");
    }

    private void References(ImmutableArray<ProseReference> references)
    {
        if (references.IsEmpty) return;
        // If several pieces with references share a page, their titles would crowd the page's outline.
        var (element, role, title) = _prefix.Length == 0 ? ("section", "", "h2") : ("div", " role=\"group\"", "p");
        _html.EnsureLine();
        _html.Write($"<{element}{Own($"{role} class=\"references\" aria-labelledby=\"{_prefix}references\"")}>");
        _html.Write($"<{title}{Own($" class=\"references__title\" id=\"{_prefix}references\"")}>").WriteEscape(_words["References"]);
        _html.WriteLine($"</{title}><ol{Own(" class=\"references__list\"")}>");
        foreach (var reference in references) Entry(reference);
        _html.WriteLine($"</ol></{element}>");
    }

    private void Entry(ProseReference reference)
    {
        _html.Write($"<li{Own($" class=\"references__entry\" id=\"{_prefix}ref-{reference.Number}\"")}>").WriteEscape(reference.Lead);
        if (reference.Journal is { } journal) _html.Write(" <cite>").WriteEscape(journal).Write("</cite>");
        if (reference.Place.Length > 0) _html.Write(' ').WriteEscape(reference.Place);
        _html.Write(' ').Write(Own("<span class=\"references__kind\">")).WriteEscape(reference.Evidence).Write(Own("</span>"));
        foreach (var (href, text) in reference.Sources)
        {
            _html.Write(' ');
            Link(href, external: true, () => _html.WriteEscape(text));
        }

        for (var use = 1; OnPage && use <= reference.Uses; use++)
        {
            var label = reference.Uses == 1 ? "Back to reference {0} in the text" : "Back to reference {0} in the text, place {1}";
            _html.Write($" <a class=\"references__back\" href=\"#{CitationId(reference.Number, use)}\" role=\"doc-backlink\" aria-label=\"")
                .WriteEscape(string.Format(CultureInfo.InvariantCulture, _words[label], reference.Number, use))
                .Write(reference.Uses == 1 ? "\">↩\uFE0E</a>" : $"\">↩\uFE0E<sup>{use}</sup></a>");
        }

        _html.WriteLine("</li>");
    }

    private void Content(ImmutableArray<ProseInline> content)
    {
        foreach (var inline in content) Inline(inline);
    }

    private void Inline(ProseInline inline)
    {
        switch (inline)
        {
            case ProseText text: _html.WriteEscape(text.Text); break;
            case ProseCode code: _html.Write("<code>").WriteEscape(code.Code).Write("</code>"); break;
            case ProseBreak: _html.WriteLine("<br />"); break;
            case ProseImage image: Image(image, ""); break;
            case ProseCitation citation: Citation(citation); break;
            case ProseNoteMark mark: NoteMark(mark); break;
            case ProseLink link: Link(link.Href, link.External, () => Content(link.Content)); break;
            case ProseEmphasis emphasis:
                _html.Write(emphasis.Strong ? "<strong>" : "<em>");
                Content(emphasis.Content);
                _html.Write(emphasis.Strong ? "</strong>" : "</em>");
                break;
        }
    }

    private void Link(string href, bool external, Action words)
    {
        _html.Write("<a href=\"").WriteEscapeUrl(_absolute is not null && href[0] is ('#' or '/') ? _absolute(href) : href).Write('"');
        if (external) _html.Write(Own(" class=\"external\" rel=\"noopener noreferrer\""));
        _html.Write('>');
        words();
        if (external && OnPage) _html.Write("<span class=\"visually-hidden\"> (").WriteEscape(_words["opens another site"]).Write(")</span>");
        _html.Write("</a>");
    }

    private void Image(ProseImage image, string css, bool inPicture = false)
    {
        if (image.File is not { } file)
        {
            _html.WriteEscape(image.Alt);
            return;
        }

        if (OnPage && file.IsPhotograph && !inPicture)
        {
            Photograph(file, image.Alt, css);
            return;
        }

        var source = _absolute is null ? file.VersionedPath : _absolute(file.VersionedPath);
        _html.Write($"<img src=\"{source}\" alt=\"").WriteEscape(image.Alt).Write($"\" width=\"{file.Width}\" height=\"{file.Height}\"");
        _html.Write(Own($" loading=\"lazy\" decoding=\"async\"{css}") + ">");
    }

    // In the sizes that the site makes, so that a phone doesn't load what a wide screen needs.
    private void Photograph(ContentFile photo, string alt, string css)
    {
        var slot = PhotoSlot.Whole;
        var (source, width, height) = slot.MiddleOf(photo);
        _html.Write("<picture>");
        foreach (var extension in new[] { "avif", "webp" })
            _html.Write($"<source type=\"image/{extension}\" srcset=\"{slot.SrcSetOf(photo, extension)}\" sizes=\"{slot.Sizes}\">");
        _html.Write($"<img src=\"{source}\" srcset=\"{slot.SrcSetOf(photo, "jpg")}\" sizes=\"{slot.Sizes}\" alt=\"").WriteEscape(alt);
        _html.Write($"\" width=\"{width}\" height=\"{height}\" loading=\"lazy\" decoding=\"async\"{css}></picture>");
    }

    /// <summary>
    /// Writes <c>[1, 2]</c>, each number a link to its reference. A short form of the reference follows each link; the style sheet shows it on hover and
    /// focus. It is <c>hidden</c>, <c>aria-hidden</c>, and the link's description, so a screen reader speaks it once, with the link.
    /// </summary>
    private void Citation(ProseCitation citation)
    {
        _html.Write(OnPage ? "<span class=\"citation\">[" : "<sup>[");
        for (var i = 0; i < citation.Marks.Length; i++)
        {
            if (i > 0) _html.Write(", ");
            var mark = citation.Marks[i];
            if (!OnPage)
            {
                _html.Write($"<a href=\"{_absolute!($"#{_prefix}ref-{mark.Number}")}\">{mark.Number}</a>");
                continue;
            }

            var id = CitationId(mark.Number, mark.Use);
            _html.Write($"<span class=\"citation__item\"><a class=\"citation__link\" id=\"{id}\" href=\"#{_prefix}ref-{mark.Number}\"");
            _html.Write(" role=\"doc-noteref\" aria-label=\"").WriteEscape(_words.Format("Reference {0}", mark.Number));
            _html.Write($"\" aria-describedby=\"{id}-note\">{mark.Number}</a>");
            _html.Write($"<span class=\"citation__note\" id=\"{id}-note\" aria-hidden=\"true\" hidden>").WriteEscape(mark.Note);
            // Only for the mouse: keyboards and screen readers have the same link in the reference list.
            if (mark.Source is var (href, text))
            {
                _html.Write(" <a class=\"external\" tabindex=\"-1\" rel=\"noopener noreferrer\" href=\"").WriteEscapeUrl(href);
                _html.Write("\">").WriteEscape(text).Write("</a>");
            }

            _html.Write("</span></span>");
        }

        _html.Write(OnPage ? "]</span>" : "]</sup>");
    }

    private string CitationId(int number, int use) => $"{_prefix}cite-{number}-{use}";

    private void NoteMark(ProseNoteMark mark)
    {
        if (!OnPage)
        {
            if (!mark.IsReturn) _html.Write($"<sup><a href=\"{_absolute!($"#{_prefix}fn-{mark.Order}")}\">[{mark.Letter}]</a></sup>");
            return;
        }

        if (mark.IsReturn)
            _html.Write($" <a class=\"footnote__back\" href=\"#{_prefix}fnref-{mark.Index}\" role=\"doc-backlink\" aria-label=\"")
                .WriteEscape(_words.Format("Back to note {0} in the text", mark.Letter)).Write("\">↩</a>");
        else
            _html.Write($"<a class=\"footnote\" id=\"{_prefix}fnref-{mark.Index}\" href=\"#{_prefix}fn-{mark.Order}\" role=\"doc-noteref\" aria-label=\"")
                .WriteEscape(_words.Format("Note {0}", mark.Letter)).Write($"\">{mark.Letter}</a>");
    }
}
