namespace Ketamine.Web.Mail;

/// <summary>
/// The content of an email as a short document, which produces both the text and the HTML part. Every method takes plain text: markup in it appears as typed,
/// and control and direction characters are removed.
/// </summary>
public sealed class MailBody : IMailContent
{
    private readonly List<MailBlock> _blocks = [];

    /// <summary>In order.</summary>
    internal IReadOnlyList<MailBlock> Blocks => _blocks;

    /// <summary>One line in larger type.</summary>
    public MailBody Heading(string text) => Add(new HeadingBlock(TypedText.OneLine(text)));

    /// <summary>Running text; phones show the first paragraph in the notification.</summary>
    public MailBody Paragraph(string text) => Add(new ParagraphBlock(TypedText.OneLine(text)));

    /// <summary>A table of labels and values, one line each.</summary>
    public MailBody Facts(params IEnumerable<(string Label, string Value)> facts) =>
        Add(new FactsBlock([.. facts.Select(fact => (TypedText.OneLine(fact.Label), TypedText.OneLine(fact.Value)))]));

    /// <summary>A link on a separate line.</summary>
    /// <exception cref="ArgumentException"><paramref name="address"/> is neither http, https, mailto, tel nor sms.</exception>
    public MailBody Link(string text, Uri address) => Add(new LinkBlock(TypedText.OneLine(text), Safe(address), Prominent: false));

    /// <summary>The link to the main thing that the reader should do.</summary>
    /// <inheritdoc cref="Link" path="/exception"/>
    public MailBody Button(string text, Uri address) => Add(new LinkBlock(TypedText.OneLine(text), Safe(address), Prominent: true));

    /// <summary>Text that a person typed, with its line breaks, set apart from the clinic's own words.</summary>
    public MailBody Quote(string text) => Add(new QuoteBlock([.. TypedText.EachLine(text)]));

    public string ToText() => MailTextPart.Render(this);

    public string ToHtml(string title, string? letterhead, MailLook look) => MailHtmlPart.Render(this, title, letterhead, look);

    private MailBody Add(MailBlock block)
    {
        _blocks.Add(block);
        return this;
    }

    private static Uri Safe(Uri address) =>
        address.IsAbsoluteUri && address.Scheme is "https" or "http" or "mailto" or "tel" or "sms"
            ? address
            : throw new ArgumentException("An email can link only to http, https, mailto, tel, and sms.", nameof(address));
}

/// <summary>The two parts of an email.</summary>
public interface IMailContent
{
    /// <summary>The text part: lines of at most 72 characters (a longer address stays whole), ended by \n.</summary>
    string ToText();

    /// <summary>The HTML part: a whole document in ASCII that loads nothing from the network.</summary>
    /// <param name="title">The subject.</param>
    /// <param name="letterhead">The sender's name, shown at the top; null leaves it out.</param>
    string ToHtml(string title, string? letterhead, MailLook look);
}

/// <summary>Two parts prepared once for many recipients.</summary>
public sealed record PreparedContent(string Text, string Html) : IMailContent
{
    public string ToText() => Text;

    public string ToHtml(string title, string? letterhead, MailLook look) => Html;
}

internal abstract record MailBlock;

internal sealed record HeadingBlock(string Text) : MailBlock;

internal sealed record ParagraphBlock(string Text) : MailBlock;

internal sealed record FactsBlock(ImmutableArray<(string Label, string Value)> Facts) : MailBlock;

internal sealed record LinkBlock(string Text, Uri Address, bool Prominent) : MailBlock;

internal sealed record QuoteBlock(ImmutableArray<string> Lines) : MailBlock;
