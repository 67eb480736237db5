using Ketamine.Language;
using Ketamine.Web.Leads.Crisis;
using Microsoft.AspNetCore.Html;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// Underlines the sentences that raise a risk mark by themselves, so that staff see why it is there, and where the list is wrong. A mark that needs
/// several sentences underlines none.
/// </summary>
public sealed class RiskWords(CrisisNotice notice)
{
    /// <summary>The text, encoded, with those sentences in <c>mark</c>.</summary>
    public IHtmlContent Mark(string text)
    {
        var html = new HtmlContentBuilder();
        var at = 0;
        foreach (var sentence in Sentences.Split(text).Where(sentence => Raises(sentence.Of(text))))
        {
            html.Append(text[at..sentence.Start]).AppendHtml("<mark>").Append(sentence.Of(text)).AppendHtml("</mark>");
            at = sentence.Start + sentence.Length;
        }

        return html.Append(text[at..]);
    }

    private bool Raises(string words) => notice.Read(words) is { Risk: true } or { Emergency: true };
}
