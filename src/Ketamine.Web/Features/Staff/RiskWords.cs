using Ketamine.Web.Leads.Crisis;
using Microsoft.AspNetCore.Html;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// Underlines each sentence that alone marks a message for risk, so staff see why it is marked and where the phrase list is wrong. If a mark needs several
/// sentences together, none is underlined.
/// </summary>
public sealed class RiskWords(CrisisNotice notice)
{
    /// <summary>The encoded text, with those sentences in <c>mark</c> elements.</summary>
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

    /// <summary>Whether <see cref="Mark"/> underlines anything in the text.</summary>
    public bool MarksAny(string text) => Sentences.Split(text).Any(sentence => Raises(sentence.Of(text)));

    private bool Raises(string words) => notice.Read(words) is { Risk: true } or { Emergency: true };
}
