using AngleSharp.Dom;

namespace Ketamine.Web.Ops;

/// <summary>Footnotes made with plain HTML, by hand, a word processor, or a plugin: a mark that links to a list item or paragraph further down.</summary>
internal static partial class HtmlNotes
{
    /// <summary>Removes the notes and the links back from a text.</summary>
    /// <returns>The note of each mark.</returns>
    public static Dictionary<IElement, IElement> TakeOut(IElement body)
    {
        var notes = new Dictionary<IElement, IElement>();
        var order = body.QuerySelectorAll("*").Select((element, index) => (element, index)).ToDictionary(entry => entry.element, entry => entry.index);
        foreach (var mark in body.QuerySelectorAll("a[href^='#']").Where(mark => MarkWords().IsMatch(mark.TextContent)))
        {
            var id = mark.GetAttribute("href")![1..];
            var target = order.Keys.FirstOrDefault(element => id.Length > 0 && (element.Id == id || element.GetAttribute("name") == id));
            if (target?.Closest("li, p, dd") is { } note && order[note] > order[mark] && !note.Contains(mark)) notes[mark] = note;
        }

        foreach (var note in notes.Values.Distinct().ToList())
        {
            foreach (var back in note.QuerySelectorAll("a[href^='#']").ToList()) back.Remove();
            var list = note.ParentElement;
            note.Remove();
            if (list?.LocalName is "ol" or "ul" && list.ChildElementCount == 0) list.Remove();
        }

        return notes;
    }

    [GeneratedRegex(@"^\s*[\[(]?\s*(?:\d{1,3}|[*†‡§]|[ivx]{1,5}|[a-z])\s*[\])]?\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex MarkWords();
}
