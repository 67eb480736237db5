using System.Text.Encodings.Web;

namespace Ketamine.Web.Mail;

/// <summary>
/// Writes a <see cref="MailBody"/> as HTML for email programs. It uses tables and inline styles, because Outlook and Gmail ignore most of the rest, and one
/// style element for dark mode in the programs that support it (Apple Mail, iOS, Thunderbird).
/// </summary>
internal static class MailHtmlPart
{
    public const string Serif = "Charter,'Iowan Old Style',Georgia,serif";
    public const string Sans = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

    public static string Render(MailBody body, string title, string? letterhead, MailLook look)
    {
        var light = MailColors.Light(look);
        var preview = body.Blocks.OfType<ParagraphBlock>().FirstOrDefault()?.Text ?? title;
        return Document(title, preview, letterhead, look, string.Concat(body.Blocks.Select(block => Render(block, light) + "\n")));
    }

    /// <summary>The whole document.</summary>
    /// <param name="preview">Shown next to the subject in an inbox.</param>
    /// <param name="content">
    /// HTML in ASCII. In dark mode the classes paper, ink, soft, accent, rule, head, quote and button change the colors of their element. The class serif
    /// sets Georgia in Outlook, which would otherwise fall back to Times.
    /// </param>
    public static string Document(string title, string preview, string? letterhead, MailLook look, string content)
    {
        var (light, dark) = (MailColors.Light(look), MailColors.Dark(look));
        const string text = "font-size:16px;line-height:1.55;overflow-wrap:anywhere;word-break:break-word";
        var html = new StringBuilder();
        html.Append($$"""
            <!DOCTYPE html>
            <html lang="{{Text(look.Language)}}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="supported-color-schemes" content="light dark">
            <title>{{Text(title)}}</title>
            <style>
            :root { color-scheme: light dark; }
            @media (prefers-color-scheme: dark) {
            .paper { background-color: {{dark.Paper}} !important; }
            .ink { color: {{dark.Ink}} !important; }
            .soft { color: {{dark.Soft}} !important; }
            .accent { color: {{dark.Accent}} !important; }
            .rule { border-color: {{dark.Hairline}} !important; }
            .head { border-color: {{dark.Ink}} !important; }
            .quote { border-color: {{dark.Accent}} !important; }
            .button { background-color: {{dark.Accent}} !important; color: {{dark.OnAccent}} !important; }
            }
            </style>
            <!--[if mso]><style>
            body, td, th, p, li, a, div { font-family: 'Segoe UI', Arial, sans-serif !important; }
            h1, h2, h3, .serif { font-family: Georgia, serif !important; }
            .preview { mso-hide: all; }
            td.button { mso-padding-alt: 14px 24px; }
            </style><![endif]-->
            </head>
            <body class="paper" style="margin:0;padding:0;background-color:{{light.Paper}};-webkit-text-size-adjust:100%">
            <div class="preview" style="display:none;max-height:0;overflow:hidden;font-size:1px;line-height:1px">{{Text(preview)}}</div>
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="paper" style="background-color:{{light.Paper}}">
            <tr><td align="center" style="padding:24px 16px 40px">
            <!--[if mso]><table role="presentation" width="560" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
            <table role="presentation" width="560" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:560px">
            <tr><td class="ink" align="left" style="color:{{light.Ink}};font-family:{{Sans}};{{text}}">

            """);
        if (!string.IsNullOrWhiteSpace(letterhead))
        {
            var style = $"margin:0 0 24px;padding:0 0 12px;border-bottom:1px solid {light.Hairline};color:{light.Accent}";
            style += $";font-family:{Serif};font-size:22px;line-height:1.2";
            html.Append($"<p class=\"accent rule serif\" style=\"{style}\">{Text(letterhead)}</p>\n");
        }

        html.Append(content).Append("</td></tr>\n</table>\n<!--[if mso]></td></tr></table><![endif]-->\n");
        return html.Append("</td></tr>\n</table>\n</body>\n</html>\n").ToString();
    }

    private static string Render(MailBlock block, MailColors light) => block switch
    {
        HeadingBlock heading => Heading(heading.Text, light),
        ParagraphBlock paragraph => $"""<p style="margin:0 0 16px">{Text(paragraph.Text)}</p>""",
        FactsBlock facts => Facts(facts, light),
        LinkBlock { Prominent: true } button => Button(button.Text, button.Address, light),
        LinkBlock link => Link(link.Text, link.Address, light),
        QuoteBlock quote => Quote(quote.Lines.Select(Text), light),
        _ => throw new InvalidOperationException($"No HTML for {block.GetType().Name}."),
    };

    /// <summary>The link to the main thing that readers should do.</summary>
    public static string Button(string text, Uri address, MailColors colors)
    {
        var background = $"background-color:{colors.Accent}";
        var style =
            $"display:inline-block;padding:14px 24px;border-radius:14px;{background};color:{colors.OnAccent};"
                + "font-weight:600;font-size:16px;line-height:20px;text-decoration:none";
        var link = $"<a class=\"button\" href=\"{Address(address)}\" style=\"{style}\">{Text(text)}</a>";
        return $"""
            <table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 24px">
            <tr><td class="button" style="{background};border-radius:14px">{link}</td></tr>
            </table>
            """;
    }

    private static string Heading(string text, MailColors colors)
    {
        var style = $"margin:0 0 16px;color:{colors.Ink};font-family:{Serif};font-size:26px;line-height:1.2;font-weight:normal";
        return $"<h1 class=\"ink\" style=\"{style}\">{Text(text)}</h1>";
    }

    private static string Link(string text, Uri address, MailColors colors)
    {
        var style = $"display:inline-block;padding:12px 0;color:{colors.Accent};line-height:20px;text-decoration:underline";
        return $"<p style=\"margin:0 0 16px\"><a class=\"accent\" href=\"{Address(address)}\" style=\"{style}\">{Text(text)}</a></p>";
    }

    private static string Quote(IEnumerable<string> lines, MailColors colors)
    {
        var style = $"margin:0 0 16px;padding:4px 0 4px 16px;border-left:3px solid {colors.Accent};font-family:{Serif}";
        return $"<blockquote class=\"quote\" style=\"{style}\">{string.Join("<br>\n", lines)}</blockquote>";
    }

    private static string Facts(FactsBlock facts, MailColors light)
    {
        var label = $"padding:8px 12px 8px 0;border-top:1px solid {light.Hairline};color:{light.Soft};font-size:16px;font-weight:normal";
        var value = $"padding:8px 0;border-top:1px solid {light.Hairline};color:{light.Ink};font-size:16px";
        var rows = facts.Facts.Select(fact =>
            $"<tr><th class=\"soft rule\" scope=\"row\" align=\"left\" valign=\"top\" width=\"34%\" style=\"{label}\">{Text(fact.Label)}</th>"
            + $"<td class=\"ink rule\" align=\"left\" valign=\"top\" style=\"{value}\">{Text(fact.Value)}</td></tr>");
        return $"""
            <table width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 24px;border-collapse:collapse">
            {string.Join('\n', rows)}
            </table>
            """;
    }

    // The default encoder writes everything but ASCII as a number, so the part needs no transfer encoding.
    public static string Text(string text) => HtmlEncoder.Default.Encode(text);

    private static string Address(Uri address) => HtmlEncoder.Default.Encode(address.ToAscii());
}

/// <summary>
/// An email's colors as #rrggbb: the clinic's if set, and otherwise the site's. Text has a contrast of at least 4.5:1 on <paramref name="Paper"/>.
/// </summary>
internal sealed record MailColors(string Accent, string OnAccent, string Paper, string Ink, string Soft, string Hairline)
{
    // The site's own, as in wwwroot/css/tokens.css.
    private static readonly MailColors LightLook = new("#23493f", "#fff9ee", "#fbf5eb", "#2b2c26", "#5b574b", "#e0d2bd");
    private static readonly MailColors DarkLook = new("#bad3b4", "#15251e", "#1d221e", "#f0e8da", "#c0b9a8", "#3d433b");

    public static MailColors Light(MailLook look) => LightLook.With(look.Theme.Light);

    public static MailColors Dark(MailLook look) => DarkLook.With(look.Theme.Dark);

    private MailColors With(Palette own)
    {
        var (paper, ink) = (Rgb.Parse(own.Paper ?? Paper), Rgb.Parse(own.Ink ?? Ink));
        var colors = this;
        if (own is not { Paper: null, Ink: null })
        {
            colors = colors with
            {
                Paper = paper.ToString(), Ink = ink.ToString(), Soft = paper.Toward(ink, paper, 7).ToString(), Hairline = paper.Mix(ink, .17).ToString(),
            };
        }

        if (own.Accent is { } accent)
        {
            var rgb = Rgb.Parse(accent);
            colors = colors with { Accent = accent, OnAccent = (rgb.Contrast(Rgb.White) >= rgb.Contrast(Rgb.Black) ? Rgb.White : Rgb.Black).ToString() };
        }

        return colors;
    }
}
