using Ketamine.Language;
using Ketamine.Web.Leads;
using Ketamine.Web.Leads.Crisis;
using Microsoft.AspNetCore.Html;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// Underlines the words that raised a risk mark, so that staff see why it is there, and where the list is wrong. In each sentence that raises it by itself,
/// that is the shortest stretch that still does; a mark that needs several sentences underlines none.
/// </summary>
public sealed class RiskWords(CrisisPhrases crisis, MedicalEmergencies emergencies)
{
    /// <summary>The text, encoded, with those words in <c>mark</c>.</summary>
    public IHtmlContent Mark(string text)
    {
        var html = new HtmlContentBuilder();
        var at = 0;
        foreach (var sentence in Sentences.Split(text))
        {
            if (Shortest(text, sentence) is not { } found) continue;
            html.Append(text[at..found.Start]).AppendHtml("<mark>").Append(found.Of(text)).AppendHtml("</mark>");
            at = found.Start + found.Length;
        }

        return html.Append(text[at..]);
    }

    private TextSpan? Shortest(string text, TextSpan sentence)
    {
        var (start, end) = (sentence.Start, sentence.Start + sentence.Length);
        if (!Raises(text[start..end])) return null;
        for (var next = NextWord(text, start, end); next < end && Raises(text[next..end]); next = NextWord(text, start, end)) start = next;
        for (var last = LastWord(text, start, end); last > start && Raises(text[start..last]); last = LastWord(text, start, end)) end = last;
        return new TextSpan(start, end - start);
    }

    private bool Raises(string words) => crisis.SuggestsRisk(words) || emergencies.Suggested(words);

    // Where the second word of a stretch begins.
    private static int NextWord(string text, int start, int end)
    {
        while (start < end && !char.IsWhiteSpace(text[start])) start++;
        while (start < end && char.IsWhiteSpace(text[start])) start++;
        return start;
    }

    // Where the word before the last one ends.
    private static int LastWord(string text, int start, int end)
    {
        while (end > start && !char.IsWhiteSpace(text[end - 1])) end--;
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        return end;
    }
}
