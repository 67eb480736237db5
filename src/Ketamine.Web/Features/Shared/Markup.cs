using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace Ketamine.Web.Features.Shared;

/// <summary>Markup as text.</summary>
public static class Markup
{
    // Their lines are shown as they are written. Lines that people typed elsewhere have no line breaks in the markup, because Razor encodes those.
    private static readonly string[] Verbatim = ["<pre", "<textarea"];

    /// <summary>The content as text, without empty lines and indentation: a browser treats a line break like the spaces after it.</summary>
    public static string WithoutIndents(IHtmlContent content)
    {
        using var written = new StringWriter();
        content.WriteTo(written, HtmlEncoder.Default);
        var markup = written.ToString();
        var text = new StringBuilder(markup.Length);
        for (var i = 0; i < markup.Length; i++)
        {
            text.Append(markup[i]);
            if (markup[i] == '\n') while (i + 1 < markup.Length && markup[i + 1] is ' ' or '\n' or '\r') i++;
            else if (markup[i] == '<' && Array.Find(Verbatim, tag => markup.AsSpan(i).StartsWith(tag, StringComparison.Ordinal)) is { } verbatim)
            {
                var end = markup.IndexOf($"</{verbatim[1..]}", i, StringComparison.Ordinal);
                if (end < 0) end = markup.Length;
                text.Append(markup, i + 1, end - i - 1);
                i = end - 1;
            }
        }

        return text.ToString();
    }
}
