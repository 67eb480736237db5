using System.Collections.Frozen;
using AngleSharp.Dom;
using Ketamine.Content;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// Rewrites a rendered text for mail programs: inline styles, tables where Outlook needs them, whole addresses, and nothing that asks the network
/// for more than the clinic's own pictures. What it does not know it leaves out and keeps the words.
/// </summary>
internal sealed class NewsletterHtml(MailColors colors, EmailLinks place, FrozenDictionary<string, ContentFile> files, string seePicture)
{
    private const string Code = "Consolas,Menlo,monospace";
    private const int Column = 560;

    public string Render(INode parent) => string.Concat(parent.ChildNodes.Select(Node));

    /// <summary>The raster picture that mail programs show in place of one that they don't: many show no SVG, and Outlook no WebP. One drawn for phones comes first: half of all mail is read there.</summary>
    public static ContentFile? Shown(string path, FrozenDictionary<string, ContentFile> files)
    {
        if (files.GetValueOrDefault(path) is { ContentType: "image/png" or "image/jpeg" or "image/gif" } own) return own;
        var stem = path.LastIndexOf('.') is > 0 and var dot ? path[..dot] : path;
        return new[] { "-tall.png", ".png", ".jpg", ".jpeg", ".gif" }.Select(kind => files.GetValueOrDefault(stem + kind)).FirstOrDefault(file => file is { Width: > 0 });
    }

    private string Node(INode node) => node switch
    {
        IText text when string.IsNullOrWhiteSpace(text.Data) && IsBetweenBlocks(text) => "",
        IText text => MailHtmlPart.Text(text.Data).Replace("&#xA;", "\n", StringComparison.Ordinal),
        IElement element when EmailLinks.IsHidden(element) => "",
        IElement element => Element(element),
        _ => "",
    };

    private static bool IsBetweenBlocks(IText text) =>
        text.NextSibling is null ? text.PreviousSibling is IElement last && EmailLinks.IsBlock(last) : text.NextSibling is IElement next && EmailLinks.IsBlock(next);

    private string Element(IElement element)
    {
        var inside = element.LocalName is "img" or "table" or "figure" ? "" : Render(element);
        return element.LocalName switch
        {
            _ when element.ClassList.Contains("callout__title") =>
                $"""<{Level(element)} class="ink" style="margin:0 0 6px;color:{colors.Ink};font-family:{MailHtmlPart.Sans};font-size:17px;line-height:1.4;font-weight:bold">{inside}</{Level(element)}>{'\n'}""",
            "h2" when element.ClassList.Contains("references__title") => Heading("h2", 20, inside),
            "h1" or "h2" => Heading("h2", 24, inside),
            "h3" or "h4" or "h5" or "h6" => Heading("h3", 20, inside),
            "p" => $"<p style=\"margin:0 0 {Below(element, 16)}px\">{inside}</p>\n",
            "ul" or "ol" => $"<{element.LocalName}{Numbering(element)} style=\"margin:{(IsInItem(element) ? 6 : 0)}px 0 {Below(element, 16)}px;padding:0 0 0 24px\">\n{inside}</{element.LocalName}>\n",
            "li" => $"<li style=\"margin:0 0 {Below(element, 6)}px\">{inside}</li>\n",
            "dl" => $"<div style=\"margin:0 0 {Below(element, 16)}px\">{inside}</div>\n",
            "dt" => $"<p style=\"margin:0 0 2px;font-weight:bold\">{inside}</p>\n",
            "dd" => $"<div style=\"margin:0 0 {Below(element, 10)}px;padding:0 0 0 16px\">{inside}</div>\n",
            "blockquote" => Box(element, $"padding:2px 0 2px 18px;border-left:3px solid {colors.Accent};font-family:{MailHtmlPart.Serif};font-size:18px;line-height:1.55", "quote serif", inside),
            "section" or "div" when element.ClassList.Contains("callout") => Callout(element, inside),
            "section" when element.ClassList.Contains("references") || element.ClassList.Contains("footnotes") =>
                $"""<div class="soft" style="margin:32px 0 0;color:{colors.Soft};font-size:15px;line-height:1.5">{inside}</div>{'\n'}""",
            "span" when element.ClassList.Contains("citation") => Mark(inside),
            "a" when element.GetAttribute("role") == "doc-noteref" => element.ClassList.Contains("footnote") ? Mark($"[{inside}]") : inside,
            "a" => Link(element, inside),
            "strong" or "em" or "b" or "i" or "sup" or "sub" or "cite" => $"<{element.LocalName}>{inside}</{element.LocalName}>",
            "code" => $"<span style=\"font-family:{Code};font-size:16px\">{inside}</span>",
            "pre" => $"<pre style=\"margin:0 0 {Below(element, 16)}px;white-space:pre-wrap;font-family:{Code};font-size:15px\">{inside}</pre>\n",
            "br" => "<br>\n",
            "hr" => $"""<hr class="rule" style="margin:28px 0;border:0;border-top:1px solid {colors.Hairline}">{'\n'}""",
            "figure" => Figure(element),
            "img" => Picture(element, inline: true),
            "table" => Table(element),
            _ => inside,
        };
    }

    private static string Level(IElement title) => title.LocalName == "p" ? "p" : "h2";

    /// <summary>What stands last in a box or an item has no room of its own below it.</summary>
    private static int Below(IElement element, int pixels) =>
        element.NextElementSibling is null && element.ParentElement is { } parent && (parent.LocalName is "li" or "dd" or "ul" or "ol" or "blockquote" || parent.ClassList.Contains("callout")) ? 0 : pixels;

    private static bool IsInItem(IElement element) => element.ParentElement?.LocalName == "li";

    private string Heading(string element, int size, string inside) =>
        $"""<{element} class="ink" style="margin:32px 0 12px;color:{colors.Ink};font-family:{MailHtmlPart.Serif};font-size:{size}px;line-height:1.25;font-weight:normal">{inside}</{element}>{'\n'}""";

    private static string Numbering(IElement list) =>
        (int.TryParse(list.GetAttribute("start"), out var first) ? $" start=\"{first}\"" : "") + (list.GetAttribute("type") == "a" ? " type=\"a\"" : "");

    // A reference's or a note's number says where at the foot to look. It is no link: most mail programs follow none within a mail.
    private string Mark(string inside) => $"""<span class="soft" style="color:{colors.Soft};font-size:14px">{inside}</span>""";

    // As on the site: the risks are framed so that they can't be overlooked.
    private string Callout(IElement callout, string inside) => callout.ClassList switch
    {
        var kind when kind.Contains("callout--risks") || kind.Contains("callout--warning") => Box(callout, $"padding:16px 18px 18px;border:1px solid {colors.Ink};border-left:8px solid {colors.Ink}", "head", inside),
        var kind when kind.Contains("callout--crisis") => Box(callout, $"padding:16px 18px 18px;border:3px solid {colors.Accent}", "quote", inside),
        var kind when kind.Contains("callout--key-points") => Box(callout, $"padding:14px 0 18px;border-top:3px solid {colors.Ink};border-bottom:1px solid {colors.Ink}", "head", inside),
        _ => Box(callout, $"padding:2px 0 2px 18px;border-left:3px solid {colors.Accent}", "quote", inside),
    };

    // A table of one cell, because Outlook draws no border beside a block.
    private string Box(IElement box, string style, string css, string inside) =>
        $"""
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:{(IsInItem(box) ? 6 : 0)}px 0 {Below(box, 24)}px">
        <tr><td class="{css} ink" align="left" style="{style};color:{colors.Ink}">
        {inside.Trim('\n')}
        </td></tr>
        </table>

        """;

    private string Link(IElement link, string inside)
    {
        if (place.AddressOf(link) is not { } address) return inside;
        return $"""<a class="accent" href="{MailHtmlPart.Text(address.AbsoluteUri)}" style="color:{colors.Accent};text-decoration:underline">{inside}</a>""";
    }

    private string Figure(IElement figure)
    {
        var picture = figure.QuerySelector("img");
        var caption = figure.QuerySelector("figcaption");
        var words = caption is null ? "" : $"""<p class="soft" style="margin:8px 0 0;color:{colors.Soft};font-size:15px;line-height:1.45">{Render(caption)}</p>""";
        return $"<div style=\"margin:0 0 {Below(figure, 28)}px\">{(picture is null ? "" : Picture(picture, inline: false))}{words}</div>\n";
    }

    private string Picture(IElement picture, bool inline)
    {
        var alt = picture.GetAttribute("alt") ?? "";
        var path = (picture.GetAttribute("src") ?? "").Split('?')[0];
        if (Shown(path, files) is { } file)
        {
            var width = Math.Min(Column, file.Width);
            var size = inline ? "max-width:100%;height:auto" : $"display:block;width:100%;max-width:{width}px;height:auto";
            return $"""<img src="{MailHtmlPart.Text(new Uri(place.Site, $"{file.Path}?v={file.Hash[..8]}").AbsoluteUri)}" alt="{MailHtmlPart.Text(alt)}" width="{width}" style="{size};border:0">""";
        }

        // A drawing that half of the mail programs would show as a hole is told in words, with the way to it.
        if (alt.Length == 0) return "";
        if (inline) return MailHtmlPart.Text(alt);
        var where = MailHtmlPart.Text(place.OfPicture(picture).AbsoluteUri);
        return $"""<p class="quote" style="margin:0;padding:2px 0 2px 18px;border-left:3px solid {colors.Accent}">{MailHtmlPart.Text(alt)} <a class="accent" href="{where}" style="color:{colors.Accent};text-decoration:underline">{MailHtmlPart.Text(seePicture)}</a></p>""";
    }

    private string Table(IElement table)
    {
        var rows = string.Concat(table.QuerySelectorAll("tr").Select(row => "<tr>" + string.Concat(row.Children.Where(cell => cell.LocalName is "td" or "th").Select(cell => Cell(cell))) + "</tr>\n"));
        return $"""<table width="100%" cellpadding="0" cellspacing="0" border="0" class="rule" style="margin:0 0 24px;border-collapse:collapse;border-bottom:1px solid {colors.Hairline}">{'\n'}{rows}</table>{'\n'}""";
    }

    private string Cell(IElement cell)
    {
        var scope = cell.LocalName == "th" ? " scope=\"col\"" : "";
        var side = cell.ClassList.Contains("table__cell--right") ? "right" : cell.ClassList.Contains("table__cell--center") ? "center" : "left";
        var right = cell.NextElementSibling is null ? 0 : 12;
        return $"""<{cell.LocalName}{scope} class="ink rule" align="{side}" valign="top" style="padding:9px {right}px 9px 0;border-top:1px solid {colors.Hairline};color:{colors.Ink};font-size:16px;line-height:1.45">{Render(cell)}</{cell.LocalName}>""";
    }
}
