using System.Text;
using AngleSharp.Dom;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>Writes a rendered text as plain text that reads well alone: lines of 72 characters, addresses in full, nothing lost but the drawing.</summary>
/// <param name="page">Where the text stands on the site.</param>
internal sealed class LetterText(Uri page, string picture)
{
    private readonly StringBuilder _text = new();

    public string Render(INode parent)
    {
        Blocks(parent, "", "");
        return _text.ToString().Trim('\n') + "\n";
    }

    /// <param name="first">Before the first line.</param>
    /// <param name="next">Before every other.</param>
    private void Blocks(INode parent, string first, string next)
    {
        var run = new StringBuilder();
        foreach (var node in parent.ChildNodes)
        {
            if (node is IElement block && IsBlock(block))
            {
                Flush();
                if (LetterHtml.IsHidden(block)) continue;
                Block(block, first, next);
                first = next;
            }
            else
            {
                run.Append(Inline(node));
            }
        }

        Flush();

        void Flush()
        {
            if (string.IsNullOrWhiteSpace(run.ToString())) return;
            Paragraph(run.ToString(), first, next);
            first = next;
            run.Clear();
        }
    }

    private void Block(IElement block, string first, string next)
    {
        switch (block.LocalName)
        {
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                Space();
                var title = OneLine(Inline(block));
                _text.Append(MailTextPart.Wrap(title, first, next)).Append(next)
                    .Append(block.LocalName is "h1" or "h2" && !block.ClassList.Contains("callout__title") ? new string('-', Math.Min(title.Length, MailTextPart.Width - next.Length)) + "\n" : "");
                break;
            case "p" when block.ClassList.Contains("callout__title"):
                Space();
                _text.Append(MailTextPart.Wrap(OneLine(Inline(block)).ToUpperInvariant(), first, next));
                break;
            case "ul" or "ol":
                Space();
                List(block, next);
                break;
            case "blockquote":
                Space();
                Blocks(block, next + "> ", next + "> ");
                break;
            case "pre":
                Space();
                foreach (var line in block.TextContent.TrimEnd('\n').Split('\n')) _text.Append(next).Append("  ").Append(line).Append('\n');
                break;
            case "hr":
                Space();
                _text.Append(next).Append(new string('-', MailTextPart.Width - next.Length)).Append('\n');
                break;
            case "table":
                Space();
                Table(block, next);
                break;
            case "dd":
                Blocks(block, next + "  ", next + "  ");
                break;
            case "dt":
                Space();
                _text.Append(MailTextPart.Wrap(OneLine(Inline(block)), first, next));
                break;
            default:
                Blocks(block, first, next);
                break;
        }
    }

    private void Paragraph(string words, string first, string next)
    {
        // A bullet's first line stands right below the one before.
        if (first == next) Space();
        var lines = words.Split('\v').Select(OneLine).Where(line => line.Length > 0).ToList();
        for (var i = 0; i < lines.Count; i++) _text.Append(MailTextPart.Wrap(lines[i], i == 0 ? first : next, next));
    }

    private void List(IElement list, string indent)
    {
        var number = int.TryParse(list.GetAttribute("start"), out var start) ? start : 1;
        foreach (var item in list.Children.Where(child => child.LocalName == "li"))
        {
            var mark = list.LocalName == "ol" ? $"{number++}. " : "- ";
            Blocks(item, indent + mark, indent + new string(' ', mark.Length));
        }
    }

    // Row by row, each cell after its column's name: columns don't survive a proportional font.
    private void Table(IElement table, string indent)
    {
        var heads = table.QuerySelectorAll("thead th, thead td").Select(cell => OneLine(Inline(cell))).ToList();
        foreach (var row in table.QuerySelectorAll("tr").Where(row => row.ParentElement?.LocalName != "thead"))
        {
            var cells = row.Children.Select(cell => OneLine(Inline(cell))).ToList();
            for (var i = 0; i < cells.Count; i++)
            {
                if (cells[i].Length == 0) continue;
                var head = i < heads.Count && heads[i].Length > 0 ? heads[i] + ": " : "";
                _text.Append(MailTextPart.Wrap(i == 0 ? cells[i] : head + cells[i], indent + (i == 0 ? "- " : "  "), indent + "  "));
            }
        }
    }

    private string Inline(INode node)
    {
        switch (node)
        {
            case IText text: return text.Data;
            case not IElement: return "";
            case IElement element when LetterHtml.IsHidden(element): return "";
            case IElement { LocalName: "br" }: return "\v";
            case IElement { LocalName: "img" } image:
                var alt = image.GetAttribute("alt") ?? "";
                return alt.Length == 0 ? "" : $"[{picture}: {alt}]";
            case IElement { LocalName: "a" } link:
                var words = Children(link);
                var href = link.GetAttribute("href") ?? "";
                // Within the same text an address says nothing; one that is its own words need not stand twice.
                return href.StartsWith('#') || !Uri.TryCreate(page, href, out var address) ? words
                    : OneLine(words) is var shown && (address.AbsoluteUri.TrimEnd('/') == shown || address.AbsoluteUri.EndsWith(":" + shown, StringComparison.Ordinal)) ? words
                    : $"{words} ({address.AbsoluteUri})";
            default: return Children(node);
        }

        string Children(INode parent) => string.Concat(parent.ChildNodes.Select(Inline));
    }

    private void Space()
    {
        if (_text.Length > 1 && !(_text[^1] == '\n' && _text[^2] == '\n')) _text.Append('\n');
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static bool IsBlock(IElement element) =>
        element.LocalName is "p" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "ul" or "ol" or "li" or "blockquote" or "pre" or "hr" or "table" or "div" or "section" or "figure"
            or "figcaption" or "dl" or "dt" or "dd";
}
