using System.Net;
using Markdig;
using Markdig.Extensions.CustomContainers;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.SmartyPants;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Ketamine.Content.Markdown;

/// <summary>
/// The Markdown of the folder's texts: CommonMark with tables, footnotes, definition lists, smart quotation marks, callouts, figures, and citations.
/// Without raw HTML, attributes, task lists, or automatic links.
/// </summary>
internal static class MarkdownParser
{
    private static readonly SmartyPantOptions Quotes = new();
    private static readonly MarkdownPipeline Pipeline = Build();

    // Its memory is used again: a text has a hundred pieces.
    [ThreadStatic]
    private static StringBuilder? _plain;

    /// <summary>Parses a piece. Figures become <see cref="Figure"/>, and every heading, callout, and figure gets an id that depends only on the text.</summary>
    /// <param name="idPrefix">The prefix of every id, if several pieces share a page.</param>
    /// <exception cref="ArgumentException">The text is nested too deeply for Markdig.</exception>
    public static MarkdownDocument Parse(string markdown, string idPrefix = "")
    {
        var document = Markdig.Markdown.Parse(markdown, Pipeline);
        foreach (var paragraph in document.Descendants<ParagraphBlock>().ToList())
            if (Figure.From(paragraph, Pipeline) is { } figure && paragraph.Parent is { } parent)
                parent[parent.IndexOf(paragraph)] = figure;
        if (markdown.Contains('\''))
            foreach (var literal in document.Descendants<LiteralInline>()) Apostrophes(literal);
        foreach (var heading in document.Descendants<HeadingBlock>()) ReadPart(heading);
        // In a table, a bar is written \|, even in code (GitHub's table specification); Markdig leaves the backslash in code.
        if (markdown.Contains("\\|", StringComparison.Ordinal))
            foreach (var code in document.Descendants<TableCell>().SelectMany(cell => cell.Descendants<CodeInline>()))
                code.Content = code.Content.Replace("\\|", "|", StringComparison.Ordinal);
        GiveIds(document, idPrefix);
        return document;
    }

    /// <summary>Like <see cref="Parse"/>; null if the text is nested too deeply.</summary>
    public static MarkdownDocument? TryParse(string markdown)
    {
        try
        {
            return Parse(markdown);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The role that a heading's mark in braces gives its section; null without one.</summary>
    public static string? PartOf(HeadingBlock heading) => heading.GetData(typeof(ProseHeading)) as string;

    // "How it goes {steps}": remove the mark from the text. An unknown one stays visible, so the editor notices it.
    private static void ReadPart(HeadingBlock heading)
    {
        if (heading.Inline?.LastChild is not LiteralInline last || last.Content.ToString().TrimEnd() is not [.., '}'] text) return;
        var open = text.LastIndexOf('{');
        if (open < 0 || text[(open + 1)..^1] is not { } part || !ProseHeading.Parts.Contains(part)) return;
        last.Content = new Markdig.Helpers.StringSlice(text[..open].TrimEnd());
        heading.SetData(typeof(ProseHeading), part);
    }

    // Markdig converts only pairs of quotation marks; the apostrophes in "it's" and "patients'" are converted here.
    private static void Apostrophes(LiteralInline literal)
    {
        if (!literal.Content.AsSpan().Contains('\'')) return;
        var text = literal.Content.ToString().ToCharArray();
        for (var i = 0; i < text.Length; i++)
        {
            var before =
                i > 0 ? text[i - 1]
                : literal.PreviousSibling is LiteralInline { Content.IsEmpty: false } last ? last.Content.Text[last.Content.End]
                : ' ';
            if (text[i] == '\'' && char.IsLetter(before)) text[i] = '’';
        }

        literal.Content = new Markdig.Helpers.StringSlice(new string(text));
    }

    /// <summary>Converts apostrophes in a line that isn't Markdown, such as a title or summary: "hasn't" becomes "hasn’t".</summary>
    public static string Typographic(string line)
    {
        if (!line.Contains('\'')) return line;
        var text = line.ToCharArray();
        for (var i = 1; i < text.Length; i++)
            if (text[i] == '\'' && char.IsLetter(text[i - 1])) text[i] = '’';
        return new string(text);
    }

    /// <summary>The text of an inline and its children, without citations, footnote marks, and pictures.</summary>
    public static string Plain(Inline? inline)
    {
        var text = _plain ?? new StringBuilder();
        _plain = null;
        Append(inline, text);
        var plain = text.ToString().Trim();
        text.Clear();
        _plain = text;
        return plain;
    }

    public static void Append(Inline? inline, StringBuilder text)
    {
        switch (inline)
        {
            case null or HtmlInline or LinkInline { IsImage: true }: break;
            case Citation or FootnoteLink:
                // A mark belongs to the word before it; drop the space or line break between them.
                while (text.Length > 0 && char.IsWhiteSpace(text[^1])) text.Length--;
                break;
            case LiteralInline literal: text.Append(literal.Content.AsSpan()); break;
            case CodeInline code: text.Append(code.Content); break;
            case LineBreakInline: text.Append(' '); break;
            case HtmlEntityInline entity: text.Append(entity.Transcoded.AsSpan()); break;
            case AutolinkInline link: text.Append(link.Url); break;
            case SmartyPant quote: text.Append(Character(quote)); break;
            case ContainerInline container:
                foreach (var child in container) Append(child, text);
                break;
        }
    }

    /// <summary>The typographic character for a straight one.</summary>
    public static string Character(SmartyPant quote) =>
        Quotes.Mapping.TryGetValue(quote.Type, out var entity) ? WebUtility.HtmlDecode(entity) : quote.OpeningCharacter.ToString();

    private static MarkdownPipeline Build()
    {
        var builder = new MarkdownPipelineBuilder().UsePipeTables().UseFootnotes().UseDefinitionLists().UseSmartyPants(Quotes).UsePreciseSourceLocation();
        builder.BlockParsers.Insert(0, new CustomContainerParser());
        builder.InlineParsers.Insert(0, new CitationParser());
        return builder.Build();
    }

    private static void GiveIds(MarkdownDocument document, string prefix)
    {
        // Ids used by the page around the text, and numbered ids of figures, references, and footnotes.
        var taken = new HashSet<string>(
            [
                "main", "search", "references", "notes", "contents-title", "clinic", "letter", "letter-hint", "newsletter-email", "ask",
                "start", "related", "name", "email", "phone", "message", "consent", "send", "talk",
            ],
            StringComparer.Ordinal);
        var figures = 0;
        foreach (var block in document.Descendants<Block>())
        {
            var id = block switch
            {
                HeadingBlock heading => Anchor(Plain(heading.Inline), "section"),
                CustomContainer callout => Anchor(callout.Info ?? "", "note"),
                Figure { Inline: not null } figure => $"fig-{figure.Number = ++figures}",
                _ => null,
            };
            if (id is null) continue;
            var unique = id;
            for (var n = 2; !taken.Add(unique); n++) unique = $"{id}-{n}";
            block.GetAttributes().Id = prefix + unique;
        }
    }

    /// <summary>A readable, stable id: lowercase ASCII words and hyphens, without accents.</summary>
    public static string Anchor(string title, string fallback)
    {
        var id = new StringBuilder(title.Length);
        foreach (var c in TypedText.Normalized(title, NormalizationForm.FormD))
        {
            if (char.IsAsciiLetterOrDigit(c)) id.Append(char.ToLowerInvariant(c));
            else if (c is '\'' or '’' || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.NonSpacingMark) continue;
            else if (id.Length > 0 && id[^1] != '-') id.Append('-');
            if (id.Length >= 60 && id[^1] == '-') break;
        }

        var text = id.ToString().Trim('-');
        // fig-1, ref-1, and the like are assigned elsewhere.
        return text.Length == 0 ? fallback
            : text.StartsWith("fig-", StringComparison.Ordinal)
            || text.StartsWith("ref-", StringComparison.Ordinal)
            || text.StartsWith("cite-", StringComparison.Ordinal)
            || text.StartsWith("fn", StringComparison.Ordinal)
                ? "the-" + text
            : text;
    }
}
