using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Ketamine.Web.Mail;

/// <summary>
/// A mail's content as a short document, from which the text part and the HTML part are both made, so that they say the same. Every piece takes
/// plain text: markup in it is shown as typed, and control and direction characters are taken out.
/// </summary>
public sealed class MailBody
{
    private readonly List<MailBlock> _blocks = [];
    private readonly (string Text, string Html)? _ready;

    public MailBody()
    {
    }

    /// <summary>A body whose two parts were written elsewhere, once for many receivers: it takes no further pieces.</summary>
    /// <param name="text">As <see cref="ToText"/> gives it.</param>
    /// <param name="html">A whole document.</param>
    public MailBody(string text, string html) => _ready = (text, html);

    /// <summary>The pieces in their order.</summary>
    internal IReadOnlyList<MailBlock> Blocks => _blocks;

    /// <summary>One line in larger type.</summary>
    public MailBody Heading(string text) => Add(new HeadingBlock(MailWords.OneLine(text)));

    /// <summary>Running text; the first one is what a phone's notification shows.</summary>
    public MailBody Paragraph(string text) => Add(new ParagraphBlock(MailWords.OneLine(text)));

    /// <summary>A table of a label and what belongs to it, one line each.</summary>
    public MailBody Facts(params IEnumerable<(string Label, string Value)> facts) =>
        Add(new FactsBlock([.. facts.Select(fact => (MailWords.OneLine(fact.Label), MailWords.OneLine(fact.Value)))]));

    /// <summary>A link on a line of its own.</summary>
    /// <exception cref="ArgumentException"><paramref name="address"/> is neither http, https, mailto nor tel.</exception>
    public MailBody Link(string text, Uri address) => Add(new LinkBlock(MailWords.OneLine(text), Safe(address), Prominent: false));

    /// <summary>The one thing that the reader is asked to do.</summary>
    /// <inheritdoc cref="Link" path="/exception"/>
    public MailBody Button(string text, Uri address) => Add(new LinkBlock(MailWords.OneLine(text), Safe(address), Prominent: true));

    /// <summary>What a person typed, its line breaks kept, marked so that it can't be taken for the clinic's words.</summary>
    public MailBody Quote(string text) => Add(new QuoteBlock(MailWords.Lines(text)));

    /// <summary>The text part: lines of at most 72 characters (a longer address stays whole), ended by \n.</summary>
    public string ToText() => _ready?.Text ?? MailTextPart.Render(this);

    /// <summary>The HTML part, a whole document in ASCII that asks nothing of the network.</summary>
    /// <param name="title">The subject.</param>
    /// <param name="letterhead">The sender's name at the head; null leaves it out.</param>
    public string ToHtml(string title, string? letterhead, MailLook look) => _ready?.Html ?? MailHtmlPart.Render(this, title, letterhead, look);

    private MailBody Add(MailBlock block)
    {
        if (_ready is not null) throw new InvalidOperationException("The parts of this mail are written already.");
        _blocks.Add(block);
        return this;
    }

    private static Uri Safe(Uri address) =>
        address.IsAbsoluteUri && address.Scheme is "https" or "http" or "mailto" or "tel"
            ? address
            : throw new ArgumentException("A mail links to http, https, mailto and tel only.", nameof(address));
}

internal abstract record MailBlock;

internal sealed record HeadingBlock(string Text) : MailBlock;

internal sealed record ParagraphBlock(string Text) : MailBlock;

internal sealed record FactsBlock(ImmutableArray<(string Label, string Value)> Facts) : MailBlock;

internal sealed record LinkBlock(string Text, Uri Address, bool Prominent) : MailBlock;

internal sealed record QuoteBlock(ImmutableArray<string> Lines) : MailBlock;

/// <summary>Cleans text on its way into a mail.</summary>
internal static class MailWords
{
    /// <summary>One line: runs of white space, line breaks included, become one space.</summary>
    public static string OneLine(string text) => string.Join(' ', Visible(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    public static ImmutableArray<string> Lines(string text) =>
        [.. Visible(text.ReplaceLineEndings("\n")).Trim('\n').Split('\n').Select(line => line.Replace('\t', ' ').TrimEnd())];

    // Control characters could end a line of the protocol; direction overrides (UAX #9) can make one text read as another; a lone half of a
    // surrogate pair can't be written as UTF-8.
    private static string Visible(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var direction = rune.Value is >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069;
            if (rune.Value is '\n' or '\t' || (!direction && !Rune.IsControl(rune))) clean.Append(rune);
            else if (rune.Value is '\r' or '\v' or '\f' or 0x85) clean.Append(' ');
        }

        return clean.ToString();
    }
}
