using Ketamine.Web.Mail;
using static Ketamine.Web.Features.Newsletter.EmailLinks;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>Writes a text as plain text: lines of at most 72 characters, full addresses, and a link instead of each drawing.</summary>
/// <param name="picture">The word for a picture.</param>
/// <param name="withSources">Whether to write references and notes, and the marks that refer to them.</param>
internal sealed class NewsletterText(EmailLinks links, string picture, bool withSources = true)
{
    // Ends a line within a paragraph.
    private const char LineEnd = '\v';

    private readonly StringBuilder _text = new();

    /// <summary>The next block follows without an empty line.</summary>
    private bool _tight;

    public string Render(ProseDocument document, IEnumerable<ProseBlock> blocks)
    {
        Blocks([.. blocks], "", "");
        if (withSources) References(document);
        return _text.ToString().Trim('\n') + "\n";
    }

    /// <param name="first">Before the first line.</param>
    /// <param name="next">Before every other line.</param>
    private void Blocks(ImmutableArray<ProseBlock> blocks, string first, string next)
    {
        for (var i = 0; i < blocks.Length; i++) Block(blocks[i], i > 0 ? blocks[i - 1] : null, i == 0 ? first : next, next);
    }

    private void Block(ProseBlock block, ProseBlock? before, string first, string next)
    {
        switch (block)
        {
            case ProseParagraph paragraph:
                Paragraph(Content(paragraph.Content), first, next);
                break;
            case ProseHeadingBlock heading:
                Heading(OneLine(Content(heading.Content)), underlined: heading.Level == 2, first, next);
                break;
            case ProseList list:
                Space(next);
                var number = list.Start;
                Items(list.Items, () => number is null ? "- " : $"{number++}. ", next);
                break;
            case ProseDefinitions definitions:
                foreach (var item in definitions.Items) Definition(item, first, next);
                break;
            case ProseQuote quote:
                Space(next);
                Blocks(quote.Blocks, next + "> ", next + "> ");
                break;
            case ProseCodeBlock code:
                Space(next);
                foreach (var line in code.Code.TrimEnd('\n').Split('\n')) _text.Append(next).Append("  ").Append(line).Append('\n');
                break;
            case ProseRule:
                Space(next);
                _text.Append(next).Append('-', MailTextPart.Width - next.Length).Append('\n');
                break;
            case ProseTable table:
                Space(next);
                Table(table, next);
                break;
            case ProseCallout callout:
                if (!RepeatsHeading(callout, before))
                {
                    Heading(OneLine(callout.Title).ToUpperInvariant(), underlined: false, first, next);
                    first = next;
                }

                Blocks(callout.Blocks, first, next);
                break;
            case ProseFigure figure:
                Paragraph(Picture(figure.Picture, figure.Id), first, next);
                if (figure.Label is { } label) Paragraph($"{label} {Content(figure.Caption)}", next, next);
                break;
            case ProseNotes notes when withSources:
                Space(next);
                // Notes use letters, because references use numbers.
                var letter = 'a';
                Items([.. notes.Notes.Select(note => note.Blocks)], () => $"{letter++}. ", next);
                break;
        }
    }

    private void Heading(string title, bool underlined, string first, string next)
    {
        Space(next);
        _text.Append(MailTextPart.Wrap(title, first, next));
        if (underlined) _text.Append(next).Append('-', Math.Min(title.Length, MailTextPart.Width - next.Length)).Append('\n');
    }

    private void Paragraph(string words, string first, string next)
    {
        var lines = words.Split(LineEnd).Select(OneLine).Where(line => line.Length > 0).ToList();
        if (lines.Count == 0) return;
        Space(next);
        for (var i = 0; i < lines.Count; i++) _text.Append(MailTextPart.Wrap(lines[i], i == 0 ? first : next, next));
    }

    private void Items(ImmutableArray<ImmutableArray<ProseBlock>> items, Func<string> mark, string indent)
    {
        foreach (var item in items)
        {
            var sign = mark();
            var next = indent + new string(' ', sign.Length);
            for (var i = 0; i < item.Length; i++)
            {
                _tight |= i == 0 || item[i] is ProseList;
                Block(item[i], i > 0 ? item[i - 1] : null, i == 0 ? indent + sign : next, next);
            }
        }
    }

    private void Definition(ProseDefinition item, string first, string next)
    {
        foreach (var term in item.Terms)
        {
            Space(next);
            _text.Append(MailTextPart.Wrap(OneLine(Content(term)), first, next));
        }

        _tight = true;
        Blocks(item.Meaning, next + "  ", next + "  ");
    }

    // Row by row, each cell after its column's name: columns don't survive a proportional font.
    private void Table(ProseTable table, string indent)
    {
        var heads = table.Head.SelectMany(row => row).Select(Words).ToList();
        foreach (var row in table.Rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                if (Words(row[i]) is not { Length: > 0 } words) continue;
                var head = i > 0 && i < heads.Count && heads[i].Length > 0 ? heads[i] + ": " : "";
                _text.Append(MailTextPart.Wrap(head + words, indent + (i == 0 ? "- " : "  "), indent + "  "));
            }
        }

        string Words(ProseCell cell) => OneLine(string.Join(' ', cell.Blocks.OfType<ProseParagraph>().Select(words => Content(words.Content))));
    }

    private void References(ProseDocument document)
    {
        if (document.References.IsEmpty) return;
        Heading(document.Words["References"], underlined: document.IdPrefix.Length == 0, "", "");
        Space("");
        foreach (var reference in document.References)
        {
            var mark = $"{reference.Number}. ";
            // One address is enough; the first is the best.
            var source = reference.Sources.IsEmpty ? "" : reference.Sources[0].Href;
            var entry = OneLine($"{reference.Lead} {reference.Journal} {reference.Place} {reference.Evidence} {source}");
            _text.Append(MailTextPart.Wrap(entry, mark, new string(' ', mark.Length)));
        }
    }

    private string Content(ImmutableArray<ProseInline> content) => string.Concat(content.Select(Inline));

    private string Inline(ProseInline inline) => inline switch
    {
        ProseText text => text.Text,
        ProseCode code => code.Code,
        ProseBreak => $"{LineEnd}",
        ProseEmphasis emphasis => Content(emphasis.Content),
        ProseLink link => Link(link),
        ProseImage image => Picture(image, figure: null),
        ProseCitation citation when withSources => $"[{string.Join(", ", citation.Marks.Select(mark => mark.Number))}]",
        ProseNoteMark { IsReturn: false } mark when withSources => $"[{mark.Letter}]",
        _ => "",
    };

    private string Link(ProseLink link)
    {
        var words = Content(link.Content);
        // Skip addresses within the same text, and addresses that are already the link's text.
        if (link.Href.StartsWith('#') || links.AddressOf(link.Href) is not { } address) return words;
        var shown = OneLine(words);
        var same = address.AbsoluteUri.TrimEnd('/') == shown || address.AbsoluteUri.EndsWith(":" + shown, StringComparison.Ordinal);
        return same ? words : $"{words} ({address.AbsoluteUri})";
    }

    private string Picture(ProseImage image, string? figure)
    {
        if (image.File is not { } file) return image.Alt;
        return image.Alt.Length == 0 ? "" : $"[{picture}: {image.Alt}]{LineEnd}{links.OfPicture(file, figure).AbsoluteUri}";
    }

    /// <summary>Ends the previous block with an empty line, unless there is one; in a quotation, the line has the quotation mark.</summary>
    private void Space(string indent)
    {
        var tight = _tight;
        _tight = false;
        var at = _text.Length - 1;
        while (at > 0 && _text[at - 1] is '>' or ' ') at--;
        if (!tight && at > 0 && _text[at - 1] != '\n') _text.Append(indent.TrimEnd()).Append('\n');
    }
}
