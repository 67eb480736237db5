using System.Text;
using AngleSharp.Dom;
using Ketamine.Web.Mail;
using static Ketamine.Web.Features.Newsletter.EmailLinks;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>Writes a rendered text as plain text that reads well alone: lines of 72 characters, addresses in full, nothing lost but the drawing, and to that the way.</summary>
/// <param name="picture">What a picture is called.</param>
internal sealed class NewsletterText(EmailLinks place, string picture)
{
    private readonly StringBuilder _text = new();

    /// <summary>What comes next stands right below what came before.</summary>
    private bool _tight;

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
                if (IsHidden(block)) continue;
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
            case var _ when block.ClassList.Contains("callout__title"):
                Space(next);
                _text.Append(MailTextPart.Wrap(OneLine(Inline(block)).ToUpperInvariant(), first, next));
                break;
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                Space(next);
                var title = OneLine(Inline(block));
                _text.Append(MailTextPart.Wrap(title, first, next));
                if (block.LocalName is "h1" or "h2") _text.Append(next).Append('-', Math.Min(title.Length, MailTextPart.Width - next.Length)).Append('\n');
                break;
            case "ul" or "ol":
                _tight |= block.ParentElement?.LocalName == "li";
                Space(next);
                List(block, next);
                break;
            case "blockquote":
                Space(next);
                Blocks(block, next + "> ", next + "> ");
                break;
            case "pre":
                Space(next);
                foreach (var line in block.TextContent.TrimEnd('\n').Split('\n')) _text.Append(next).Append("  ").Append(line).Append('\n');
                break;
            case "hr":
                Space(next);
                _text.Append(next).Append('-', MailTextPart.Width - next.Length).Append('\n');
                break;
            case "table":
                Space(next);
                Table(block, next);
                break;
            case "dt":
                Space(next);
                _text.Append(MailTextPart.Wrap(OneLine(Inline(block)), first, next));
                break;
            case "dd":
                _tight = true;
                Blocks(block, next + "  ", next + "  ");
                break;
            default:
                Blocks(block, first, next);
                break;
        }
    }

    private void Paragraph(string words, string first, string next)
    {
        Space(next);
        var lines = words.Split('\v').Select(OneLine).Where(line => line.Length > 0).ToList();
        for (var i = 0; i < lines.Count; i++) _text.Append(MailTextPart.Wrap(lines[i], i == 0 ? first : next, next));
    }

    private void List(IElement list, string indent)
    {
        var number = int.TryParse(list.GetAttribute("start"), out var start) ? start : 1;
        foreach (var item in list.Children.Where(child => child.LocalName == "li"))
        {
            // Notes have letters, because numbers are the references'.
            var mark = list.LocalName != "ol" ? "- " : list.GetAttribute("type") == "a" ? $"{(char)('a' + number++ - 1)}. " : $"{number++}. ";
            _tight = true;
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
            case IElement element when IsHidden(element): return "";
            case IElement { LocalName: "br" }: return "\v";
            case IElement { LocalName: "img" } image:
                var alt = image.GetAttribute("alt") ?? "";
                return alt.Length == 0 ? "" : $"[{picture}: {alt}]\v{place.OfPicture(image).AbsoluteUri}";
            case IElement { LocalName: "a" } link:
                var words = Children(link);
                if (link.GetAttribute("role") == "doc-noteref") return link.ClassList.Contains("footnote") ? $"[{words}]" : words;
                // Within the same text an address says nothing; one that is its own words need not stand twice.
                if (link.GetAttribute("href")?.StartsWith('#') == true || place.AddressOf(link) is not { } address) return words;
                if (IsSource(link)) return address.AbsoluteUri;
                return OneLine(words) is var shown && (address.AbsoluteUri.TrimEnd('/') == shown || address.AbsoluteUri.EndsWith(":" + shown, StringComparison.Ordinal)) ? words : $"{words} ({address.AbsoluteUri})";
            default: return Children(node);
        }

        string Children(INode parent) => string.Concat(parent.ChildNodes.Select(Inline));
    }

    /// <summary>An empty line, where none stands yet; within a quotation it has the quotation's mark.</summary>
    private void Space(string indent)
    {
        var tight = _tight;
        _tight = false;
        var at = _text.Length - 1;
        while (at > 0 && _text[at - 1] is '>' or ' ') at--;
        if (!tight && at > 0 && _text[at - 1] != '\n') _text.Append(indent.TrimEnd()).Append('\n');
    }
}
