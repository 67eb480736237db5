using System.Text;
using System.Text.Encodings.Web;
using Ketamine.Content;

namespace Ketamine.Web.Mail;

/// <summary>
/// Writes a <see cref="MailBody"/> as HTML for mail programs: tables and inline styles, because Outlook and Gmail drop or ignore most else, and one
/// style element for dark mode where it is understood (Apple Mail, iOS, Thunderbird).
/// </summary>
internal static class MailHtmlPart
{
    public const string Serif = "Charter,'Iowan Old Style',Georgia,serif";
    public const string Sans = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

    public static string Render(MailBody body, string title, string? letterhead, MailLook look)
    {
        var light = MailColors.Light(look);
        return Document(title, body.Blocks.OfType<ParagraphBlock>().FirstOrDefault()?.Text ?? title, letterhead, look, string.Concat(body.Blocks.Select(block => Render(block, light) + "\n")));
    }

    /// <summary>The document around what a mail says.</summary>
    /// <param name="preview">What a list of mails shows beside the subject.</param>
    /// <param name="content">HTML in ASCII. In dark mode the classes paper, ink, soft, accent, rule, head, quote and button change the colors of their element. The class serif keeps its face in Outlook, which knows none of the faces named first and would take Times.</param>
    public static string Document(string title, string preview, string? letterhead, MailLook look, string content)
    {
        var (light, dark) = (MailColors.Light(look), MailColors.Dark(look));
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
            <tr><td class="ink" align="left" style="color:{{light.Ink}};font-family:{{Sans}};font-size:16px;line-height:1.55;overflow-wrap:anywhere;word-break:break-word">

            """);
        if (!string.IsNullOrWhiteSpace(letterhead))
            html.Append($"""
                <p class="accent head serif" style="margin:0 0 24px;padding:0 0 12px;border-bottom:3px solid {light.Ink};color:{light.Accent};font-family:{Serif};font-size:22px;line-height:1.2">{Text(letterhead)}</p>

                """);
        return html.Append(content).Append("</td></tr>\n</table>\n<!--[if mso]></td></tr></table><![endif]-->\n</td></tr>\n</table>\n</body>\n</html>\n").ToString();
    }

    private static string Render(MailBlock block, MailColors light) => block switch
    {
        HeadingBlock heading =>
            $"""<h1 class="ink" style="margin:0 0 16px;color:{light.Ink};font-family:{Serif};font-size:26px;line-height:1.2;font-weight:normal">{Text(heading.Text)}</h1>""",
        ParagraphBlock paragraph => $"""<p style="margin:0 0 16px">{Text(paragraph.Text)}</p>""",
        FactsBlock facts => Facts(facts, light),
        LinkBlock { Prominent: true } button => Button(button.Text, button.Address, light),
        LinkBlock link =>
            $"""<p style="margin:0 0 16px"><a class="accent" href="{Address(link.Address)}" style="display:inline-block;padding:12px 0;color:{light.Accent};line-height:20px;text-decoration:underline">{Text(link.Text)}</a></p>""",
        QuoteBlock quote =>
            $"""<blockquote class="quote" style="margin:0 0 16px;padding:4px 0 4px 16px;border-left:3px solid {light.Accent};font-family:{Serif}">{string.Join("<br>\n", quote.Lines.Select(Text))}</blockquote>""",
        _ => throw new InvalidOperationException($"No HTML for {block.GetType().Name}."),
    };

    /// <summary>The one thing that readers are asked to do.</summary>
    public static string Button(string text, Uri address, MailColors colors)
    {
        var style = $"display:inline-block;padding:14px 24px;background-color:{colors.Accent};color:{colors.OnAccent};font-size:16px;line-height:20px;text-decoration:none";
        return $"""
            <table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 24px">
            <tr><td class="button" style="background-color:{colors.Accent}"><a class="button" href="{Address(address)}" style="{style}">{Text(text)}</a></td></tr>
            </table>
            """;
    }

    private static string Facts(FactsBlock facts, MailColors light)
    {
        var rows = facts.Facts.Select(fact => $"""
            <tr><th class="soft rule" scope="row" align="left" valign="top" width="34%" style="padding:8px 12px 8px 0;border-top:1px solid {light.Hairline};color:{light.Soft};font-size:16px;font-weight:normal">{Text(fact.Label)}</th><td class="ink rule" align="left" valign="top" style="padding:8px 0;border-top:1px solid {light.Hairline};color:{light.Ink};font-size:16px">{Text(fact.Value)}</td></tr>
            """);
        return $"""
            <table width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 24px;border-collapse:collapse">
            {string.Join('\n', rows)}
            </table>
            """;
    }

    // The encoder's default writes everything beyond ASCII as a number, so that the part needs no encoding of its own.
    public static string Text(string text) => HtmlEncoder.Default.Encode(text);

    private static string Address(Uri address) => HtmlEncoder.Default.Encode(address.ToAscii());
}

/// <summary>A mail's colors as #rrggbb, the clinic's own where it has them: each that words are set in has a contrast of at least 4.5:1 on <paramref name="Paper"/>.</summary>
internal sealed record MailColors(string Accent, string OnAccent, string Paper, string Ink, string Soft, string Hairline)
{
    // The site's own, as in wwwroot/css/tokens.css.
    private static readonly MailColors LightLook = new("#0f4a4f", "#fffdf8", "#faf7f0", "#211f1b", "#575148", "#d9d1c1");
    private static readonly MailColors DarkLook = new("#8cc9c4", "#0b2325", "#181714", "#ece6da", "#b5ad9d", "#3b372f");

    public static MailColors Light(MailLook look) => LightLook.With(look.Theme.Light);

    public static MailColors Dark(MailLook look) => DarkLook.With(look.Theme.Dark);

    private MailColors With(Palette own)
    {
        var (paper, ink) = (Rgb.Parse(own.Paper ?? Paper), Rgb.Parse(own.Ink ?? Ink));
        var colors = this;
        if (own is not { Paper: null, Ink: null })
            colors = colors with { Paper = paper.ToString(), Ink = ink.ToString(), Soft = paper.Towards(ink, paper, 7).ToString(), Hairline = paper.Mix(ink, .17).ToString() };
        if (own.Accent is { } accent)
            colors = colors with { Accent = accent, OnAccent = (Rgb.Parse(accent).Contrast(Rgb.White) >= Rgb.Parse(accent).Contrast(Rgb.Black) ? Rgb.White : Rgb.Black).ToString() };
        return colors;
    }
}
