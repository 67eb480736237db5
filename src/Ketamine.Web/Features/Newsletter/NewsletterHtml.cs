using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// Writes a text as HTML for email programs: inline styles, tables where Outlook needs them, absolute addresses, and nothing that loads from the network
/// except the clinic's own pictures.
/// </summary>
/// <param name="withSources">Whether to write references and notes, and the marks that refer to them.</param>
internal sealed class NewsletterHtml(
    MailColors colors, EmailLinks links, FrozenDictionary<string, ContentFile> files, string seePicture, bool withSources = true)
{
    private const string Code = "Consolas,Menlo,monospace";
    private const int Column = 560;

    public string Render(ProseDocument document, IEnumerable<ProseBlock> blocks) =>
        Blocks([.. blocks]) + (withSources ? References(document) : "");

    /// <summary>
    /// The raster picture that replaces one that many email programs can't show: few support SVG, and Outlook doesn't support WebP. A version for phones is
    /// preferred, because half of all email is read there.
    /// </summary>
    private ContentFile? Shown(ContentFile picture)
    {
        if (picture is { ContentType: "image/png" or "image/jpeg" or "image/gif" }) return picture;
        var stem = picture.Path.LastIndexOf('.') is > 0 and var dot ? picture.Path[..dot] : picture.Path;
        var endings = new[] { "-tall.png", ".png", ".jpg", ".jpeg", ".gif" };
        return endings.Select(ending => files.GetValueOrDefault(stem + ending)).FirstOrDefault(file => file is { Width: > 0 });
    }

    /// <param name="inBox">Whether to omit the space below the last block, because the surrounding box or item adds it.</param>
    /// <param name="inItem">Whether to add a little space above a list or box directly in a list item.</param>
    private string Blocks(ImmutableArray<ProseBlock> blocks, bool inBox = false, bool inItem = false) => string.Concat(blocks.Select((block, i) =>
    {
        var last = inBox && i == blocks.Length - 1;
        return Block(block, i > 0 ? blocks[i - 1] : null, pixels => last ? 0 : pixels, inItem ? 6 : 0);
    }));

    /// <param name="below">Maps the block's default space below to the actual one.</param>
    /// <param name="above">Pixels above a list or box.</param>
    private string Block(ProseBlock block, ProseBlock? before, Func<int, int> below, int above) => block switch
    {
        ProseParagraph { Tight: true } words => Content(words.Content),
        ProseParagraph words => $"<p style=\"margin:0 0 {below(16)}px\">{Content(words.Content)}</p>\n",
        ProseHeadingBlock { Level: 2 } heading => Heading("h2", 24, Content(heading.Content)),
        ProseHeadingBlock heading => Heading("h3", 20, Content(heading.Content)),
        ProseList { Start: null } list => List("ul", "", list.Items.Select(Item), below(16), above),
        ProseList list => List("ol", list.Start == 1 ? "" : $" start=\"{list.Start}\"", list.Items.Select(Item), below(16), above),
        ProseDefinitions list => $"<div style=\"margin:0 0 {below(16)}px\">{string.Concat(list.Items.Select(Definition))}</div>\n",
        ProseQuote quote => Box(
            $"padding:2px 0 2px 18px;border-left:3px solid {colors.Accent};font-family:{MailHtmlPart.Serif};font-size:18px;line-height:1.55", "quote serif",
            Blocks(quote.Blocks, inBox: true), below(24), above),
        ProseCodeBlock code => $"<pre style=\"margin:0 0 {below(16)}px;white-space:pre-wrap;font-family:{Code};font-size:15px\">{Text(code.Code)}</pre>\n",
        ProseRule => $"""<hr class="rule" style="margin:28px 0;border:0;border-top:1px solid {colors.Hairline}">{'\n'}""",
        ProseTable table => Table(table),
        ProseCallout callout => Callout(callout, before, below(24), above),
        ProseFigure figure => Figure(figure, below(28)),
        ProseNotes notes => withSources ? Small(List("ol", " type=\"a\"", notes.Notes.Select(note => Blocks(note.Blocks, inBox: true)), 16, 0)) : "",
        _ => "",
    };

    private string Item(ImmutableArray<ProseBlock> item) => Blocks(item, inBox: true, inItem: true);

    private static string List(string element, string attributes, IEnumerable<string> items, int below, int above)
    {
        var all = items.ToList();
        var inside = string.Concat(all.Select((item, i) => $"<li style=\"margin:0 0 {(i < all.Count - 1 ? 6 : 0)}px\">{item}</li>\n"));
        return $"<{element}{attributes} style=\"margin:{above}px 0 {below}px;padding:0 0 0 24px\">\n{inside}</{element}>\n";
    }

    private string Definition(ProseDefinition item) =>
        string.Concat(item.Terms.Select(term => $"<p style=\"margin:0 0 2px;font-weight:bold\">{Content(term)}</p>\n"))
        + $"<div style=\"margin:0 0 10px;padding:0 0 0 16px\">{Blocks(item.Meaning, inBox: true)}</div>\n";

    private string Heading(string element, int size, string inside)
    {
        var style = $"margin:32px 0 12px;color:{colors.Ink};font-family:{MailHtmlPart.Serif};font-size:{size}px;line-height:1.25;font-weight:normal";
        return $"<{element} class=\"ink\" style=\"{style}\">{inside}</{element}>\n";
    }

    private string Small(string inside) =>
        $"""<div class="soft" style="margin:32px 0 0;color:{colors.Soft};font-size:15px;line-height:1.5">{inside}</div>{'\n'}""";

    // As on the site, frame the risks so that no one overlooks them.
    private string Callout(ProseCallout callout, ProseBlock? before, int below, int above)
    {
        var inside = EmailLinks.RepeatsHeading(callout, before) ? "" : Title(callout);
        inside += Blocks(callout.Blocks, inBox: true);
        var (css, style) = callout.Kind switch
        {
            "risks" or "warning" => ("head", $"padding:16px 18px 18px;border:1px solid {colors.Ink};border-left:8px solid {colors.Ink}"),
            "crisis" => ("quote", $"padding:16px 18px 18px;border:3px solid {colors.Accent}"),
            "key-points" => ("rule", $"padding:16px 18px 18px;border:1px solid {colors.Hairline};border-radius:14px"),
            _ => ("quote", $"padding:2px 0 2px 18px;border-left:3px solid {colors.Accent}"),
        };
        return Box(style, css, inside, below, above);
    }

    private string Title(ProseCallout callout)
    {
        var element = callout.IsSection ? "h2" : "p";
        var style = $"margin:0 0 6px;color:{colors.Ink};font-family:{MailHtmlPart.Sans};font-size:17px;line-height:1.4;font-weight:bold";
        return $"<{element} class=\"ink\" style=\"{style}\">{Text(callout.Title)}</{element}>\n";
    }

    // A table with one cell, because Outlook doesn't draw a border beside a block.
    private string Box(string style, string css, string inside, int below, int above) =>
        $"""
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:{above}px 0 {below}px">
        <tr><td class="{css} ink" align="left" style="{style};color:{colors.Ink}">
        {inside.Trim('\n')}
        </td></tr>
        </table>

        """;

    private string Figure(ProseFigure figure, int below)
    {
        var caption = figure.Label is not { } label ? "" :
            $"""<p class="soft" style="margin:8px 0 0;color:{colors.Soft};font-size:15px;line-height:1.45">{Text(label)} {Content(figure.Caption)}</p>""";
        return $"<div style=\"margin:0 0 {below}px\">{Drawing(figure)}{caption}</div>\n";
    }

    private string Drawing(ProseFigure figure)
    {
        if (figure.Picture is not { File: { } file, Alt: var alt }) return Text(figure.Picture.Alt);
        if (Shown(file) is { } shown) return Image(shown, alt, width => $"display:block;width:100%;max-width:{width}px;height:auto");
        if (alt.Length == 0) return "";
        // Half of all email programs would show a gap here, so write the text and a link to the drawing.
        var link = Anchor(links.OfPicture(file, figure.Id), Text(seePicture));
        return $"""<p class="quote" style="margin:0;padding:2px 0 2px 18px;border-left:3px solid {colors.Accent}">{Text(alt)} {link}</p>""";
    }

    private string Image(ContentFile file, string alt, Func<int, string> size)
    {
        var width = Math.Min(Column, file.Width);
        var address = new Uri(links.Site, $"{file.Path}?v={file.Hash[..8]}");
        return $"""<img src="{Text(address.AbsoluteUri)}" alt="{Text(alt)}" width="{width}" style="{size(width)};border:0">""";
    }

    private string Table(ProseTable table)
    {
        var rows = string.Concat(table.Head.Concat(table.Rows).Select(Row));
        var style = $"margin:0 0 24px;border-collapse:collapse;border-bottom:1px solid {colors.Hairline}";
        return $"""<table width="100%" cellpadding="0" cellspacing="0" border="0" class="rule" style="{style}">{'\n'}{rows}</table>{'\n'}""";
    }

    private string Row(ImmutableArray<ProseCell> row) => $"<tr>{string.Concat(row.Select((cell, i) => Cell(cell, last: i == row.Length - 1)))}</tr>\n";

    private string Cell(ProseCell cell, bool last)
    {
        var (element, scope) = cell.Heads ? ("th", " scope=\"col\"") : ("td", "");
        var side = cell.Alignment.ToString().ToLowerInvariant();
        var style = $"padding:9px {(last ? 0 : 12)}px 9px 0;border-top:1px solid {colors.Hairline};color:{colors.Ink};font-size:16px;line-height:1.45";
        return $"""<{element}{scope} class="ink rule" align="{side}" valign="top" style="{style}">{Blocks(cell.Blocks)}</{element}>""";
    }

    private string References(ProseDocument document)
    {
        if (document.References.IsEmpty) return "";
        var title = Text(document.Words["References"]);
        return Small((document.IdPrefix.Length == 0 ? Heading("h2", 20, title) : $"<p style=\"margin:0 0 16px\">{title}</p>\n")
            + List("ol", "", document.References.Select(Reference), 16, 0));
    }

    // One address is enough; the first is the best.
    private string Reference(ProseReference reference)
    {
        var journal = reference.Journal is { } name ? $"<cite>{Text(name)}</cite>" : "";
        var source = reference.Sources.IsEmpty ? "" : Anchor(new Uri(reference.Sources[0].Href), Text(reference.Sources[0].Text));
        var parts = new[] { Text(reference.Lead), journal, Text(reference.Place), Text(reference.Evidence), source };
        return string.Join(' ', parts.Where(part => part.Length > 0));
    }

    private string Content(ImmutableArray<ProseInline> content) => string.Concat(content.Select(Inline));

    private string Inline(ProseInline inline) => inline switch
    {
        ProseText text => Text(text.Text),
        ProseCode code => $"<span style=\"font-family:{Code};font-size:16px\">{Text(code.Code)}</span>",
        ProseBreak => "<br>\n",
        ProseEmphasis { Strong: true } emphasis => $"<strong>{Content(emphasis.Content)}</strong>",
        ProseEmphasis emphasis => $"<em>{Content(emphasis.Content)}</em>",
        ProseLink link => links.AddressOf(link.Href) is { } address ? Anchor(address, Content(link.Content)) : Content(link.Content),
        ProseImage { File: { } file } image when Shown(file) is { } shown => Image(shown, image.Alt, _ => "max-width:100%;height:auto"),
        ProseImage image => Text(image.Alt),
        ProseCitation citation when withSources => Mark(string.Join(", ", citation.Marks.Select(mark => mark.Number))),
        ProseNoteMark { IsReturn: false } mark when withSources => Mark(mark.Letter),
        _ => "",
    };

    // The number of a reference or a note at the end. Not a link, because most email programs don't follow links within an email.
    private string Mark(string mark) => $"""<span class="soft" style="color:{colors.Soft};font-size:14px">[{mark}]</span>""";

    private string Anchor(Uri address, string inside) =>
        $"""<a class="accent" href="{Text(address.AbsoluteUri)}" style="color:{colors.Accent};text-decoration:underline">{inside}</a>""";

    private static string Text(string text) => MailHtmlPart.Text(text).Replace("&#xA;", "\n", StringComparison.Ordinal);
}
