using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Ketamine.Content.Markdown;
using Markdig.Extensions.CustomContainers;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.SmartyPants;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Ketamine.Content.Claims;

/// <summary>One sentence as a reader sees it: without markup and citation marks.</summary>
/// <param name="Line">The line of the Markdown where it begins, from 0, as in Markdig.</param>
/// <param name="Cited">Whether it has a citation, before or right after its period.</param>
/// <param name="Setting">Its context.</param>
/// <param name="Keys">The keys of the works that it cites; empty if there are none.</param>
public readonly record struct MarkdownSentence(string Text, int Line, bool Cited, ClaimSetting Setting, ImmutableArray<string> Keys);

/// <summary>
/// Splits Markdown into sentences. Emphasis, links, and code don't split a sentence. Headings, list items, table cells, footnotes, terms, captions,
/// alternative texts, and the titles of links and callouts are separate texts.
/// </summary>
public static partial class MarkdownSentences
{
    /// <summary>The sentences of plain text with or without citations, such as a line for <c>content claims</c> or a YAML value.</summary>
    /// <param name="setting">The context of the text.</param>
    public static IEnumerable<MarkdownSentence> OfText(string text, ClaimSetting setting = ClaimSetting.Alone) =>
        new Words().Append(text, 0).Sentences(setting);

    /// <summary>The sentences of parsed Markdown, in order.</summary>
    public static IEnumerable<MarkdownSentence> Of(MarkdownDocument document)
    {
        foreach (var block in document.Descendants<Block>())
        {
            switch (block)
            {
                case Figure figure:
                    foreach (var sentence in new Words().Append(figure.Alt, figure.Line).Sentences(ClaimSetting.Limited)) yield return sentence;
                    if (figure.Inline is { } caption)
                        foreach (var sentence in Inlines(caption, ClaimSetting.Limited)) yield return sentence;
                    break;
                case CustomContainer { Arguments: { Length: > 0 } title } callout:
                    foreach (var sentence in new Words().Append(title, callout.Line).Sentences(ClaimSetting.Text)) yield return sentence;
                    break;
                case CodeBlock code:
                    foreach (var sentence in new Words().Append(code.Lines.ToString(), code.Line).Sentences(ClaimSetting.Text)) yield return sentence;
                    break;
                case LeafBlock { Inline: { } inline } leaf:
                    foreach (var sentence in Inlines(inline, leaf is HeadingBlock || InRisks(leaf) ? ClaimSetting.Limited : ClaimSetting.Text))
                        yield return sentence;
                    break;
            }
        }
    }

    private static bool InRisks(Block block)
    {
        for (var outer = block.Parent; outer is not null; outer = outer.Parent)
            if (outer is CustomContainer { Info: Callouts.Risks })
                return true;
        return false;
    }

    private static IEnumerable<MarkdownSentence> Inlines(ContainerInline inline, ClaimSetting setting)
    {
        var words = new Words().Append(inline);
        if (words.Cited) setting = ClaimSetting.Limited;
        foreach (var sentence in words.Sentences(setting)) yield return sentence;
        foreach (var link in words.Links)
        {
            if (link.IsImage)
                foreach (var sentence in new Words().Append((ContainerInline)link).Sentences(setting)) yield return sentence;
            if (!string.IsNullOrEmpty(link.Title))
                foreach (var sentence in new Words().Append(link.Title, link.Line).Sentences(setting)) yield return sentence;
        }
    }

    [GeneratedRegex(@"\s*\[@[^\]\n]{1,500}\]", RegexOptions.CultureInvariant)]
    private static partial Regex RawCitation();

    /// <summary>Collects a text, with the lines of its parts and the positions of its citations.</summary>
    private sealed class Words
    {
        private readonly StringBuilder _text = new(256);
        private readonly List<(int At, int Line)> _lines = [];
        private readonly List<(int At, ImmutableArray<string> Keys)> _citations = [];
        private readonly List<LinkInline> _links = [];

        public bool Cited => _citations.Count > 0;

        public IReadOnlyList<LinkInline> Links => _links;

        public Words Append(string text, int line)
        {
            var at = 0;
            foreach (Match citation in RawCitation().Matches(text))
            {
                Add(text.AsSpan(at, citation.Index - at), line);
                _citations.Add((_text.Length, [.. citation.Value.Trim().Trim('[', ']').Split(';').Select(key => key.Trim().TrimStart('@'))]));
                at = citation.Index + citation.Length;
            }

            Add(text.AsSpan(at), line);
            return this;
        }

        public Words Append(ContainerInline container)
        {
            foreach (var child in container) Append(child);
            return this;
        }

        public IEnumerable<MarkdownSentence> Sentences(ClaimSetting setting)
        {
            var text = _text.ToString();
            var spans = Language.Sentences.Split(text);
            var line = 0;
            for (var i = 0; i < spans.Count; i++)
            {
                var (start, _) = spans[i];
                while (line + 1 < _lines.Count && _lines[line + 1].At <= start) line++;
                // What follows the period, up to the next sentence, belongs to this sentence.
                var next = i + 1 < spans.Count ? spans[i + 1].Start : text.Length + 1;
                ImmutableArray<string> keys = _citations.Count == 0 ? [] :
                [
                    .. _citations
                        .Where(citation => citation.At > start && citation.At < next)
                        .SelectMany(citation => citation.Keys)
                        .Distinct(StringComparer.Ordinal),
                ];
                yield return new MarkdownSentence(spans[i].Of(text), _lines[line].Line, !keys.IsEmpty, setting, keys);
            }
        }

        private void Append(Inline inline)
        {
            switch (inline)
            {
                case Citation citation:
                    _citations.Add((_text.Length, citation.Keys));
                    break;
                case LinkInline link:
                    _links.Add(link);
                    if (!link.IsImage) Append((ContainerInline)link);
                    break;
                case FootnoteLink or HtmlInline:
                    break;
                case LiteralInline literal:
                    if (literal.Content.AsSpan().Contains(CitationParser.Opening, StringComparison.Ordinal)) Append(literal.Content.ToString(), literal.Line);
                    else Add(literal.Content.AsSpan(), literal.Line);
                    break;
                case CodeInline code:
                    Add(code.Content, code.Line);
                    break;
                case LineBreakInline line:
                    Add(" ", line.Line);
                    break;
                case HtmlEntityInline entity:
                    Add(entity.Transcoded.AsSpan(), entity.Line);
                    break;
                case AutolinkInline address:
                    Add(address.Url, address.Line);
                    break;
                case SmartyPant quote:
                    Add(MarkdownParser.Character(quote), quote.Line);
                    break;
                case ContainerInline container:
                    Append(container);
                    break;
            }
        }

        private void Add(ReadOnlySpan<char> text, int line)
        {
            if (text.IsEmpty) return;
            _lines.Add((_text.Length, line));
            _text.Append(text);
        }
    }
}
