using System.Collections.Frozen;
using AngleSharp.Dom;
using Ketamine.Web.Content;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// Rewrites a rendered text for mail programs: inline styles, tables where Outlook needs them, whole addresses, and nothing that asks the network
/// for more than the clinic's own pictures. What it does not know it leaves out and keeps the words.
/// </summary>
/// <param name="page">Where the text stands on the site.</param>
internal sealed class LetterHtml(MailColors colors, Uri page, FrozenDictionary<string, ContentFile> files, string seePicture)
{
    private const string Code = "Consolas,Menlo,monospace";

    public string Render(INode parent) => string.Concat(parent.ChildNodes.Select(Node));

    public static bool IsHidden(IElement element) =>
        element.HasAttribute("hidden") || element.GetAttribute("aria-hidden") == "true" || element.ClassList.Contains("visually-hidden")
        || element.GetAttribute("role") == "doc-backlink" || element.LocalName is "script" or "style" or "button" or "template";

    /// <summary>The raster picture that mail programs show in place of one that they don't: many show no SVG, and Outlook no WebP.</summary>
    public static ContentFile? Shown(string path, FrozenDictionary<string, ContentFile> files)
    {
        if (files.GetValueOrDefault(path) is { ContentType: "image/png" or "image/jpeg" or "image/gif" } own) return own;
        var stem = path[..(path.LastIndexOf('.') + 1)];
        return new[] { "png", "jpg", "jpeg", "gif" }.Select(kind => files.GetValueOrDefault(stem + kind)).FirstOrDefault(file => file is { Width: > 0 });
    }

    private string Node(INode node) => node switch
    {
        IText text => MailHtmlPart.Text(text.Data),
        IElement element when IsHidden(element) => "",
        IElement element => Element(element),
        _ => "",
    };

    private string Element(IElement element)
    {
        var inside = element.LocalName is "img" or "table" or "figure" ? "" : Render(element);
        return element.LocalName switch
        {
            "p" when element.ClassList.Contains("callout__title") => $"""<p class="ink" style="margin:0 0 6px;color:{colors.Ink};font-weight:bold">{inside}</p>{'\n'}""",
            "p" => $"<p style=\"margin:0 0 16px\">{inside}</p>\n",
            "h1" or "h2" when element.ClassList.Contains("callout__title") => $"""<h2 class="ink" style="margin:0 0 6px;color:{colors.Ink};font-family:{MailHtmlPart.Sans};font-size:16px;line-height:1.4">{inside}</h2>{'\n'}""",
            "h1" or "h2" => Heading("h2", 22, inside),
            "h3" or "h4" or "h5" or "h6" => Heading("h3", 18, inside),
            "ul" or "ol" => $"<{element.LocalName}{Start(element)} style=\"margin:0 0 16px;padding:0 0 0 22px\">\n{inside}</{element.LocalName}>\n",
            "li" => $"<li style=\"margin:0 0 6px\">{inside}</li>\n",
            "dl" => $"<div style=\"margin:0 0 16px\">{inside}</div>\n",
            "dt" => $"<p style=\"margin:0 0 2px;font-weight:bold\">{inside}</p>\n",
            "dd" => $"<div style=\"margin:0 0 10px;padding:0 0 0 16px\">{inside}</div>\n",
            "blockquote" => Beside(inside, MailHtmlPart.Serif),
            "section" or "div" when element.ClassList.Contains("callout") => Beside(inside, MailHtmlPart.Sans),
            "section" when element.ClassList.Contains("references") || element.ClassList.Contains("footnotes") =>
                $"""<div class="soft" style="margin:32px 0 0;color:{MailHtmlPart.InkSoft};font-size:14px;line-height:1.5">{inside}</div>{'\n'}""",
            "a" => Link(element, inside),
            "strong" or "em" or "b" or "i" or "sup" or "sub" or "cite" => $"<{element.LocalName}>{inside}</{element.LocalName}>",
            "code" => $"<span style=\"font-family:{Code};font-size:15px\">{inside}</span>",
            "pre" => $"<pre style=\"margin:0 0 16px;white-space:pre-wrap;font-family:{Code};font-size:14px\">{inside}</pre>\n",
            "br" => "<br>\n",
            "hr" => $"""<hr class="rule" style="margin:24px 0;border:0;border-top:1px solid {MailHtmlPart.Hairline}">{'\n'}""",
            "figure" => Figure(element),
            "img" => Picture(element, "inherit"),
            "table" => Table(element),
            _ => inside,
        };
    }

    private string Heading(string element, int size, string inside) =>
        $"""<{element} class="ink" style="margin:28px 0 12px;color:{colors.Ink};font-family:{MailHtmlPart.Serif};font-size:{size}px;line-height:1.25;font-weight:normal">{inside}</{element}>{'\n'}""";

    private static string Start(IElement list) => int.TryParse(list.GetAttribute("start"), out var first) ? $" start=\"{first}\"" : "";

    // A table of one cell, because Outlook draws no border beside a block.
    private string Beside(string inside, string font) =>
        $"""
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px">
        <tr><td class="quote ink" align="left" style="padding:4px 0 1px 16px;border-left:3px solid {colors.Accent};color:{colors.Ink};font-family:{font};font-size:16px;line-height:1.55">{inside}</td></tr>
        </table>

        """;

    private string Link(IElement link, string inside)
    {
        if (Address(link.GetAttribute("href")) is not { } address) return inside;
        return $"""<a class="accent" href="{MailHtmlPart.Text(address)}" style="color:{colors.Accent};text-decoration:underline">{inside}</a>""";
    }

    /// <summary>The whole address; null for what a mail does not link to.</summary>
    private string? Address(string? href) => Uri.TryCreate(page, href, out var address) && address.Scheme is "https" or "http" or "mailto" or "tel" or "sms" ? address.AbsoluteUri : null;

    private string Figure(IElement figure)
    {
        var picture = figure.QuerySelector("img");
        var caption = figure.QuerySelector("figcaption");
        var words = caption is null ? "" : $"""<p class="soft" style="margin:6px 0 0;color:{MailHtmlPart.InkSoft};font-size:14px;line-height:1.45">{Render(caption)}</p>""";
        return $"<div style=\"margin:0 0 24px\">{(picture is null ? "" : Picture(picture, "100%", figure.Id))}{words}</div>\n";
    }

    private string Picture(IElement picture, string width, string? anchor = null)
    {
        var alt = picture.GetAttribute("alt") ?? "";
        var path = (picture.GetAttribute("src") ?? "").Split('?')[0];
        if (Shown(path, files) is { } file)
        {
            var size = width == "100%" ? $"display:block;width:100%;max-width:{Math.Min(560, file.Width)}px;height:auto" : "max-width:100%;height:auto";
            return $"""<img src="{MailHtmlPart.Text(new Uri(page, $"{file.Path}?v={file.Hash[..8]}").AbsoluteUri)}" alt="{MailHtmlPart.Text(alt)}" width="{Math.Min(560, file.Width)}" style="{size};border:0">""";
        }

        // A drawing that half of the mail programs would show as a hole is told in words, with the way to it.
        if (alt.Length == 0) return "";
        var where = new Uri(page, anchor is null ? "" : "#" + anchor).AbsoluteUri;
        return $"""<p class="quote" style="margin:0;padding:4px 0 4px 16px;border-left:3px solid {colors.Accent}">{MailHtmlPart.Text(alt)} <a class="accent" href="{MailHtmlPart.Text(where)}" style="color:{colors.Accent}">{MailHtmlPart.Text(seePicture)}</a></p>""";
    }

    private string Table(IElement table)
    {
        var rows = string.Concat(table.QuerySelectorAll("tr").Select(row => "<tr>" + string.Concat(row.Children.Where(cell => cell.LocalName is "td" or "th").Select(cell => Cell(cell))) + "</tr>\n"));
        return $"<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin:0 0 20px;border-collapse:collapse\">\n{rows}</table>\n";
    }

    private string Cell(IElement cell)
    {
        var scope = cell.LocalName == "th" ? " scope=\"col\"" : "";
        var side = cell.ClassList.Contains("table__cell--right") ? "right" : cell.ClassList.Contains("table__cell--center") ? "center" : "left";
        return $"""<{cell.LocalName}{scope} class="ink rule" align="{side}" valign="top" style="padding:8px 8px 8px 0;border-top:1px solid {MailHtmlPart.Hairline};color:{colors.Ink};font-size:14px;line-height:1.45">{Render(cell)}</{cell.LocalName}>""";
    }
}
